"""A bake must be quiet throughout: an alarm that was red between two polls ends it as well."""

import pytest
from bake.shop import properties
from bake.waiter import Waiter

FIX = {"Overrides": {"RED_ALARMS": "this is the fix"}}


def flash(shop, *states, name="shop-errors"):
    """Takes an alarm through states, a second each, between two polls."""
    for state in states:
        shop.aws.pass_time(seconds=1)
        shop.aws.put_alarm(name, state)


def test_an_alarm_that_was_red_while_alarms_could_not_be_read_ends_the_bake(shop):
    waiter = shop.bake()
    assert waiter.poll() is None
    shop.aws.faults["describe_alarms"] = "Throttling"
    for number in range(50):
        shop.aws.pass_time(seconds=10)
        assert waiter.poll() is None
        if number in (10, 40):
            shop.aws.put_alarm("shop-errors", "ALARM" if number == 10 else "OK")
    shop.aws.faults.clear()
    answer = waiter.poll()
    assert answer.status == "FAILED"
    assert "shop-errors is OK now, but went from OK to ALARM at 2026-11-02 12:01:50" in answer.reason
    assert shop.versions == ("6", "11")


def test_an_alarm_that_was_red_between_two_polls_ends_the_bake(shop):
    waiter = shop.bake()
    assert waiter.poll() is None
    flash(shop, "ALARM", "INSUFFICIENT_DATA")
    assert "went from OK to ALARM" in waiter.poll().reason
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize(("region", "composite"), [("us-east-1", False), ("", True), ("us-east-1", True)])
def test_so_does_one_of_another_region_or_kind(shop, region, composite):
    kind = {"region": region, "composite": composite}
    shop.aws.put_alarm("cdn", "OK", **kind)
    waiter = shop.bake(Alarms=[{"Name": "cdn", "Region": region, "Composite": str(composite).lower()}])
    for state in ("ALARM", "OK"):
        shop.aws.pass_time(seconds=1)
        shop.aws.put_alarm("cdn", state, **kind)
    assert "cdn is OK now, but went from OK to ALARM" in waiter.poll().reason


@pytest.mark.parametrize("state", ["ALARM", "INSUFFICIENT_DATA"])
def test_what_is_red_at_the_poll_needs_no_history_to_end_the_bake(shop, state):
    waiter = shop.bake(InsufficientData="RED")
    flash(shop, state)
    shop.aws.faults["describe_alarm_history"] = "Throttling"
    assert f"shop-errors is {state}: shop-errors went to {state}" in waiter.poll().reason


def test_what_changed_at_the_very_moment_of_the_beginning_changed_before_it(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.pass_time(seconds=5)
    shop.aws.put_alarm("shop-errors", "OK")
    waiter = shop.bake()
    flash(shop, "INSUFFICIENT_DATA", "OK")
    assert waiter.run().status == "SUCCESS"


def test_only_an_override_of_red_alarms_asks_for_the_wait_at_its_beginning(shop):
    del shop.aws.resources["Preflight"]
    waiter = shop.bake(StartedBy="Preflight")
    flash(shop, "INSUFFICIENT_DATA", "OK")
    assert waiter.run().status == "SUCCESS"


def test_an_alarm_that_was_red_when_the_bake_began_and_is_well_at_the_first_poll_ends_it(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.pass_time(seconds=5)
    waiter = shop.bake()
    flash(shop, "OK")
    assert "went from ALARM to OK" in waiter.poll().reason


def test_an_alarm_that_was_red_and_is_well_again_before_the_bake_does_not_count(shop):
    flash(shop, "ALARM", "OK")
    shop.aws.pass_time(seconds=5)
    waiter = shop.bake()
    flash(shop, "INSUFFICIENT_DATA", "OK")
    assert waiter.run().status == "SUCCESS"


@pytest.mark.parametrize("states", [("INSUFFICIENT_DATA",), ("INSUFFICIENT_DATA", "OK")])
def test_a_new_alarm_that_finds_its_first_state_is_quiet(shop, states):
    waiter = shop.bake(Alarms=[{"LogicalId": "Errors"}, {"Name": "shop-latency"}])
    flash(shop, *states, name="shop-latency")
    assert waiter.run().status == "SUCCESS"


def test_having_had_no_data_in_between_ends_a_bake_only_if_the_user_calls_it_red(shop):
    waiter = shop.bake(InsufficientData="RED")
    flash(shop, "INSUFFICIENT_DATA", "OK")
    assert "went from OK to INSUFFICIENT_DATA" in waiter.poll().reason


def test_red_behind_a_page_of_other_changes_is_found(shop):
    waiter = shop.bake()
    flash(shop, *["INSUFFICIENT_DATA", "OK"] * 60, "ALARM", "OK")
    assert waiter.poll().status == "FAILED"


@pytest.mark.parametrize("code", ["Throttling", "InternalServiceFault"])
def test_a_history_that_cannot_be_read_passes_nothing(shop, code):
    waiter = shop.bake()
    flash(shop, "INSUFFICIENT_DATA", "OK")
    shop.aws.faults["describe_alarm_history"] = code
    shop.aws.pass_time(seconds=600)
    assert waiter.poll() is None
    shop.aws.pass_time(seconds=120)
    answer = waiter.poll()
    assert answer.status == "FAILED"
    assert f"alarm shop-errors: its history is unread; describe_alarm_history: {code}" in answer.reason


def test_a_history_that_lags_behind_the_alarm_passes_nothing(shop):
    waiter = shop.bake()
    shop.aws.pass_time(seconds=600)
    flash(shop, "ALARM", "OK")
    changes, shop.aws.history = shop.aws.history, []
    assert waiter.poll() is None
    shop.aws.history = changes[:1]
    assert waiter.poll() is None
    shop.aws.history = changes
    assert waiter.poll().status == "FAILED"


def test_a_history_with_a_state_that_nobody_knows_passes_nothing(shop):
    waiter = shop.bake()
    flash(shop, "EVALUATING", "OK")
    assert "its history is unread" in waiter.run().reason


def test_an_override_of_red_alarms_ignores_it_in_an_alarm_that_was_red_before_the_release_and_only_there(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.put_alarm("shop-health", "OK")
    shop.aws.pass_time(minutes=3)
    waiter = shop.bake(Alarms=[{"LogicalId": "Errors"}, {"Name": "shop-health"}], **FIX)
    flash(shop, "OK", "ALARM", "OK")
    assert waiter.poll() is None
    flash(shop, "ALARM", "OK", name="shop-health")
    answer = waiter.poll()
    assert "shop-health is OK now, but went from OK to ALARM" in answer.reason
    assert "shop-errors" not in answer.reason


def test_an_override_that_ignored_it_says_so(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.pass_time(minutes=3)
    waiter = shop.bake(**FIX)
    flash(shop, "OK")
    assert "alarms ignored: shop-errors" in waiter.run().data["Reason"]


def test_a_preflight_asks_only_how_the_site_is_now(shop):
    waiter = shop.preflight()
    flash(shop, "ALARM", "OK")
    assert waiter.poll().status == "SUCCESS"
    assert "describe_alarm_history" not in shop.aws.calls


def test_histories_are_asked_only_of_alarms_that_changed_and_no_more_after_one_refusal(shop):
    names = [f"alarm-{number}" for number in range(9)]
    for name in names:
        shop.aws.put_alarm(name, "OK")
    shop.aws.pass_time(seconds=1)
    waiter = shop.bake(Alarms=[{"Name": name} for name in names])
    assert waiter.poll() is None
    assert "describe_alarm_history" not in shop.aws.calls
    for name in names[:3]:
        flash(shop, "INSUFFICIENT_DATA", name=name)
    assert waiter.poll() is None
    assert shop.aws.calls.count("describe_alarm_history") == 3
    shop.aws.faults["describe_alarm_history"] = "Throttling"
    assert waiter.poll() is None
    assert shop.aws.calls.count("describe_alarm_history") == 4


def test_a_second_wait_of_the_release_counts_red_only_since_its_own_beginning(shop):
    shop.preflight(**FIX)
    shop.aws.put_resource("Preflight", "UPDATE_COMPLETE")
    flash(shop, "ALARM", "OK")
    shop.aws.pass_time(seconds=60)
    waiter = shop.bake(old=properties("A"), StartedBy="Preflight", **FIX)
    assert waiter.poll() is None
    assert "describe_alarm_history" not in shop.aws.calls
    flash(shop, "INSUFFICIENT_DATA", "OK")
    assert Waiter(shop.aws, waiter.event).run().status == "SUCCESS"


def test_an_override_of_red_alarms_ignores_no_missing_data_whose_beginning_its_history_does_not_show_yet(shop):
    waiter = shop.bake(InsufficientData="RED", **FIX)
    shop.aws.pass_time(seconds=600)
    flash(shop, "INSUFFICIENT_DATA")
    change = shop.aws.history.pop()
    assert waiter.poll() is None
    shop.aws.history.append(change)
    assert waiter.poll().status == "FAILED"
