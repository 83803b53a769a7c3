"""Every alarm of a template is understood, or says what of it is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.cloudwatch.alarm_definition import MetricWatch, only_measured, read_alarms
from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey
from prod_one_box.rehearsal.visitors.serving import is_of_requests
from prod_one_box.template.cloud_assembly import read_assembly
from rehearsal.cloudwatch.alarm_templates import ERRORS, INVOCATIONS, LIVE, definitions, on_expression, query, single

RATE = on_expression("100 * errors / requests", query("errors", "Errors"), query("requests", "Invocations"))


def reason(said: dict[str, Any]) -> str | None:
    return definitions(Red=said)["Red"].not_understood


def test_all_alarms_of_the_storefront_are_understood(assembly_of: Callable[[str], Path]) -> None:
    (stack,) = read_assembly(assembly_of("storefront"))
    alarms = read_alarms(stack)
    assert {name: alarm.not_understood for name, alarm in alarms.items() if alarm.not_understood} == {}
    assert len(alarms) == sum(each.type == "AWS::CloudWatch::Alarm" for each in stack.resources.values()) > 0


def test_an_alarm_on_one_metric_is_read() -> None:
    alarm = definitions(Red=single(EvaluationPeriods=3, DatapointsToAlarm="2", TreatMissingData="ignore"))["Red"]
    assert isinstance(alarm.watches, MetricWatch)
    watch = alarm.watches
    assert alarm.metrics == {ERRORS}
    assert (watch.evaluation_periods, watch.datapoints_to_alarm, watch.threshold, watch.missing) == (
        3,
        2,
        5.0,
        "ignore",
    )


def test_what_a_template_leaves_out_has_cloudwatchs_defaults() -> None:
    watch = definitions(Red=single(EvaluationPeriods=3))["Red"].watches
    assert isinstance(watch, MetricWatch)
    assert (watch.datapoints_to_alarm, watch.missing) == (3, "missing")


def test_an_alarm_on_an_expression_names_the_metrics_in_canonical_text() -> None:
    alarm = definitions(Red=RATE)["Red"]
    assert alarm.not_understood is None
    assert alarm.metrics == {ERRORS, INVOCATIONS}


@pytest.mark.parametrize(
    ("said", "blamed"),
    [
        (single(Unit="Seconds"), "the property Unit"),
        (single(ThresholdMetricId="band"), "the property ThresholdMetricId"),
        (single(EvaluationWindow={"WallClockWindow": {}}), "the property EvaluationWindow"),
        (single(Statistic=None, ExtendedStatistic="tm90"), "the statistic tm90"),
        (single(Statistic=None), "the statistic null"),
        (single(MetricName=None), "a metric without name"),
        (single(Period=10), "the period of 10 s"),
        (single(Period={"Ref": "Minutes"}), "the property Period, which is ${Minutes} and not a number"),
        (single(Threshold={"Ref": "Limit"}), "the property Threshold, which is ${Limit}"),
        (single(Threshold=None), "the property Threshold, which is absent"),
        (
            single(EvaluationPeriods=2, DatapointsToAlarm=3),
            "which is 3: more than EvaluationPeriods, 2",
        ),
        (single(EvaluationPeriods=0), "the property EvaluationPeriods"),
        (single(EvaluationPeriods=1e308), "more than seven days"),
        (single(EvaluationPeriods="nan"), "the property EvaluationPeriods, which is nan and not a number"),
        (single(EvaluationPeriods=10081), "the property EvaluationPeriods, which is 10081: more than seven days"),
        (single(ComparisonOperator="GreaterThanUpperThreshold"), "the property ComparisonOperator"),
        (single(TreatMissingData="maybe"), "the property TreatMissingData, which is maybe"),
        (on_expression("SEARCH('x', 'Sum')", query("e", "Errors")), "the function SEARCH"),
        (on_expression("5 * 3", query("e", "Errors")), "a scalar"),
        (on_expression("[e, e]", query("e", "Errors")), "an array"),
        (on_expression("e + f", query("e", "Errors")), "f, which is not an id"),
        (on_expression("e", query("e", "Errors"), query("f", "Errors", Period=300)), "periods are [60, 300]"),
        (on_expression("e", {**query("e", "Errors"), "ReturnData": True}), "which returns 2 time series"),
        (on_expression("e", {**query("e", "Errors"), "ReturnData": {"Ref": "Told"}}), "ReturnData, which is ${Told}"),
        (on_expression("e", {**query("e", "Errors"), "ReturnData": None}), "ReturnData, which is absent"),
        (on_expression("e", {**query("e", "Errors"), "AccountId": "111111111111"}), "the property AccountId"),
        (on_expression("SELECT MAX(x) FROM y"), "'MAX' in SELECT"),
        (single(Metrics=[]), "the property"),
    ],
)
def test_what_is_not_understood_is_named(said: dict[str, Any], blamed: str) -> None:
    assert blamed in str(reason(said))


def test_an_expression_is_computed_of_the_whole_template_language() -> None:
    inner = {"Id": "rate", "Expression": "errors / requests", "ReturnData": False}
    metrics = [query("errors", "Errors"), query("requests", "Invocations")]
    assert reason(on_expression("IF(FILL(rate, 0) > 0.05, 1, 0)", inner, *metrics)) is None


def test_an_alarm_on_what_nobody_measures_says_so() -> None:
    queue = single(Namespace="AWS/SQS", MetricName="NumberOfMessagesSent")
    read = definitions(Red=RATE, Queue=queue)
    judged = only_measured(read, lambda key: key.namespace == "AWS/Lambda", is_of_requests)
    assert judged["Red"] == read["Red"]
    assert judged["Queue"].not_understood == "AWS/SQS NumberOfMessagesSent, which the rehearsal does not measure"
    assert judged["Queue"].watches is None


def test_an_alarm_on_what_nobody_visits_says_that_instead() -> None:
    read = definitions(Red=single(MetricName="Errors"), Throttled=single(MetricName="Throttles"))
    judged = only_measured(read, lambda _: False, is_of_requests)
    assert judged["Red"].not_understood == "AWS/Lambda Errors, of what no visitor is known to reach"
    assert judged["Throttled"].not_understood == "AWS/Lambda Throttles, which the rehearsal does not measure"


def test_dimensions_are_a_set() -> None:
    turned = list(reversed(single()["Dimensions"]))
    assert definitions(Red=single(Dimensions=turned))["Red"].metrics == {MetricKey("AWS/Lambda", "Errors", LIVE)}
