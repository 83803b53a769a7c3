"""Alarms change their states when CloudWatch would change them, and no earlier."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.cloudwatch.alarm_definition import read_alarms
from prod_one_box.rehearsal.cloudwatch.alarm_states import AlarmBoard, AlarmChange
from prod_one_box.rehearsal.cloudwatch.metrics import MetricStore
from prod_one_box.template.cloud_assembly import read_assembly
from rehearsal.cloudwatch.alarm_templates import ERRORS, INVOCATIONS, definitions, on_expression, query, single

DELAY = 60.0
ASSUMPTIONS = Assumptions(metric_delay_seconds=DELAY, spare_datapoints=2)
RATE = on_expression(
    "IF(requests >= 20, 100 * errors / requests, 0)",
    query("requests", "Invocations"),
    query("errors", "Errors"),
    EvaluationPeriods=2,
    TreatMissingData="notBreaching",
)


def traffic(*errors: int) -> MetricStore:
    """Every minute from second 0 on 100 requests with so many errors, after ten minutes without any error."""
    store = MetricStore()
    for minute, failed in enumerate((*[0] * 10, *errors), start=-10):
        store.count(INVOCATIONS, minute * 60.0 + 30, 100)
        store.count(ERRORS, minute * 60.0 + 30, failed)
    return store


def board(store: MetricStore, **alarms: dict[str, Any]) -> AlarmBoard:
    return AlarmBoard(definitions(**alarms), store, ASSUMPTIONS)


def test_an_alarm_turns_red_when_its_periods_are_over_and_old_enough() -> None:
    alarms = board(traffic(0, 0, 50, 50, 0), Red=RATE)
    changes = [change for now in range(0, 600, 10) for change in alarms.evaluate(float(now))]
    assert changes == alarms.history
    assert changes == [
        AlarmChange(4 * 60 + DELAY, "Red", "OK", "ALARM"),
        AlarmChange(5 * 60 + DELAY, "Red", "ALARM", "OK"),
    ]


@given(looks=st.lists(st.floats(0, 900), max_size=12))
def test_what_happened_does_not_depend_on_when_somebody_looks(looks: list[float]) -> None:
    alarms = board(traffic(0, 50, 50, 0, 0, 50, 50, 50, 0, 0, 0, 0), Red=RATE)
    for now in [0.0, *sorted(looks), 900.0]:
        alarms.evaluate(now)
    assert [change.time for change in alarms.history] == [180 + DELAY, 240 + DELAY, 420 + DELAY, 540 + DELAY]


def test_a_minute_that_is_not_over_is_not_judged() -> None:
    alarms = board(traffic(50, 50), Red=single())
    assert alarms.evaluate(60.0 + DELAY - 0.1) == []
    assert [change.after for change in alarms.evaluate(60.0 + DELAY)] == ["ALARM"]


def test_few_requests_are_no_reason_to_turn_red() -> None:
    store = MetricStore()
    for minute in range(5):
        store.count(INVOCATIONS, minute * 60.0, 19)
        store.count(ERRORS, minute * 60.0, 19)
    alarms = board(store, Red=RATE)
    alarms.evaluate(0.0)
    assert alarms.evaluate(600.0) == []


def test_a_long_period_slides_by_the_minute() -> None:
    """Five minutes hold 40 errors, more than 30, at the end of minute 6 though not of minute 5."""
    alarms = board(traffic(0, 10, 10, 0, 10, 10), Red=single(Period=300, Threshold=30))
    alarms.evaluate(0.0)
    assert [(change.time, change.after) for change in alarms.evaluate(360.0 + DELAY)] == [(360 + DELAY, "ALARM")]


def test_a_new_alarm_has_no_data_until_it_is_evaluated() -> None:
    alarms = board(traffic(0, 0, 0))
    alarms.evaluate(60.0)
    assert alarms.state("Red") == "INSUFFICIENT_DATA"
    assert "Red" not in alarms
    alarms.put(definitions(Red=RATE)["Red"])
    assert "Red" in alarms
    assert alarms.state("Red") == "INSUFFICIENT_DATA"
    assert [change[2:] for change in alarms.evaluate(180.0)] == [("INSUFFICIENT_DATA", "OK")]


def test_a_changed_alarm_keeps_its_state_until_it_is_evaluated() -> None:
    alarms = board(traffic(50, 50, 50, 50), Red=single())
    alarms.evaluate(120.0)
    alarms.put(definitions(Red=single(Threshold=60))["Red"])
    assert alarms.state("Red") == "ALARM"
    alarms.evaluate(180.0)
    assert alarms.state("Red") == "OK"


def test_a_deleted_alarm_is_gone() -> None:
    alarms = board(traffic(50), Red=single())
    alarms.delete("Red")
    alarms.delete("Red")
    assert "Red" not in alarms
    assert alarms.evaluate(120.0) == []


def test_without_data_the_default_is_to_have_no_state() -> None:
    alarms = board(MetricStore(), Plain=single(), Good=single(TreatMissingData="notBreaching"))
    alarms.evaluate(300.0)
    assert (alarms.state("Plain"), alarms.state("Good")) == ("INSUFFICIENT_DATA", "OK")


def test_an_alarm_that_is_not_understood_never_has_a_state() -> None:
    alarms = board(traffic(50, 50, 50), Odd=single(Unit="Count"))
    assert alarms.state("Odd") == "INSUFFICIENT_DATA"
    assert alarms.evaluate(300.0) == []
    assert alarms.state("Odd") == "INSUFFICIENT_DATA"


def test_an_alarm_forced_red_stays_red_whatever_happens() -> None:
    alarms = board(traffic(0, 0, 0, 0), Red=RATE)
    alarms.force("Red", "ALARM")
    alarms.evaluate(300.0)
    assert alarms.state("Red") == "ALARM"
    assert alarms.history == [AlarmChange(0.0, "Red", "OK", "ALARM")]


def test_the_reason_for_a_state_is_a_sentence_with_what_the_alarm_counts() -> None:
    rule = {"AlarmRule": {"Fn::Sub": "ALARM(${Red})"}}
    silent = single(ComparisonOperator="LessThanThreshold", Threshold=0.5, TreatMissingData="breaching")
    alarms = board(traffic(0, 0, 50, 50), Red=RATE, Any=rule, Silent=silent, Odd=single(Unit="Count"), Forced=RATE)
    alarms.force("Forced", "ALARM")
    alarms.evaluate(0.0)
    assert [alarms.reason(name) for name in ("Red", "Any")] == [
        "its data points are well.",
        "its rule does not hold.",
    ]
    alarms.evaluate(4 * 60 + DELAY)
    assert {name: alarms.reason(name) for name in ("Red", "Any", "Odd", "Forced", "Deleted")} == {
        "Red": "2 of 2 data points were above 5.",
        "Any": "its rule holds.",
        "Odd": "it has no data.",
        "Forced": "it was red before the release.",
        "Deleted": "it has no data.",
    }
    alarms.evaluate(20 * 60 + DELAY)
    assert alarms.reason("Silent") == "1 of 1 data points were below 0.5 or missing."


def test_a_gap_is_bridged_with_older_data_points() -> None:
    """Two bad minutes around an empty one are the last two data points there are."""
    store = traffic(50)
    store.count(INVOCATIONS, 120.0, 100)
    store.count(ERRORS, 120.0, 50)
    alarms = board(store, Red=RATE)
    alarms.evaluate(0.0)
    assert [change.time for change in alarms.evaluate(180.0 + DELAY)] == [180 + DELAY]


def test_an_alarm_forced_red_makes_composites_red_though_nobody_understands_it() -> None:
    rule = {"AlarmRule": {"Fn::Sub": "ALARM(${Odd})"}}
    alarms = board(MetricStore(), Odd=single(Unit="Count"), Any=rule)
    alarms.force("Odd", "ALARM")
    alarms.evaluate(0.0)
    assert alarms.state("Any") == "ALARM"


def test_composite_alarms_follow_at_once_whatever_their_order() -> None:
    rules = {
        "Outer": {"AlarmRule": {"Fn::Sub": "ALARM(${Inner}) AND NOT ALARM(${Calm})"}},
        "Inner": {"AlarmRule": {"Fn::Sub": "ALARM(${Red}) OR ALARM(${Calm})"}},
    }
    alarms = board(traffic(0, 50, 50, 50), **rules, Red=single(), Calm=single(Threshold=1000))
    alarms.evaluate(0.0)
    assert {change[:2] for change in alarms.evaluate(300.0)} == {(180.0, "Red"), (180.0, "Inner"), (180.0, "Outer")}


def test_a_composite_alarm_on_what_is_not_understood_alarms_only_for_the_rest() -> None:
    rules = {
        "Some": {"AlarmRule": {"Fn::Sub": "ALARM(${Odd}) OR ALARM(${Red})"}},
        "Healthy": {"AlarmRule": {"Fn::Sub": "NOT OK(${Odd})"}},
    }
    alarms = board(traffic(0, 50), **rules, Red=single(), Odd=single(Unit="Count"))
    alarms.evaluate(60.0 + DELAY)
    assert (alarms.state("Some"), alarms.state("Healthy")) == ("INSUFFICIENT_DATA", "INSUFFICIENT_DATA")
    alarms.evaluate(120.0 + DELAY)
    assert (alarms.state("Some"), alarms.state("Healthy")) == ("ALARM", "INSUFFICIENT_DATA")


def test_a_bad_front_end_turns_the_storefronts_alarm_red_after_two_minutes(assembly_of: Callable[[str], Path]) -> None:
    (stack,) = read_assembly(assembly_of("storefront"))
    read = read_alarms(stack)
    (bad,) = [name for name in read if "OneBox" in name and "ErrorRate" in name]
    store = MetricStore()
    for key in read[bad].metrics:
        for minute in range(-10, 10):
            store.count(key, minute * 60.0, 100 if key.name == "Count" else 6 * (minute >= 0))
    alarms = AlarmBoard(read, store, ASSUMPTIONS)
    alarms.evaluate(0.0)
    alarms.evaluate(600.0)
    assert alarms.history == [AlarmChange(120 + DELAY, bad, "OK", "ALARM")]


@pytest.mark.parametrize(
    ("operator", "red"),
    [
        ("GreaterThanThreshold", [False, False, True]),
        ("GreaterThanOrEqualToThreshold", [False, True, True]),
        ("LessThanThreshold", [True, False, False]),
        ("LessThanOrEqualToThreshold", [True, True, False]),
    ],
)
def test_each_operator_compares_as_its_name_says(operator: str, red: list[bool]) -> None:
    for errors, expected in zip((4, 5, 6), red, strict=True):
        alarms = board(traffic(errors), Red=single(ComparisonOperator=operator))
        alarms.evaluate(60.0 + DELAY)
        assert (alarms.state("Red") == "ALARM") is expected


@given(errors=st.lists(st.sampled_from([0, 50]), min_size=4, max_size=12), of=st.integers(1, 4), data=st.data())
def test_m_of_n_is_true_of_every_minute(errors: list[int], of: int, data: st.DataObject) -> None:
    needed = data.draw(st.integers(1, of))
    alarms = board(traffic(*errors), Red=single(EvaluationPeriods=of, DatapointsToAlarm=needed))
    for minute in range(of, len(errors) + 1):
        alarms.evaluate(minute * 60.0 + DELAY)
        bad = sum(failed > 5 for failed in errors[minute - of : minute])
        assert (alarms.state("Red") == "ALARM") is (bad >= needed)
