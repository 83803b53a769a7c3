"""A `ReleaseCanary`'s alarm, `FILL(success, 0)` with missing data ignored, has the states its docs promise."""

from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.cloudwatch.alarm_states import AlarmBoard
from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey, MetricStore
from rehearsal.cloudwatch.alarm_templates import definitions, on_expression

SUCCESS = MetricKey("CloudWatchSynthetics", "SuccessPercent", frozenset({("CanaryName", "shop")}))
METRIC = {
    "Namespace": SUCCESS.namespace,
    "MetricName": SUCCESS.name,
    "Dimensions": [{"Name": "CanaryName", "Value": "shop"}],
}
ALARM = on_expression(
    "FILL(success, 0)",
    {"Id": "success", "MetricStat": {"Metric": METRIC, "Period": 120, "Stat": "Average"}, "ReturnData": False},
    ComparisonOperator="LessThanThreshold",
    EvaluationPeriods=3,
    Threshold=100,
    TreatMissingData="ignore",
)


def changes(*runs: float | None, since: int = 0, is_new: bool = False) -> list[tuple[float, str]]:
    """When the alarm changes, in minutes, if a run of each minute from `since` on succeeds so; None is no run."""
    store, defined = MetricStore(), definitions(Red=ALARM)
    for minute, success in enumerate(runs, start=since):
        if success is not None:
            store.sample(SUCCESS, 60.0 * minute + 30, success)
    board = AlarmBoard({} if is_new else defined, store, Assumptions(metric_delay_seconds=0))
    if is_new:
        board.put(defined["Red"])
    for minute in range(since + len(runs) + 1):
        board.evaluate(60.0 * minute)
    return [(change.time / 60, change.after) for change in board.history]


def test_a_green_canary_that_was_there_keeps_its_alarm_green() -> None:
    assert changes(*[100.0] * 30, since=-10) == []


def test_the_third_period_with_a_failed_run_turns_it_red_and_one_without_green_again() -> None:
    # The first failure lies in minute 5: the three periods of two minutes that hold one end with minute 9 at the
    # earliest, and so do those of a canary that fails every other minute.
    assert changes(*[100.0] * 5, *[0.0] * 10) == [(10, "ALARM")]
    assert changes(*[100.0] * 5, *[0.0, 100.0] * 5) == [(10, "ALARM")]
    assert changes(*[100.0] * 5, *[0.0] * 6, *[100.0] * 4) == [(10, "ALARM"), (13, "OK")]


def test_one_failed_run_changes_nothing() -> None:
    assert changes(*[100.0] * 5, 0.0, *[100.0] * 10) == []


def test_a_canary_that_stops_turns_it_red_and_it_stays_red() -> None:
    assert changes(*[100.0] * 5, *[None] * 30) == [(11, "ALARM")]


def test_a_new_canarys_alarm_has_no_state_before_the_first_visit_and_then_that_of_the_visit() -> None:
    assert changes(*[None] * 10, is_new=True) == []
    assert changes(*[None] * 4, *[100.0] * 10, is_new=True) == [(5, "OK")]
    assert changes(*[None] * 4, *[0.0] * 10, is_new=True) == [(5, "ALARM")]
