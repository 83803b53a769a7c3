"""AWS::CloudWatch::Alarm takes `Metrics`, and CloudWatch evaluates the expression that returns data.

The emulator refuses alarms on metric math (CloudFormation template reference, "AWS::CloudWatch::Alarm Metrics"), and
evaluates an alarm only when PutMetricData is called, so here DescribeAlarms evaluates all of them as well. What is
evaluated is a model of this project's own: `IF`, `AND`, comparisons and arithmetic over sums and percentiles of whole
periods (CloudWatch user guide, "Using math expressions with CloudWatch metrics"). A run proves nothing about when
CloudWatch turns such an alarm red.

An ALARM that SetAlarmState set stands until it is set again, so that a scenario does not depend on whether a minute
ends meanwhile. In CloudWatch metric alarms return "to their actual state quickly, often within seconds" (CloudWatch API
reference, "SetAlarmState").
"""

import re
import time

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

_BARE = ("MetricName", "Namespace", "Statistic", "Period")
_CROSSED = "Threshold Crossed"
_BREACHES = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def close() -> None:
    _take_metrics()
    _evaluate_metrics()


def _take_metrics() -> None:
    record = provisioners._cw_metric_alarm_record

    def alarm_record(name, props):
        if not props.get("Metrics"):
            return record(name, props)
        bare = {key: value for key, value in props.items() if key != "Metrics"}
        alarm = record(name, {**bare, "MetricName": "-", "Namespace": "-"})
        return {**{key: value for key, value in alarm.items() if key not in _BARE}, "Metrics": props["Metrics"]}

    provisioners._cw_metric_alarm_record = alarm_record


def _evaluate_metrics() -> None:
    evaluate, describe = cloudwatch._evaluate_alarm, cloudwatch._describe_alarms

    def evaluate_alarm(alarm):
        if not alarm.get("Metrics"):
            return evaluate(alarm)
        _evaluate(alarm)
        return None

    def describe_alarms(*args, **named):
        cloudwatch._evaluate_all_alarms()
        return describe(*args, **named)

    cloudwatch._evaluate_alarm, cloudwatch._describe_alarms = evaluate_alarm, describe_alarms


def _evaluate(alarm) -> None:
    if alarm["StateValue"] == "ALARM" and not alarm["StateReason"].startswith(_CROSSED):
        return  # Set by hand.
    wanted = int(alarm["EvaluationPeriods"])
    values = _values(alarm, wanted)
    if all(value is None for value in values):
        return  # Without data nothing is decided here, so that a state set by SetAlarmState stands.
    breaches = _BREACHES[alarm["ComparisonOperator"]]
    breaching = sum(value is not None and breaches(value, float(alarm["Threshold"])) for value in values)
    new, old = "ALARM" if breaching >= int(alarm.get("DatapointsToAlarm") or wanted) else "OK", alarm["StateValue"]
    if new == old:
        return
    reason = f"{_CROSSED}: {breaching} out of the last {wanted} datapoints {values} were breaching."
    alarm.update(StateValue=new, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _values(alarm, wanted):
    stats = {each["Id"]: each["MetricStat"] for each in alarm["Metrics"] if each.get("MetricStat")}
    expression = next(each["Expression"] for each in alarm["Metrics"] if each.get("Expression"))
    period = max(int(stat["Period"]) for stat in stats.values())
    end = time.time() // period * period
    return [_value(expression, stats, end - period * ago, period) for ago in range(wanted, 0, -1)]


def _value(expression, stats, start, period):
    values = {name: _statistic(stat, start, start + period) for name, stat in stats.items()}
    if all(value is None for value in values.values()):
        return None
    python = re.sub(r"IF\((.*?),(.*),([^,]*)\)$", r"((\2) if (\1) else (\3))", expression.replace("AND", "and"))
    return eval(python, {"__builtins__": {}}, {name: value or 0 for name, value in values.items()})


def _statistic(stat, start, end):
    metric = stat["Metric"]
    dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
    points = [
        point
        for (namespace, name, _), recorded in list(cloudwatch._metrics.items())
        if (namespace, name) == (metric["Namespace"], metric["MetricName"])
        for point in list(recorded)
        if point.get("Dimensions", {}) == dimensions and start <= point["Timestamp"] < end
    ]
    return cloudwatch._stat_value(cloudwatch._calc_stats(points), stat["Stat"], points) if points else None
