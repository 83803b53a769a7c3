"""A release whose stack is going back: the running wait, and the wait's request in the rollback."""

import pytest
from bake.fake_aws import FUNCTION, ROOT, STACK
from bake.shop import properties
from bake.waiter import Waiter, request

GOING_BACK = [
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
    "ROLLBACK_IN_PROGRESS",
    "UPDATE_FAILED",
]


@pytest.mark.parametrize("status", GOING_BACK)
def test_the_rollbacks_request_contains_both_partitions_and_is_done_at_once(shop, status):
    shop.release_one_box()
    shop.aws.put_alias("shop-regular", 12)
    answer = shop.go_back(status=status).run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert "shop-one-box:live is back on version 6; shop-regular:live is back on version 11" in answer.data["Reason"]
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("status", GOING_BACK)
def test_a_running_wait_contains_its_own_version_and_ends(shop, status):
    waiter = shop.bake()
    assert waiter.poll() is None
    shop.aws.put_stack(STACK, status)
    shop.aws.put_resource("Wait", "UPDATE_FAILED")
    answer = waiter.poll()
    assert answer.status == "FAILED"
    assert "the release is over" in answer.reason
    assert shop.versions == ("6", "11")


def test_the_running_wait_and_the_rollbacks_request_side_by_side_do_no_harm(shop):
    running = shop.bake()
    reverse = shop.go_back()
    assert reverse.run().status == "SUCCESS"
    assert running.run().status == "FAILED"
    assert shop.versions == ("6", "11")
    assert len(shop.aws.changes) == 1


def test_a_cancelled_root_ends_the_wait_of_its_nested_stack(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    shop.aws.put_stack(ROOT, "UPDATE_IN_PROGRESS")
    waiter = shop.bake()
    assert waiter.poll() is None
    shop.aws.put_stack(ROOT, "UPDATE_ROLLBACK_IN_PROGRESS")
    assert waiter.poll().status == "FAILED"
    assert shop.versions == ("6", "11")


def test_a_root_that_goes_back_takes_its_nested_stack_back_without_failing_it(shop):
    shop.release_one_box()
    waiter = shop.go_back(status="UPDATE_IN_PROGRESS")
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    shop.aws.put_stack(ROOT, "UPDATE_ROLLBACK_IN_PROGRESS")
    assert waiter.run().status == "SUCCESS"
    assert shop.versions == ("6", "11")


def test_a_late_wait_disturbs_no_newer_release(shop):
    waiter = shop.bake()
    shop.aws.put_stack(STACK, "UPDATE_ROLLBACK_IN_PROGRESS")
    shop.aws.put_alias("shop-one-box", 8)
    assert waiter.poll().status == "FAILED"
    assert shop.versions == ("8", "11")
    assert not shop.aws.changes


def test_a_version_that_is_gone_needs_no_containment(shop):
    waiter = shop.go_back()
    answer = waiter.run()
    assert (answer.status, answer.seconds, answer.data["Reason"]) == ("SUCCESS", 0, "The stack is going back.")
    assert not shop.aws.changes


def test_a_function_that_the_release_replaced_counts_anew_and_is_left_alone(shop):
    shop.release_one_box()
    shop.aws.put_resource("OneBoxVersionB", "CREATE_COMPLETE", f"{FUNCTION}:shop-one-box-anew:1")
    answer = shop.go_back().run()
    assert answer.status == "SUCCESS"
    assert shop.versions == ("7", "11")


def test_a_rollback_never_fails_for_red_alarms_or_a_missing_one(shop):
    shop.release_one_box()
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert shop.go_back(Alarms=[{"LogicalId": "Errors"}, {"Name": "gone"}]).run().status == "SUCCESS"


def test_a_rollback_to_a_release_that_was_expedited_or_overrode_red_alarms_contains_all_the_same(shop):
    shop.release_one_box()
    waiter = shop.go_back()
    waiter.event["ResourceProperties"].update(ExpeditedReason="the last fix", Overrides={"RED_ALARMS": "the last fix"})
    assert waiter.run().status == "SUCCESS"
    assert shop.versions == ("6", "11")


def test_the_alias_under_bake_tells_the_direction_where_nothing_is_contained(shop):
    shop.release_one_box()
    waiter = shop.go_back(Contained=None)
    shop.aws.faults["describe_stacks"] = "Throttling"
    assert waiter.run().data["Outcome"] == "gone-back"


def test_a_rollback_tries_containment_again_for_the_grace_period_and_then_goes_on(shop):
    shop.release_one_box()
    shop.aws.faults["update_alias"] = "TooManyRequestsException"
    answer = shop.go_back().run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 120)
    assert "could not be put back on version 6" in answer.data["Reason"]


def test_a_rollback_whose_resources_cannot_be_read_goes_on_after_the_grace_period(shop):
    shop.release_one_box()
    waiter = shop.go_back()
    shop.aws.faults["list_stack_resources"] = "Throttling"
    assert (answer := waiter.run()).status == "SUCCESS"
    assert answer.seconds == 120


def test_a_rollback_whose_stack_cannot_be_read_is_known_by_its_versions_and_not_failed(shop):
    shop.release_one_box()
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.faults["describe_stacks"] = "Throttling"
    answer = shop.go_back().run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "gone-back")
    assert shop.versions == ("6", "11")


def test_properties_of_an_earlier_version_of_the_library_do_not_fail_a_rollback(shop):
    shop.release_one_box()
    waiter = shop.go_back()
    waiter.event["ResourceProperties"] = {"ReleaseId": "OneBoxVersionA"}
    assert Waiter(shop.aws, waiter.event).run().status == "SUCCESS"


def test_a_nested_stack_whose_root_goes_back_waits_for_a_reading_before_it_says_anything(shop):
    shop.release_one_box()
    waiter = shop.go_back(status="UPDATE_IN_PROGRESS")
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    shop.aws.put_stack(ROOT, "UPDATE_ROLLBACK_IN_PROGRESS")
    shop.aws.faults["list_stack_resources"] = "Throttling"
    assert waiter.poll() is None
    shop.aws.faults.clear()
    assert waiter.poll().status == "SUCCESS"
    assert shop.versions == ("6", "11")


def test_the_reason_of_the_release_it_goes_back_to_expedites_no_rollback(shop):
    shop.release_one_box()
    waiter = shop.go_back()
    waiter.event["ResourceProperties"].update(ExpeditedReason="the last fix")
    shop.aws.faults["describe_stacks"] = "Throttling"
    assert waiter.poll().data["Outcome"] == "gone-back"
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("wait", ["Preflight", "Wait"])
def test_a_root_that_goes_back_is_enough_where_no_version_tells_the_direction(shop, wait):
    waiter = a_nested_wait_without_versions(shop, wait)
    shop.aws.put_stack(ROOT, "UPDATE_ROLLBACK_IN_PROGRESS")
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert not shop.aws.changes


def test_a_root_that_stands_still_ends_a_release_without_versions(shop):
    waiter = a_nested_wait_without_versions(shop, "Wait")
    shop.aws.put_stack(ROOT, "UPDATE_FAILED")
    shop.aws.put_resource("Wait", "UPDATE_FAILED")
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert "the release is over" in answer.reason


def a_nested_wait_without_versions(shop, wait):
    """A wait of a nested stack in a release of something else, the backend or what is not Lambda at all."""
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    shop.aws.put_resource(wait, "UPDATE_IN_PROGRESS")
    asked = {"new": properties("A", Baked=None, ReleaseId="x"), "old": properties("A", Baked=None, ReleaseId="y")}
    return Waiter(shop.aws, request("Update", **asked, wait=wait))


def test_the_rollbacks_own_time_does_not_make_a_running_wait_an_old_one(shop):
    waiter = shop.bake()
    shop.aws.pass_time(seconds=30)
    shop.aws.put_stack(STACK, "UPDATE_ROLLBACK_IN_PROGRESS")
    assert "the release is over" in waiter.poll().reason
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("status", ["CREATE_FAILED", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"])
def test_a_version_that_could_not_be_created_or_is_gone_has_nothing_to_contain(shop, status):
    shop.release_one_box()
    shop.aws.put_resource("OneBoxVersionB", status)
    assert shop.go_back().run().status == "SUCCESS"
    assert shop.versions == ("7", "11")


def test_a_resource_that_is_no_version_or_no_alias_any_more_keeps_nothing_else_from_going_back(shop):
    shop.release_one_box()
    shop.aws.put_resource("RegularVersionB", "CREATE_COMPLETE", "nothing-with-a-number")
    assert shop.go_back().run().seconds == 0
    assert shop.versions == ("6", "11")
    shop.release_one_box()
    del shop.aws.resources["RegularAlias"]
    assert shop.go_back().run().seconds == 0
    assert shop.versions == ("6", "11")


def test_a_cancelled_wait_contains_even_if_the_rollback_renews_the_stacks_time(shop):
    """AWS does not say whether LastUpdatedTime moves when a rollback begins, so nothing may depend on it."""
    waiter = shop.bake()
    shop.aws.pass_time(seconds=60)
    shop.aws.put_resource("Wait", "UPDATE_FAILED")
    shop.aws.put_stack(STACK, "UPDATE_ROLLBACK_IN_PROGRESS")
    assert waiter.poll().status == "FAILED"
    assert shop.versions[0] == "6"
