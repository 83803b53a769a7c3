"""Reads a template's alarms."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ...assembly.cloud_assembly import Json, Resource, StackTemplate
from ...assembly.template_parts import properties
from ...release_rules.canonical import text
from ..metrics.metric_math_syntax import MathError
from ..metrics.metrics import MINUTE, MetricStore
from .alarm_definition import COMPARISONS, AlarmDefinition, MetricWatch
from .alarm_parts import AlarmPartError, number, one_of, refuse_unknown, whole
from .alarm_queries import queries, single_metric
from .alarm_rules import TREATMENTS
from .composite_rule import RuleError, parse_rule

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
