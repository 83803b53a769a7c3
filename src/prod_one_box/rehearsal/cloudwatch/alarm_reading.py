"""Reads a template's alarms.

Reads the properties of an alarm, and says of which one it cannot be understood.

Reads which metrics an alarm watches, and what it computes of them.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from math import isfinite
from typing import Final

from ...template.cloud_assembly import Json, Resource, StackTemplate, listing, mapping, properties
from ...template.intrinsics import text
from .alarm_definition import COMPARISONS, TREATMENTS, AlarmDefinition, MetricWatch
from .composite_rule import RuleError, parse_rule
from .metric_math import Measure, MetricQuery
from .metric_math_syntax import MathError, Node, parse
from .metrics import MINUTE, MetricKey, MetricStore, is_statistic


class AlarmPartError(Exception):
    """A property of an alarm that is not understood."""


def refuse_unknown(said: Mapping[str, Json], known: Collection[str]) -> None:
    """Refuses properties that could change an alarm in a way nobody here knows.

    Raises:
        AlarmPartError: If there are any.
    """
    unknown = sorted(said.keys() - set(known))
    if unknown:
        raise AlarmPartError(f"the property {', '.join(unknown)}")


def number(said: Mapping[str, Json], name: str) -> float:
    """A number, which a template may also give as a string.

    Raises:
        AlarmPartError: If it is none, such as a parameter.
    """
    value = said.get(name)
    try:
        if isinstance(value, (int, float, str)) and isfinite(float(value)):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise AlarmPartError(f"the property {name}, which is {_shown(value)} and no number")


def whole(said: Mapping[str, Json], name: str) -> int:
    """A whole number from 1.

    Raises:
        AlarmPartError: If it is none.
    """
    value = number(said, name)
    if value < 1 or value != int(value):
        raise AlarmPartError(f"the property {name}, which is {value:g} and no whole number from 1")
    return int(value)


def truth(said: Mapping[str, Json], name: str) -> bool:
    """Yes or no, which a template may also give as a string.

    Raises:
        AlarmPartError: If it is neither, such as a parameter.
    """
    value = said.get(name)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise AlarmPartError(f"the property {name}, which is {_shown(value)} and neither true nor false")


def one_of(said: Mapping[str, Json], name: str, words: Collection[str]) -> str:
    """One of some words.

    Raises:
        AlarmPartError: If it is another.
    """
    value = said.get(name)
    if not isinstance(value, str) or value not in words:
        raise AlarmPartError(f"the property {name}, which is {_shown(value)}")
    return value


def _shown(value: Json) -> str:
    return "absent" if value is None else text(value)


_SINGLE_ID: Final = "metric"
_QUERY: Final = {"Id", "Label", "ReturnData", "Period"}


def single_metric(said: Mapping[str, Json]) -> MetricQuery:
    """Reads an alarm's one metric.

    Args:
        said: The alarm's properties.

    Raises:
        AlarmPartError: If it is not understood.
    """
    stat = said.get("ExtendedStatistic", said.get("Statistic"))
    measures = {_SINGLE_ID: _measure(said, stat)}
    return MetricQuery(measures=measures, expressions={}, watched=_SINGLE_ID, period=whole(said, "Period"))


def queries(listed: Json) -> MetricQuery:
    """Reads an alarm's `Metrics`: metrics and expressions, one of which is watched.

    Args:
        listed: The property.

    Raises:
        AlarmPartError: If one of them is not understood.
        MathError: If an expression is not.
    """
    measures: dict[str, Measure] = {}
    expressions: dict[str, Node] = {}
    returned: list[str] = []
    periods: set[int] = set()
    for said in map(mapping, listing(listed)):
        name = text(said.get("Id"))
        if "Expression" in said:
            refuse_unknown(said, _QUERY | {"Expression"})
            expressions[name] = parse(text(said["Expression"]))
        else:
            refuse_unknown(said, _QUERY | {"MetricStat"})
            stat = mapping(said.get("MetricStat"))
            refuse_unknown(stat, {"Metric", "Period", "Stat"})
            measures[name] = _measure(mapping(stat.get("Metric")), stat.get("Stat"))
            periods.add(whole(stat, "Period"))
        # CloudWatch returns what does not say otherwise.
        if truth({"ReturnData": True, **said}, "ReturnData"):
            returned.append(name)
    if len(returned) != 1:
        raise AlarmPartError(f"the property Metrics, which returns {len(returned)} time series")
    if len(periods) != 1:
        raise AlarmPartError(f"the property Metrics, whose periods are {sorted(periods)}")
    return MetricQuery(measures=measures, expressions=expressions, watched=returned[0], period=periods.pop())


def _measure(metric: Mapping[str, Json], stat: Json) -> Measure:
    if "MetricName" not in metric or "Namespace" not in metric:
        raise AlarmPartError("a metric without name or namespace")
    if not isinstance(stat, str) or not is_statistic(stat):
        raise AlarmPartError(f"the statistic {text(stat)}")
    dimensions = [mapping(each) for each in listing(metric.get("Dimensions"))]
    pairs = frozenset((text(each.get("Name")), text(each.get("Value"))) for each in dimensions)
    return Measure(MetricKey(text(metric["Namespace"]), text(metric["MetricName"]), pairs), stat)


METRIC_ALARM: Final = "AWS::CloudWatch::Alarm"
"""The type of an alarm on metrics."""

COMPOSITE_ALARM: Final = "AWS::CloudWatch::CompositeAlarm"
"""The type of an alarm on other alarms."""

_LONGEST: Final = 7 * 24 * 3600  # CloudWatch API reference, "PutMetricAlarm", EvaluationPeriods.
_ACTING: Final = {"ActionsEnabled", "AlarmActions", "InsufficientDataActions", "OKActions"}
_NAMING: Final = _ACTING | {"AlarmDescription", "AlarmName", "Tags"}
_JUDGING: Final = {"ComparisonOperator", "DatapointsToAlarm", "EvaluationPeriods", "Threshold", "TreatMissingData"}
_SINGLE: Final = {"Namespace", "MetricName", "Dimensions", "Period", "Statistic", "ExtendedStatistic"}
_SUPPRESSING: Final = {"ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"}


@lru_cache(maxsize=8)  # each play of a release reads them again
def read_alarms(stack: StackTemplate) -> dict[str, AlarmDefinition]:
    """Reads every alarm of a stack by its logical id; what is not understood is named in the definition.

    Args:
        stack: The stack.
    """
    return {
        logical_id: _definition(resource, stack.resources)
        for logical_id, resource in stack.resources.items()
        if resource.type in {METRIC_ALARM, COMPOSITE_ALARM}
    }


def _definition(resource: Resource, resources: Mapping[str, Resource]) -> AlarmDefinition:
    said = properties(resource)
    try:
        if resource.type == COMPOSITE_ALARM:
            refuse_unknown(said, {"AlarmRule"} | _NAMING | _SUPPRESSING)
            rule = parse_rule(text(said.get("AlarmRule")), _names(resources).get)
            return AlarmDefinition(logical_id=resource.logical_id, watches=rule)
        return AlarmDefinition(logical_id=resource.logical_id, watches=_metric_watch(said))
    except (AlarmPartError, MathError, RuleError) as error:
        return AlarmDefinition(logical_id=resource.logical_id, not_understood=str(error))


def _names(resources: Mapping[str, Resource]) -> dict[str, str]:
    """The logical ids of a stack's alarms by all that a rule can call them."""
    names: dict[str, str] = {}
    for logical_id, resource in resources.items():
        if resource.type in {METRIC_ALARM, COMPOSITE_ALARM}:
            names |= {f"${{{logical_id}}}": logical_id, f"${{{logical_id}.Arn}}": logical_id}
            names[text(properties(resource).get("AlarmName"))] = logical_id
    return names


def _metric_watch(said: Mapping[str, Json]) -> MetricWatch:
    if "Metrics" in said:
        refuse_unknown(said, {"Metrics"} | _NAMING | _JUDGING)
        watched = queries(said["Metrics"])
    else:
        refuse_unknown(said, _SINGLE | _NAMING | _JUDGING)
        watched = single_metric(said)
    if watched.period % MINUTE:
        raise AlarmPartError(f"the period of {watched.period} s, which is no whole number of minutes")
    periods = whole(said, "EvaluationPeriods")
    if periods * watched.period > _LONGEST:
        raise AlarmPartError(f"the property EvaluationPeriods, which is {periods}: more than seven days")
    watch = MetricWatch(
        query=watched,
        evaluation_periods=periods,
        datapoints_to_alarm=whole({"DatapointsToAlarm": periods, **said}, "DatapointsToAlarm"),
        breaches=COMPARISONS[one_of(said, "ComparisonOperator", COMPARISONS)],
        threshold=number(said, "Threshold"),
        missing=TREATMENTS[one_of({"TreatMissingData": "missing", **said}, "TreatMissingData", TREATMENTS)],
    )
    # An expression that cannot be computed says so now, not during the release.
    watched.values(MetricStore(), end=0.0, count=periods)
    return watch
