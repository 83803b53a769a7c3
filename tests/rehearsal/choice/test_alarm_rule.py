"""The alarm on a partition's error rate, minute by minute."""

from prod_one_box.rehearsal.choice.alarm_rule import red_after
from prod_one_box.rehearsal.choice.drawn_counts import Counts
from prod_one_box.rehearsal.choice.setting import DEFAULT_ALARM, ErrorAlarm


def red(failures: list[int], alarm: ErrorAlarm = DEFAULT_ALARM, requests: int = 20, start: int = 0) -> int | None:
    partition = Counts([requests] * len(failures), failures)
    return red_after([partition], alarm, start=start, minutes=len(failures) - start)


def test_two_minutes_in_a_row_turn_it_red_a_minute_after_the_second() -> None:
    assert red([0, 2, 2, 0, 0]) == 4
    assert red([2, 0, 2, 0, 2]) is None


def test_a_rate_that_is_not_above_the_threshold_and_a_minute_with_too_few_requests_are_good() -> None:
    assert red([1] * 9) is None
    assert red([9] * 9, requests=19) is None


def test_an_alarm_that_would_be_red_after_the_promotion_stops_nothing() -> None:
    assert red([0, 0, 0, 2, 2]) is None


def test_a_longer_period_is_judged_as_a_whole() -> None:
    alarm = ErrorAlarm(error_rate=4, minimum_requests=40, period=2, datapoints=1)
    assert red([0, 0, 0, 2, 0], alarm) == 5
    assert red([0, 0, 0, 1, 0], alarm) is None


def test_only_the_release_counts_and_the_first_alarm_of_any_partition() -> None:
    assert red([9, 9, 9, 9, 0, 0, 0, 0], start=4) is None
    quiet, loud = Counts([20] * 9, [0] * 9), Counts([20] * 9, [0, 9, 9, 0, 0, 9, 9, 0, 0])
    assert red_after([quiet, loud], DEFAULT_ALARM, start=0, minutes=9) == 4
