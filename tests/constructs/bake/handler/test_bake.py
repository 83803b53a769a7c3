"""A release in its bake: what holds it, what lets it pass, what ends it."""

from bake.waiter import Waiter


def test_a_quiet_bake_ends_well_at_the_first_poll_at_its_duration_and_not_before(shop):
    answer = shop.bake().run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 600)
    assert answer.data["Outcome"] == "quiet"
    assert answer.data["Reason"].startswith("Quiet for 0:10:00. The one-box served at least 100 requests (")
    assert shop.versions == ("7", "11")
    assert not shop.aws.changes


def test_a_poll_interval_that_misses_the_duration_ends_the_bake_after_it(shop):
    assert shop.bake(DurationSeconds="601").run(every=12).seconds == 612


def test_an_alarm_red_at_the_start_ends_the_release_at_once_and_contains_the_one_box(shop):
    shop.aws.put_alarm("shop-errors", "ALARM", reason="5 errors in a minute")
    answer = shop.bake().run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert "Alarm shop-errors is ALARM: 5 errors in a minute" in answer.reason
    assert "shop-one-box:live is back on version 6" in answer.reason
    assert shop.versions == ("6", "11")


def test_of_an_alarms_own_reason_the_first_200_characters_are_told(shop):
    shop.aws.put_alarm("shop-errors", "ALARM", reason="x" * 300)
    reason = shop.bake().run().reason
    assert "x" * 200 in reason
    assert "x" * 201 not in reason


def test_every_red_alarm_is_named(shop):
    shop.aws.put_alarm("shop-errors", "ALARM", reason="5 errors.")
    shop.aws.put_alarm("shop-latency", "ALARM", reason="More than 3 s of the MAX")
    answer = shop.bake(Alarms=[{"LogicalId": "Errors"}, {"Name": "shop-latency"}]).run()
    assert answer.reason.startswith(
        "Alarm shop-errors is ALARM: 5 errors. Alarm shop-latency is ALARM: More than 3 s of the MAX."
    )


def test_an_alarm_red_during_the_bake_ends_it_within_one_poll(shop):
    waiter = shop.bake()
    for _ in range(20):
        assert waiter.poll() is None
        shop.aws.pass_time(seconds=10)
    shop.aws.pass_time(seconds=1)
    shop.aws.put_alarm("shop-errors", "ALARM", reason="Threshold crossed")
    shop.aws.pass_time(seconds=9)
    answer = waiter.poll()
    assert (answer.status, answer.seconds) == ("FAILED", 210)
    assert "shop-errors is ALARM: Threshold crossed" in answer.reason
    assert shop.versions == ("6", "11")


def test_an_alarm_red_at_the_very_end_still_ends_the_release(shop):
    waiter = shop.bake()
    shop.aws.pass_time(seconds=600)
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert waiter.poll().status == "FAILED"


def test_a_manual_flip_during_the_bake_promotes_nothing_and_is_named(shop):
    waiter = shop.bake()
    assert waiter.poll() is None
    shop.aws.put_alias("shop-one-box", 6)
    answer = waiter.poll()
    assert answer.status == "FAILED"
    assert "on version 6, not on the release's version 7" in answer.reason
    assert not shop.aws.changes


def test_a_retry_after_a_containment_that_cloudformation_did_not_notice_promotes_nothing(shop):
    shop.release_one_box()
    shop.aws.put_alias("shop-one-box", 6)  # and CloudFormation, which believes that it is on 7, leaves it there
    answer = Waiter(shop.aws, shop.bake_request()).run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert "Roll the stack back" in answer.reason


def test_weights_on_the_alias_are_not_the_release_alone(shop):
    waiter = shop.bake()
    shop.aws.put_alias("shop-one-box", 7, v6=0.25)
    answer = waiter.poll()
    assert "version 7, 25% on version 6" in answer.reason
    assert shop.versions == ("6", "11")


def test_a_missing_alarm_ends_the_release_with_its_name(shop):
    waiter = shop.bake()
    assert waiter.poll() is None
    del shop.aws.alarms["", "shop-errors"]
    answer = waiter.poll()
    assert "Alarm shop-errors does not exist" in answer.reason
    assert "describe_alarm_history" not in shop.aws.calls
    assert shop.versions == ("6", "11")


def test_no_data_is_quiet_unless_the_user_says_otherwise(shop):
    shop.aws.put_alarm("shop-errors", "INSUFFICIENT_DATA")
    assert shop.bake().run().status == "SUCCESS"


def test_no_data_is_red_if_the_user_says_so(shop):
    shop.aws.put_alarm("shop-errors", "INSUFFICIENT_DATA")
    answer = shop.bake(InsufficientData="RED").run()
    assert "shop-errors is INSUFFICIENT_DATA" in answer.reason


def test_an_alarm_that_the_update_has_yet_to_create_cannot_end_a_bake_well(shop):
    shop.aws.put_resource("Latency", "CREATE_IN_PROGRESS", "shop-latency")
    waiter = shop.bake(Alarms=[{"LogicalId": "Errors"}, {"LogicalId": "Latency"}])
    shop.aws.pass_time(seconds=600)
    assert waiter.poll() is None
    shop.aws.put_resource("Latency", "CREATE_COMPLETE")
    shop.aws.put_alarm("shop-latency", "INSUFFICIENT_DATA")
    assert waiter.poll().status == "SUCCESS"


def test_an_alarm_that_the_update_could_not_create_is_not_called_missing(shop):
    shop.aws.put_resource("Latency", "CREATE_FAILED", "shop-latency")
    assert shop.bake(Alarms=[{"LogicalId": "Latency"}]).poll() is None


def test_a_composite_alarm_is_read(shop):
    shop.aws.put_alarm("shop-health", "OK", composite=True)
    waiter = shop.bake(Alarms=[{"Name": "shop-health", "Composite": "true"}])
    assert waiter.poll() is None
    shop.aws.put_alarm("shop-health", "ALARM", composite=True)
    assert "shop-health is ALARM" in waiter.poll().reason


def test_an_alarm_of_another_region_is_read_there(shop):
    shop.aws.put_alarm("cdn-errors", "OK", region="us-east-1")
    waiter = shop.bake(Alarms=[{"LogicalId": "Errors"}, {"Name": "cdn-errors", "Region": "us-east-1"}])
    assert waiter.poll() is None
    shop.aws.put_alarm("cdn-errors", "ALARM", region="us-east-1")
    assert "cdn-errors is ALARM" in waiter.poll().reason


def test_more_alarms_than_one_call_takes_and_one_page_gives_are_all_read(shop):
    names = [f"alarm-{number:03}" for number in range(230)]
    for name in names:
        shop.aws.put_alarm(name, "OK")
    waiter = shop.bake(Alarms=[{"Name": name} for name in names])
    assert waiter.poll() is None
    shop.aws.put_alarm("alarm-229", "ALARM")
    assert "alarm-229" in waiter.poll().reason
