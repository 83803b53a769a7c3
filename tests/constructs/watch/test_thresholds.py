"""Thresholds that CloudWatch would refuse, or that could never tell good from bad, are refused at birth."""

import pytest
from aws_cdk import Aws, Duration, Token
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box import InvalidArgumentError, Thresholds


def test_the_defaults_are_five_percent_two_seconds_twenty_requests_and_two_minutes():
    given = Thresholds()
    assert (given.error_rate, given.latency.to_seconds()) == (5, 2)
    assert (given.minimum_requests, given.period.to_seconds(), given.datapoints) == (20, 60, 2)


@given(st.integers(1, 60), st.integers(1, 24))
def test_whole_minutes_up_to_a_day_pass(minutes, datapoints):
    assert Thresholds(period=Duration.minutes(minutes), datapoints=datapoints).datapoints == datapoints


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"error_rate": -1}, "error_rate: got -1; allowed: an error rate of 0 to below 100 percent, or None."),
        ({"error_rate": 100}, "error_rate: got 100; allowed: an error rate"),
        ({"error_rate": float("nan")}, "error_rate: got nan; allowed: an error rate"),
        ({"latency": Duration.seconds(0)}, "latency: got 0 seconds; allowed: a latency above 0, or None."),
        ({"minimum_requests": 0}, "minimum_requests: got 0; allowed: a whole number of requests from 1."),
        ({"minimum_requests": 1.5}, "minimum_requests: got 1.5; allowed: a whole number"),
        ({"datapoints": 0}, "datapoints: got 0; allowed: a whole number of data points from 1."),
        ({"datapoints": 2.5}, "datapoints: got 2.5; allowed: a whole number"),
        ({"period": Duration.seconds(10)}, "period: got 10 s; allowed: a period of a multiple of 60 s."),
        ({"period": Duration.seconds(90)}, "period: got 90 s; allowed: a period"),
        ({"period": Duration.millis(60500)}, "period: got 60.5 s; allowed: a period"),
        ({"period": Duration.seconds(0)}, "period: got 0 s; allowed: a period"),
        (
            {"period": Duration.minutes(5), "datapoints": 289},
            "period x datapoints: got 86700 s; allowed: at most 86400 s in all.",
        ),
        (
            {"period": Duration.hours(1), "datapoints": 169},
            "period x datapoints: got 608400 s; allowed: at most 604800 s in all.",
        ),
    ],
)
def test_a_fault_is_named_with_what_was_given_and_what_is_allowed(how, message):
    with pytest.raises(InvalidArgumentError) as raised:
        Thresholds(**how)
    assert f"Thresholds: {message}" in str(raised.value)


def test_all_faults_are_reported_together():
    with pytest.raises(InvalidArgumentError, match=r"error_rate, minimum_requests, period: got 200, 0, 30 s"):
        Thresholds(error_rate=200, minimum_requests=0, period=Duration.seconds(30))


def test_values_at_the_limits_pass():
    assert Thresholds(error_rate=0, latency=None, minimum_requests=1, datapoints=1).error_rate == 0
    assert Thresholds(error_rate=None, period=Duration.minutes(5), datapoints=288).datapoints == 288
    assert Thresholds(period=Duration.hours(1), datapoints=168).datapoints == 168


def test_values_known_only_at_deployment_pass():
    seconds = Duration.seconds(Token.as_number(Aws.REGION))
    assert Thresholds(latency=seconds, period=seconds).period.is_unresolved()


def test_thresholds_do_not_change():
    with pytest.raises(AttributeError):
        Thresholds().error_rate = 50
