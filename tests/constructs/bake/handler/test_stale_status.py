"""A stack's status from an earlier operation, while CloudFormation waits for the request, is out of date."""

import pytest
from bake.fake_aws import FUNCTION, ROOT, STACK
from bake.shop import properties
from bake.waiter import Waiter, request

FINISHED = [
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
]


@pytest.mark.parametrize("status", FINISHED)
def test_a_release_right_after_another_operation_is_not_taken_for_its_end(shop, status):
    waiter = shop.bake()
    shop.aws.stacks[STACK]["StackStatus"] = status
    assert waiter.poll() is None
    assert not shop.aws.changes
    shop.aws.pass_time(seconds=10)
    shop.aws.stacks[STACK]["StackStatus"] = "UPDATE_IN_PROGRESS"
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 600)


@pytest.mark.parametrize("status", FINISHED)
def test_a_preflight_right_after_another_operation_polls_again(shop, status):
    waiter = shop.preflight()
    shop.aws.stacks[STACK]["StackStatus"] = status
    assert waiter.poll() is None
    shop.aws.pass_time(seconds=10)
    shop.aws.stacks[STACK]["StackStatus"] = "UPDATE_IN_PROGRESS"
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 10)


@pytest.mark.parametrize("status", FINISHED)
def test_a_status_that_is_finished_promotes_nothing_and_is_named(shop, status):
    waiter = shop.bake()
    shop.aws.stacks[STACK]["StackStatus"] = status
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("FAILED", 720)
    assert answer.reason.count(f"describe_stacks: {status} is out of date") == 1
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("status", FINISHED)
def test_a_red_alarm_ends_the_release_meanwhile(shop, status):
    waiter = shop.bake()
    shop.aws.stacks[STACK]["StackStatus"] = status
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert "shop-errors is ALARM" in waiter.poll().reason
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("status", FINISHED)
def test_a_nested_stacks_root_may_be_out_of_date_as_well(shop, status):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    shop.aws.put_stack(ROOT, status)
    waiter = shop.bake()
    assert waiter.poll() is None
    assert not shop.aws.changes
    shop.aws.put_stack(ROOT, "UPDATE_IN_PROGRESS")
    assert waiter.run().status == "SUCCESS"


@pytest.mark.parametrize("status", FINISHED)
def test_a_nested_stack_out_of_date_does_not_hide_a_root_that_goes_back(shop, status):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    shop.aws.put_stack(ROOT, "UPDATE_ROLLBACK_IN_PROGRESS")
    waiter = shop.bake()
    shop.aws.stacks[STACK]["StackStatus"] = status
    assert "the release is over" in waiter.poll().reason
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("status", [*FINISHED, "UPDATE_IN_PROGRESS"])
def test_a_rollback_whose_status_is_not_there_yet_is_known_by_its_versions(shop, status):
    """A failed request would leave the stack in UPDATE_ROLLBACK_FAILED."""
    shop.release_one_box()
    shop.aws.put_alarm("shop-errors", "ALARM")
    answer = shop.go_back(status=status).run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "gone-back")
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_rollback_without_versions_waits_for_the_status(shop, status):
    asked = {"new": properties("A", Baked=None, ReleaseId="x"), "old": properties("A", Baked=None, ReleaseId="y")}
    shop.aws.put_resource("Wait", "UPDATE_IN_PROGRESS")
    waiter = Waiter(shop.aws, request("Update", **asked))
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.stacks[STACK]["StackStatus"] = status
    assert waiter.poll() is None
    shop.aws.stacks[STACK]["StackStatus"] = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert waiter.poll().data["Outcome"] == "gone-back"


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED"])
def test_a_wait_that_cloudformation_has_ended_believes_a_finished_status(shop, status):
    waiter = shop.bake()
    shop.aws.put_resource("Wait", "UPDATE_FAILED")
    shop.aws.stacks[STACK]["StackStatus"] = status
    assert "the release is over" in waiter.poll().reason
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("status", ["UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"])
@pytest.mark.parametrize("own", ["UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE"])
@pytest.mark.parametrize("wait", ["Preflight", "Wait"])
def test_a_release_whose_resources_are_of_an_earlier_operation_too_polls_again(shop, status, own, wait):
    shop.aws.put_resource(wait, own)
    stale = dict(shop.aws.resources[wait])
    shop.aws.pass_time(seconds=30)
    shop.aws.put_stack(STACK, status)
    shop.release_one_box()
    new, old = properties("B"), properties("A")
    waiter = Waiter(shop.aws, request("Update", new=new, old=old, wait=wait))
    assert shop.aws.resources[wait] == stale
    assert waiter.poll() is None
    assert not shop.aws.changes
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS")
    shop.aws.put_resource(wait, "UPDATE_IN_PROGRESS")
    assert waiter.run().status == "SUCCESS"


def test_a_leftover_of_a_rollback_disturbs_no_newer_update(shop):
    """The lower version of a request that was answered long ago says nothing about today's update."""
    shop.release_one_box()
    waiter = shop.go_back()
    shop.aws.put_resource("Wait", "UPDATE_COMPLETE")
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS")
    assert waiter.poll() is None
    assert not shop.aws.changes


def test_a_bake_that_begins_beside_a_status_out_of_date_is_marked_all_the_same(shop, capsys):
    shop.release_one_box()
    shop.aws.stacks[STACK]["StackStatus"] = "UPDATE_ROLLBACK_COMPLETE"
    Waiter(shop.aws, shop.bake_request())
    assert '"BakeStarted": 1' in capsys.readouterr().out


def test_a_rollback_beside_a_status_out_of_date_begins_no_release(shop, capsys):
    shop.release_one_box()
    shop.aws.put_resource("Wait", "UPDATE_IN_PROGRESS")
    Waiter(shop.aws, request("Update", new=properties("A"), old=properties("B")))
    assert "Started" not in capsys.readouterr().out.replace("StartedAt", "")


def test_a_wait_that_is_rolled_back_alone_is_going_back(shop):
    """With rollback disabled CloudFormation takes back the resource that failed, while the update goes on."""
    shop.aws.put_resource("OneBoxVersionB", "CREATE_IN_PROGRESS", f"{FUNCTION}:shop-one-box:7")
    shop.aws.put_resource("Wait", "UPDATE_ROLLBACK_IN_PROGRESS")
    shop.aws.put_alarm("shop-errors", "ALARM")
    waiter = Waiter(shop.aws, request("Update", new=properties("A"), old=properties("B")))
    assert waiter.poll().data["Outcome"] == "gone-back"
