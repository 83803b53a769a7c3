"""Calls that AWS denies: two minutes for a permission that is new, then the wait ends and names the operation."""

import pytest
from bake.fake_aws import STACK

CODES = ["AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation"]
READS = ["describe_stacks", "list_stack_resources", "describe_alarms", "get_alias"]


@pytest.mark.parametrize("code", CODES)
def test_a_bake_whose_call_is_refused_ends_after_two_minutes_and_names_it(shop, code):
    shop.aws.faults["describe_alarms"] = code
    answer = shop.bake().run()
    assert (answer.status, answer.seconds) == ("FAILED", 120)
    assert f"AWS denies describe_alarms ({code}): " in answer.reason
    assert "shop-one-box:live is back on version 6" in answer.reason
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("call", READS)
def test_every_call_that_is_refused_is_named(shop, call):
    shop.aws.faults[call] = "AccessDenied"
    answer = shop.bake().run()
    assert (answer.status, answer.seconds) == ("FAILED", 120)
    assert f"AWS denies {call} (AccessDenied)" in answer.reason


def test_an_operation_that_is_refused_for_several_regions_is_named_once(shop):
    shop.aws.faults["describe_alarms"] = "AccessDenied"
    alarms = [{"LogicalId": "Errors"}, {"Name": "cdn", "Region": "us-east-1"}]
    assert shop.bake(Alarms=alarms).run().reason.count("describe_alarms") == 1


def test_a_history_that_is_refused_ends_the_bake_too(shop):
    waiter = shop.bake()
    shop.aws.pass_time(seconds=130)
    shop.aws.put_alarm("shop-errors", "INSUFFICIENT_DATA")
    shop.aws.faults["describe_alarm_history"] = "AccessDenied"
    answer = waiter.poll()
    assert (answer.status, answer.seconds) == ("FAILED", 130)
    assert "AWS denies describe_alarm_history (AccessDenied)" in answer.reason


def test_a_permission_that_comes_within_two_minutes_changes_nothing(shop):
    waiter = shop.bake()
    shop.aws.faults["*"] = "AccessDenied"
    for _ in range(12):
        assert waiter.poll() is None
        shop.aws.pass_time(seconds=9)
    shop.aws.faults.clear()
    assert waiter.run(every=4).seconds == 600


def test_a_permission_that_is_taken_away_during_the_bake_ends_it_at_once(shop):
    waiter = shop.bake()
    shop.aws.pass_time(seconds=300)
    assert waiter.poll() is None
    shop.aws.faults["get_alias"] = "AccessDeniedException"
    answer = waiter.poll()
    assert (answer.status, answer.seconds) == ("FAILED", 300)
    assert "AWS denies get_alias (AccessDeniedException)" in answer.reason
    assert "Containment failed: shop-one-box:live could not be put back on version 6" in answer.reason


def test_red_is_named_before_what_is_refused(shop):
    waiter = shop.bake()
    shop.aws.pass_time(seconds=300)
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.faults["get_alias"] = "AccessDenied"
    assert "shop-errors is ALARM" in waiter.poll().reason


def test_a_preflight_whose_call_is_refused_ends_and_names_it(shop):
    shop.aws.faults["describe_alarms"] = "AccessDenied"
    answer = shop.preflight().run()
    assert (answer.status, answer.seconds) == ("FAILED", 120)
    assert "AWS denies describe_alarms (AccessDenied)" in answer.reason


@pytest.mark.parametrize("call", ["get_alias", "update_alias"])
def test_a_rollback_does_not_wait_for_a_containment_that_is_refused(shop, call):
    shop.release_one_box()
    shop.aws.faults[call] = "AccessDeniedException"
    answer = shop.go_back().run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert f"could not be put back on version 6 ({call}: AccessDeniedException)" in answer.data["Reason"]


@pytest.mark.parametrize(("refused", "versions"), [("one-box", ("7", "11")), ("regular", ("6", "12"))])
def test_a_rollback_contains_what_it_may_and_waits_only_for_what_is_not_refused(shop, monkeypatch, refused, versions):
    waiter = shop.bake()
    shop.aws.put_alias("shop-regular", 12)
    waiter = shop.go_back()
    usual = shop.aws.update_alias

    def update_alias(region, FunctionName, **arguments):  # noqa: N803
        if FunctionName.endswith(refused):
            raise _refusal("AccessDeniedException")
        if shop.aws.now == waiter.began:
            raise _refusal("TooManyRequestsException")
        return usual(region, FunctionName, **arguments)

    monkeypatch.setattr(shop.aws, "update_alias", update_alias)
    assert waiter.poll() is None
    shop.aws.pass_time(seconds=10)
    answer = waiter.poll()
    assert (answer.status, answer.seconds) == ("SUCCESS", 10)
    assert shop.versions == versions
    assert f"shop-{refused}:live could not be put back" in answer.data["Reason"]


def test_a_rollback_whose_resources_may_not_be_read_goes_on_at_once(shop):
    shop.release_one_box()
    waiter = shop.go_back()
    shop.aws.faults["list_stack_resources"] = "AccessDenied"
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert "nothing could be put back: the stack's resources are unread" in answer.data["Reason"]


def test_a_rollback_whose_stack_may_not_be_read_contains_at_once_by_its_versions(shop):
    shop.release_one_box()
    shop.aws.faults["describe_stacks"] = "AccessDenied"
    answer = shop.go_back().run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert shop.versions == ("6", "11")


def test_a_running_wait_that_may_not_read_resources_ends_when_the_stack_goes_back(shop):
    waiter = shop.bake()
    shop.aws.put_stack(STACK, "UPDATE_FAILED")
    shop.aws.faults["list_stack_resources"] = "AccessDenied"
    answer = waiter.poll()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert "Containment failed: nothing could be put back" in answer.reason


def _refusal(code):
    from botocore.exceptions import ClientError  # noqa: PLC0415

    return ClientError({"Error": {"Code": code, "Message": "no"}}, "UpdateAlias")
