"""Releases that override red alarms, and expedited ones: a reason counts for one release."""

from bake.shop import properties
from bake.waiter import Waiter

BOTH = [{"LogicalId": "Errors"}, {"Name": "shop-health", "Composite": "true"}]
FIX = {"Overrides": {"RED_ALARMS": "this is the fix"}}


def test_an_override_of_red_alarms_ignores_what_was_red_before_it_and_records_why(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.pass_time(minutes=3)
    answer = shop.bake(**FIX).run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 600)
    assert "Red alarms overridden: this is the fix (alarms ignored: shop-errors)" in answer.data["Reason"]


def test_an_override_of_red_alarms_records_every_alarm_that_it_ignored_or_that_it_ignored_none(shop):
    assert "Red alarms overridden: this is the fix (alarms ignored: none)." in shop.bake(**FIX).run().data["Reason"]
    for name in ("shop-errors", "shop-latency"):
        shop.aws.put_alarm(name, "ALARM")
    shop.aws.pass_time(minutes=3)
    answer = shop.bake(Alarms=[{"LogicalId": "Errors"}, {"Name": "shop-latency"}], **FIX).run()
    assert "(alarms ignored: shop-errors, shop-latency)" in answer.data["Reason"]


def test_what_is_recorded_fits_into_cloudformations_answer_whatever_it_is_made_of(shop):
    names = [f"{number}-{'é' * 200}" for number in range(20)]
    for name in names:
        shop.aws.put_alarm(name, "ALARM")
    shop.aws.pass_time(minutes=3)
    for start in ("", "1", "12", "123"):
        override = {"Overrides": {"RED_ALARMS": f"{start}🚨 \ud800"}}
        answer = shop.bake(Alarms=[{"Name": name} for name in names], **override).run()
        assert f"Red alarms overridden: {start}🚨 ?" in answer.data["Reason"]
        assert len(answer.data["Reason"].encode()) <= 1500


def test_an_override_of_red_alarms_ignores_it_even_when_it_flaps(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.pass_time(minutes=3)
    waiter = shop.bake(**FIX)
    for state in ("OK", "ALARM", "OK", "ALARM"):
        shop.aws.pass_time(seconds=60)
        shop.aws.put_alarm("shop-errors", state)
        assert waiter.poll() is None
    assert waiter.run().status == "SUCCESS"


def test_an_override_of_red_alarms_ignores_missing_data_too_where_the_user_calls_it_red(shop):
    shop.aws.put_alarm("shop-errors", "INSUFFICIENT_DATA")
    shop.aws.pass_time(minutes=3)
    answer = shop.bake(InsufficientData="RED", **FIX).run()
    assert answer.status == "SUCCESS"
    assert "alarms ignored: shop-errors" in answer.data["Reason"]


def test_data_that_begins_to_miss_ends_a_release_that_overrides_red_alarms_where_the_user_calls_it_red(shop):
    waiter = shop.bake(InsufficientData="RED", **FIX)
    shop.aws.pass_time(seconds=30)
    shop.aws.put_alarm("shop-errors", "INSUFFICIENT_DATA", reason="no data points")
    assert "shop-errors is INSUFFICIENT_DATA: no data points" in waiter.poll().reason


def test_an_override_of_red_alarms_watches_the_other_alarms(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.put_alarm("shop-health", "OK", composite=True)
    shop.aws.pass_time(minutes=3)
    waiter = shop.bake(Alarms=BOTH, **FIX)
    assert waiter.poll() is None
    shop.aws.pass_time(seconds=30)
    shop.aws.put_alarm("shop-health", "ALARM", composite=True)
    answer = waiter.poll()
    assert "shop-health is ALARM: shop-health went to ALARM" in answer.reason
    assert "shop-errors" not in answer.reason
    assert shop.versions == ("6", "11")


def test_an_alarm_that_turned_red_between_preflight_and_bake_is_not_ignored(shop):
    assert shop.preflight(**FIX).run().status == "SUCCESS"
    shop.aws.put_resource("Preflight", "UPDATE_COMPLETE")
    shop.aws.pass_time(minutes=8)
    shop.aws.put_alarm("shop-errors", "ALARM")  # the backend's shift did it
    shop.aws.pass_time(minutes=2)
    answer = shop.bake(StartedBy="Preflight", **FIX).run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert "Alarm shop-errors is ALARM: shop-errors went to ALARM" in answer.reason


def test_an_alarm_red_at_the_preflight_is_ignored_by_the_bake_too(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.pass_time(minutes=1)
    assert shop.preflight(**FIX).run().status == "SUCCESS"
    shop.aws.put_resource("Preflight", "UPDATE_COMPLETE")
    shop.aws.pass_time(minutes=10)
    assert shop.bake(StartedBy="Preflight", **FIX).run().status == "SUCCESS"


def test_the_last_releases_reason_overrides_nothing(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.pass_time(minutes=3)
    answer = shop.bake(old=properties("A", **FIX), **FIX).run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)


def test_an_unread_history_is_inconclusive(shop):
    waiter = shop.bake(**FIX)
    shop.aws.pass_time(seconds=600)
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.faults["describe_alarm_history"] = "Throttling"
    assert waiter.poll() is None
    shop.aws.faults.clear()
    assert waiter.poll().status == "FAILED"


def test_a_history_that_does_not_show_the_change_yet_passes_nothing(shop):
    waiter = shop.bake(**FIX)
    shop.aws.pass_time(seconds=600)
    shop.aws.put_alarm("shop-errors", "ALARM")
    change = shop.aws.history.pop()
    assert waiter.poll() is None
    shop.aws.history.append(change)
    assert waiter.poll().status == "FAILED"


def test_an_override_of_red_alarms_is_not_blind_a_missing_alarm_still_ends_it(shop):
    del shop.aws.alarms["", "shop-errors"]
    assert "does not exist" in shop.bake(**FIX).run().reason


def test_an_expedited_release_is_done_at_once_and_records_why(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    answer = shop.bake(ExpeditedReason="back to Monday's code").run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert answer.data["Outcome"] == "expedited"
    assert "back to Monday's code" in answer.data["Reason"]


def test_the_last_releases_reason_expedites_nothing(shop):
    why = {"ExpeditedReason": "back to Monday's code"}
    assert shop.bake(old=properties("A", **why), **why).run().seconds == 600


def test_a_reason_that_changed_without_a_release_starts_nothing(shop):
    request = shop.bake_request(old=properties("B"), Overrides={"RED_ALARMS": "why not"})
    assert Waiter(shop.aws, request).run().seconds == 0


def test_an_alarm_that_turned_red_at_the_very_moment_of_the_beginning_was_red_before_it(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert shop.bake(**FIX).run().status == "SUCCESS"


def test_without_the_wait_at_the_releases_beginning_nobody_knows_what_was_red_before(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.pass_time(minutes=3)
    del shop.aws.resources["Preflight"]
    answer = shop.bake(StartedBy="Preflight", **FIX).run()
    assert (answer.status, answer.seconds) == ("FAILED", 720)
    assert "alarm shop-errors: its history is unread" in answer.reason
