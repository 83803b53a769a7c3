"""The preflight: a wait of no duration at the start of the release."""

from bake.fake_aws import STACK


def test_a_quiet_site_gets_its_release_at_the_first_poll(shop):
    answer = shop.preflight().run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)


def test_a_red_site_gets_none_and_nothing_has_moved(shop):
    shop.aws.put_alarm("shop-errors", "ALARM", reason="5 errors")
    answer = shop.preflight().run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert "shop-errors is ALARM: 5 errors" in answer.reason
    assert not shop.aws.changes


def test_a_duration_that_is_not_given_is_none(shop):
    answer = shop.preflight(DurationSeconds=None).run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)


def test_an_alarm_that_this_update_will_create_cannot_be_red_already(shop):
    shop.aws.put_resource("Latency", "CREATE_IN_PROGRESS", "shop-latency")
    alarms = [{"LogicalId": "Errors"}, {"LogicalId": "Latency"}, {"LogicalId": "NotEvenBegun"}]
    assert shop.preflight(Alarms=alarms).run().status == "SUCCESS"


def test_an_alarm_that_somebody_deleted_lets_no_release_begin(shop):
    del shop.aws.alarms["", "shop-errors"]
    assert "shop-errors does not exist" in shop.preflight().run().reason


def test_one_conclusive_reading_is_needed_and_enough(shop):
    shop.aws.faults["describe_alarms"] = "AccessDenied"
    waiter = shop.preflight()
    for _ in range(6):
        assert waiter.poll() is None
        shop.aws.pass_time(seconds=10)
    shop.aws.faults.clear()
    assert waiter.poll().status == "SUCCESS"


def test_without_one_within_the_grace_period_no_release_begins(shop):
    shop.aws.faults["describe_alarms"] = "Throttling"
    answer = shop.preflight().run()
    assert (answer.status, answer.seconds) == ("FAILED", 120)
    assert "describe_alarms: Throttling" in answer.reason


def test_in_a_rollback_it_contains_both_partitions(shop):
    shop.release_one_box()
    shop.aws.put_alias("shop-regular", 12)
    answer = shop.go_back(wait="Preflight", DurationSeconds="0", Baked=None).run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert shop.versions == ("6", "11")


def test_in_the_rollback_of_a_release_that_it_refused_there_is_nothing_to_contain(shop):
    shop.aws.put_stack(STACK, "UPDATE_ROLLBACK_IN_PROGRESS")
    answer = shop.go_back(wait="Preflight", DurationSeconds="0", Baked=None).run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert not shop.aws.changes
