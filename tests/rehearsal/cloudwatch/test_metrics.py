"""The store answers as CloudWatch would of the same requests."""

import statistics as reference
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey, MetricStore, is_statistic

LIVE = frozenset({("FunctionName", "${Pages}"), ("Resource", "${Pages}:live")})
INVOCATIONS = MetricKey("AWS/Lambda", "Invocations", LIVE)
ERRORS = MetricKey("AWS/Lambda", "Errors", LIVE)
DURATION = MetricKey("AWS/Lambda", "Duration", LIVE)
COUNTED = ["Sum", "SampleCount", "Average", "Minimum", "Maximum", "p90"]


def counted(requests: int, errors: int) -> MetricStore:
    store = MetricStore()
    store.count(INVOCATIONS, 30.0, requests)
    if errors:
        store.count(ERRORS, 30.0, errors)
    return store


def measured(values: list[float]) -> MetricStore:
    store = MetricStore()
    for value in values:
        store.sample(DURATION, 30.0, value)
    return store


@pytest.mark.parametrize("key", [INVOCATIONS, DURATION])
def test_a_minute_without_requests_has_no_data(key: MetricKey) -> None:
    assert all(MetricStore().statistic(key, 0.0, 60, stat) is None for stat in COUNTED)


def test_a_minute_with_requests_and_without_errors_has_zero_errors() -> None:
    """Lambda sends a 0 for each good request, so that an alarm sees good data, not missing data."""
    assert [counted(40, 0).statistic(ERRORS, 0.0, 60, stat) for stat in COUNTED] == [0, 40, 0, 0, 0, 0]


def test_the_average_of_errors_is_the_error_rate() -> None:
    assert [counted(40, 10).statistic(ERRORS, 0.0, 60, stat) for stat in COUNTED] == [10, 40, 0.25, 0, 1, 1]


@pytest.mark.parametrize("name", ["4XXError", "5XXError", "4xx", "5xx"])
def test_errors_of_both_kinds_of_api_are_out_of_their_requests(name: str) -> None:
    store = MetricStore()
    dimensions = frozenset({("ApiId", "${Api}")})
    store.count(MetricKey("AWS/ApiGateway", "Count", dimensions), 0.0, 50)
    store.count(MetricKey("AWS/ApiGateway", name, dimensions), 0.0, 5)
    assert store.statistic(MetricKey("AWS/ApiGateway", name, dimensions), 0.0, 60, "Average") == 0.1


@given(values=st.lists(st.floats(0, 1e6), min_size=1, max_size=60), percent=st.integers(1, 99))
def test_samples_are_aggregated_exactly(values: list[float], percent: int) -> None:
    store = measured(values)
    assert store.statistic(DURATION, 0.0, 60, "Sum") == pytest.approx(sum(values))
    assert store.statistic(DURATION, 0.0, 60, "Average") == pytest.approx(reference.fmean(values))
    assert store.statistic(DURATION, 0.0, 60, "SampleCount") == len(values)
    assert store.statistic(DURATION, 0.0, 60, "Minimum") == min(values)
    assert store.statistic(DURATION, 0.0, 60, "Maximum") == max(values)
    assert store.statistic(DURATION, 0.0, 60, f"p{percent}") == sorted(values)[ceil(percent * len(values) / 100) - 1]


def test_a_percentile_is_exceeded_by_the_rest_of_the_samples() -> None:
    store = measured([float(value) for value in range(1, 1001)])
    assert [store.statistic(DURATION, 0.0, 60, stat) for stat in ("p50", "p90", "p99.9", "p100")] == [
        500,
        900,
        999,
        1000,
    ]


def test_a_period_holds_the_minutes_that_begin_in_it() -> None:
    store = MetricStore()
    for time in (-30.0, 0.0, 59.9, 60.0, 119.9, 120.0):
        store.count(INVOCATIONS, time)
        store.sample(DURATION, time, time)
    assert store.statistic(INVOCATIONS, -60.0, 60, "Sum") == 1
    assert store.statistic(INVOCATIONS, 0.0, 60, "Sum") == 2
    assert store.statistic(INVOCATIONS, 0.0, 120, "Sum") == 4
    assert store.statistic(DURATION, 0.0, 120, "Maximum") == 119.9


def test_a_sample_that_comes_late_still_counts() -> None:
    store = measured([1.0])
    assert store.statistic(DURATION, 0.0, 60, "p90") == 1
    store.sample(DURATION, 59.0, 5.0)
    assert store.statistic(DURATION, 0.0, 60, "p90") == 5


@pytest.mark.parametrize("stat", ["tm90", "IQM", "p101", "p", "sum", ""])
def test_a_statistic_that_is_not_understood_is_refused(stat: str) -> None:
    assert not is_statistic(stat)
    with pytest.raises(ValueError, match="not understood"):
        MetricStore().statistic(DURATION, 0.0, 60, stat)
