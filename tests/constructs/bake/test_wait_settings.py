"""The times that a wait accepts and refuses."""

import re

import pytest
from aws_cdk import Duration
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box import InvalidArgumentError
from prod_one_box.constructs.bake.wait_settings import WaitTimes, in_minutes


def times(duration=600, grace=120, poll_interval=10):
    given = {"duration": duration, "grace": grace, "poll_interval": poll_interval}
    return WaitTimes.of(**{key: Duration.seconds(value) for key, value in given.items()}, path="Shop/Wait")


@pytest.mark.parametrize("duration", [0, 1, 600, 3300])
def test_nothing_to_fifty_five_minutes_is_a_duration(duration):
    assert times(duration).duration == duration


def test_a_longer_duration_is_refused_with_the_limit_and_what_to_do():
    message = re.escape("Shop/Wait: duration: got 55 min 1 s; allowed: 0 to 55 min,")
    with pytest.raises(InvalidArgumentError, match=message) as refused:
        times(3301)
    assert "alarms after the release" in str(refused.value)


@pytest.mark.parametrize("interval", [0, 7, 9, 11, 45, 61, 120])
def test_an_interval_that_does_not_divide_a_minute_is_refused(interval):
    with pytest.raises(InvalidArgumentError, match=f"poll_interval: got {interval} s"):
        times(poll_interval=interval)


@pytest.mark.parametrize(("duration", "grace", "interval"), [(600, 9, 10), (3300, 171, 10), (3300, 121, 60), (0, 0, 1)])
def test_a_grace_period_without_a_poll_or_beyond_the_frameworks_patience_is_refused(duration, grace, interval):
    with pytest.raises(InvalidArgumentError, match=f"grace: got {in_minutes(grace)}; allowed: {interval} s "):
        times(duration, grace, interval)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (10, "10 s"), (60, "1 min"), (239, "3 min 59 s"), (5400, "90 min")]
)
def test_a_time_is_written_as_people_read_it(seconds, words):
    assert in_minutes(seconds) == words


def test_parts_of_a_second_are_refused():
    with pytest.raises(InvalidArgumentError, match=r"duration: got Duration\.millis"):
        WaitTimes.of(
            duration=Duration.millis(1500),
            grace=Duration.minutes(2),
            poll_interval=Duration.seconds(10),
            path="Shop/Wait",
        )


@given(st.integers(0, 4000), st.integers(0, 4000), st.sampled_from([1, 2, 5, 10, 20, 30, 60]))
def test_whatever_is_taken_is_decided_before_the_framework_gives_up(duration, grace, interval):
    try:
        taken = times(duration, grace, interval)
    except InvalidArgumentError:
        return
    assert taken.duration + taken.grace + taken.poll_interval <= 58 * 60
    assert (58 * 60) % interval == 0
