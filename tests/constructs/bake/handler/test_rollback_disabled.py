"""Updates that CloudFormation would not roll back are refused at the start of the release, unless overridden."""

import pytest
from bake.fake_aws import ROOT, STACK
from bake.shop import properties
from bake.waiter import Waiter, request

DISABLED = {"DisableRollback": True}
WAYS = [
    ({"DisableRollback": True}, "DisableRollback"),
    ({"DeploymentConfig": {"Mode": "STANDARD", "DisableRollback": True}}, "DisableRollback"),
    ({"DeploymentConfig": {"Mode": "EXPRESS"}}, "DeploymentConfig: Mode EXPRESS"),
    ({"DeploymentConfig": {"Mode": "EXPRESS", "DisableRollback": False}}, "DeploymentConfig: Mode EXPRESS"),
]
TRIAL = {"Overrides": {"ROLLBACK_DISABLED": "a trial"}}


@pytest.mark.parametrize(("said", "words"), WAYS)
def test_a_preflight_refuses_it_by_name_and_nothing_has_moved(shop, said, words):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **said)
    answer = shop.preflight().run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert f"would not roll this update back ({words})" in answer.reason
    assert "ROLLBACK_DISABLED" in answer.reason
    assert not shop.aws.changes


@pytest.mark.parametrize(
    "said", [{}, {"DisableRollback": False}, {"DeploymentConfig": {"Mode": "STANDARD", "DisableRollback": False}}]
)
def test_a_stack_that_is_rolled_back_gets_its_release(shop, said):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **said)
    assert shop.preflight().run().status == "SUCCESS"


def test_with_a_reason_of_its_own_it_goes_out_and_the_reason_is_recorded(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    answer = shop.preflight(**TRIAL).run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert answer.data["Reason"].endswith(" Disabled rollback overridden: a trial.")


def test_a_reason_that_was_not_needed_is_not_recorded(shop):
    assert shop.preflight(**TRIAL).run().data["Reason"] == "Quiet for 0:00:00."


def test_a_reason_counts_in_the_update_in_which_it_changed_alone(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    old = properties("A", DurationSeconds="0", Baked=None, **TRIAL)
    assert "would not roll this update back" in shop.preflight(old=old, **TRIAL).run().reason
    again = {"Overrides": {"ROLLBACK_DISABLED": "another trial"}}
    assert shop.preflight(old=old, **again).run().status == "SUCCESS"


@pytest.mark.parametrize(
    "reason", [{"Overrides": {"RED_ALARMS": "the fix"}}, {"ExpeditedReason": "at once"}, {"ForcedReason": "the fix"}]
)
def test_no_other_reason_opens_this_lock(shop, reason):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    assert "would not roll this update back" in shop.preflight(**reason).run().reason


def test_its_reason_opens_no_other_lock(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert "shop-errors is ALARM" in shop.preflight(**TRIAL).run().reason


def test_both_reasons_open_both_locks(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    shop.aws.put_alarm("shop-errors", "ALARM")
    both = {"Overrides": {"ROLLBACK_DISABLED": "a trial", "RED_ALARMS": "the fix"}}
    answer = shop.preflight(**both).run()
    assert "Red alarms overridden: the fix (alarms ignored: shop-errors)." in answer.data["Reason"]
    assert "Disabled rollback overridden: a trial." in answer.data["Reason"]


def test_an_expedited_release_with_its_reason_goes_out_at_once(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    assert shop.preflight(ExpeditedReason="at once", **TRIAL).run().data["Outcome"] == "expedited"


def test_an_expedited_release_waits_until_the_stack_was_read(shop):
    waiter = shop.preflight(ExpeditedReason="at once")
    shop.release_one_box()
    shop.aws.faults["describe_stacks"] = "Throttling"
    assert waiter.poll() is None
    shop.aws.faults.clear()
    assert waiter.poll().data["Outcome"] == "expedited"


@pytest.mark.parametrize("code", ["Throttling", "AccessDenied"])
def test_an_expedited_release_whose_stack_is_never_read_does_not_begin(shop, code):
    waiter = shop.preflight(ExpeditedReason="at once")
    shop.release_one_box()
    shop.aws.faults["describe_stacks"] = code
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("FAILED", 120)


def test_the_bake_leaves_the_question_to_the_wait_at_the_releases_beginning(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    assert shop.bake(StartedBy="Preflight").run().status == "SUCCESS"


def test_a_bake_that_begins_its_release_refuses_it_and_puts_the_one_box_back(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    answer = shop.bake().run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert shop.versions == ("6", "11")


def test_of_a_nested_stack_the_root_says_it(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    shop.aws.put_stack(ROOT, "UPDATE_IN_PROGRESS", **DISABLED)
    assert "would not roll this update back" in shop.preflight().run().reason


def test_what_a_nested_stack_says_of_itself_does_not_count(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT, **DISABLED)
    shop.aws.put_stack(ROOT, "UPDATE_IN_PROGRESS")
    assert shop.preflight().run().status == "SUCCESS"


def test_an_update_that_releases_nothing_is_not_refused(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    old = properties("B", DurationSeconds="0", Baked=None)
    assert shop.preflight(old=old).run().data["Outcome"] == "nothing-to-hold"


def test_a_rollback_by_hand_contains_and_is_done(shop):
    shop.release_one_box()
    shop.aws.put_alias("shop-regular", 12)
    waiter = shop.go_back(wait="Preflight", DurationSeconds="0", Baked=None)
    shop.aws.stacks[STACK].update(DISABLED)
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert shop.versions == ("6", "11")


def test_a_retry_with_the_same_reason_is_refused_where_the_preflight_was_done(shop):
    """The first attempt went out and failed; the next release needs a reason of its own."""
    shop.release_one_box()
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    plain = {"DurationSeconds": "0", "Baked": None}
    answer = shop.preflight(old=properties("B", **plain, **TRIAL), ReleaseId="OneBoxVersionC", **TRIAL).run()
    assert "would not roll this update back" in answer.reason


def test_a_retry_of_the_failed_release_promotes_nothing(shop):
    """CloudFormation takes the one-box's alias for moved, and asks the bake alone."""
    shop.release_one_box()
    shop.aws.put_alias("shop-one-box", 6)
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    answer = Waiter(shop.aws, shop.bake_request(StartedBy="Preflight")).run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert "Nothing was promoted. Roll the stack back" in answer.reason


@pytest.mark.parametrize("wait", ["Preflight", "Wait"])
def test_the_old_template_deployed_again_puts_everybody_back(shop, wait):
    """An express stack cannot be rolled back by CloudFormation: deploying what was there before is its way back."""
    shop.release_one_box()
    shop.aws.put_alias("shop-regular", 12)
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", **DISABLED)
    shop.aws.put_resource(wait, "UPDATE_IN_PROGRESS")
    waiter = Waiter(shop.aws, request("Update", new=properties("A"), old=properties("B"), wait=wait))
    answer = waiter.run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "gone-back")
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("overrides", [None, "why", ["why"], {}, {"RED_ALARMS": ""}, {"RED_ALARMS": None}])
def test_properties_of_another_version_of_the_library_override_nothing_and_break_nothing(shop, overrides):
    assert shop.preflight(Overrides=overrides).run().status == "SUCCESS"
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert "shop-errors is ALARM" in shop.preflight(Overrides=overrides, ForcedReason="why").run().reason


def test_a_nested_stack_whose_own_status_is_out_of_date_is_not_refused_yet(shop):
    """It may be a rollback's request, which must not fail."""
    shop.aws.put_stack(STACK, "UPDATE_ROLLBACK_COMPLETE", root=ROOT)
    shop.aws.put_stack(ROOT, "UPDATE_IN_PROGRESS", **DISABLED)
    waiter = shop.preflight()
    assert waiter.poll() is None
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    assert "would not roll this update back" in waiter.poll().reason
