"""What an alarm watches and when it is red, as its template says."""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar, get_args

from ...template.cloud_assembly import Json, Resource, StackTemplate, listing, mapping, properties
from ...template.intrinsics import text
from .composite_rule import Rule, RuleError, parse_rule
from .metric_math import Measure, MetricQuery
from .metric_math_syntax import MathError, Node, parse
from .metrics import MINUTE, MetricKey, MetricStore, is_statistic

TreatMissingData: TypeAlias = Literal["missing", "ignore", "breaching", "notBreaching"]
"""How an alarm counts a missing data point."""

TREATMENTS: Final[tuple[TreatMissingData, ...]] = get_args(TreatMissingData)


class Comparison(NamedTuple):
    """When a data point breaches.

    Attributes:
        breaches: Whether a value, the first argument, breaches a threshold.
        words: The comparison, for people.
    """

    breaches: Callable[[float, float], bool]
    words: str


COMPARISONS: Final = {
    "GreaterThanOrEqualToThreshold": Comparison(operator.ge, "at or above"),
    "GreaterThanThreshold": Comparison(operator.gt, "above"),
    "LessThanThreshold": Comparison(operator.lt, "below"),
    "LessThanOrEqualToThreshold": Comparison(operator.le, "at or below"),
}

_METRIC_ALARM: Final = "AWS::CloudWatch::Alarm"
_COMPOSITE_ALARM: Final = "AWS::CloudWatch::CompositeAlarm"

_LONGEST: Final = 7 * 24 * 3600  # CloudWatch API reference, "PutMetricAlarm", EvaluationPeriods.
_ACTING: Final = {"ActionsEnabled", "AlarmActions", "InsufficientDataActions", "OKActions"}
_NAMING: Final = _ACTING | {"AlarmDescription", "AlarmName", "Tags"}
_JUDGING: Final = {"ComparisonOperator", "DatapointsToAlarm", "EvaluationPeriods", "Threshold", "TreatMissingData"}
_SINGLE: Final = {"Namespace", "MetricName", "Dimensions", "Period", "Statistic", "ExtendedStatistic"}
_SUPPRESSING: Final = {"ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"}
_SINGLE_ID: Final = "metric"
_QUERY: Final = {"Id", "Label", "ReturnData", "Period"}
_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, kw_only=True)
class MetricWatch:
    """A watch on one time series.

    Attributes:
        query: The time series.
        evaluation_periods: N: how many periods are judged.
        datapoints_to_alarm: M: how many of them must breach.
        comparison: When a data point breaches.
        threshold: The threshold.
        missing: How a missing data point counts.
    """

    query: MetricQuery
    evaluation_periods: int
    datapoints_to_alarm: int
    comparison: Comparison
    threshold: float
    missing: TreatMissingData


@dataclass(frozen=True, kw_only=True)
class AlarmDefinition:
    """An alarm of a template.

    Attributes:
        logical_id: Its logical id.
        watches: A time series, or a rule on the states of other alarms; None if it is not understood.
        not_understood: The part that is not understood, for people; such an alarm stays INSUFFICIENT_DATA.
    """

    logical_id: str
    watches: MetricWatch | Rule | None = None
    not_understood: str | None = None

    @property
    def metrics(self) -> frozenset[MetricKey]:
        """The metrics that it watches."""
        measures = self.watches.query.measures if isinstance(self.watches, MetricWatch) else {}
        return frozenset(measure.key for measure in measures.values())


def only_measured(
    definitions: Mapping[str, AlarmDefinition],
    measured: Callable[[MetricKey], bool],
    of_requests: Callable[[MetricKey], bool],
) -> dict[str, AlarmDefinition]:
    """Mark alarms as not understood if they watch what a rehearsal does not measure, such as a queue.

    Without data, only their treatment of missing data would decide, which could stop a good release. `of_requests` says
    whether a metric would be measured if requests reached its function or API.
    """
    judged = dict(definitions)
    for logical_id, definition in definitions.items():
        foreign = [key for key in definition.metrics if not measured(key)]
        if foreign:
            unreached = all(of_requests(key) for key in foreign)
            why = "of what no visitor is known to reach" if unreached else "which the rehearsal does not measure"
            names = ", ".join(sorted(f"{key.namespace} {key.name}" for key in foreign))
            judged[logical_id] = replace(definition, watches=None, not_understood=f"{names}, {why}")
    return judged


@lru_cache(maxsize=8)  # called by each play of a release
def read_alarms(stack: StackTemplate) -> dict[str, AlarmDefinition]:
    """Read every alarm of a stack by its logical id; the definition names the part that is not understood."""
    return {
        logical_id: _definition(resource, stack.resources)
        for logical_id, resource in stack.resources.items()
        if resource.type in {_METRIC_ALARM, _COMPOSITE_ALARM}
    }


class _PartError(Exception):
    """A property of an alarm that is not understood."""


def _definition(resource: Resource, resources: Mapping[str, Resource]) -> AlarmDefinition:
    values = properties(resource)
    try:
        watches: MetricWatch | Rule
        if resource.type == _COMPOSITE_ALARM:
            _check_known(values, {"AlarmRule"} | _NAMING | _SUPPRESSING)
            watches = parse_rule(text(values.get("AlarmRule")), _names(resources).get)
        else:
            watches = _metric_watch(values)
        return AlarmDefinition(logical_id=resource.logical_id, watches=watches)
    except (_PartError, MathError, RuleError) as error:
        return AlarmDefinition(logical_id=resource.logical_id, not_understood=str(error))


def _names(resources: Mapping[str, Resource]) -> dict[str, str]:
    """Return the logical ids of a stack's alarms by every name that a rule can have for them."""
    names: dict[str, str] = {}
    for logical_id, resource in resources.items():
        if resource.type in {_METRIC_ALARM, _COMPOSITE_ALARM}:
            names |= {f"${{{logical_id}}}": logical_id, f"${{{logical_id}.Arn}}": logical_id}
            names[text(properties(resource).get("AlarmName"))] = logical_id
    return names


def _metric_watch(values: Mapping[str, Json]) -> MetricWatch:
    _check_known(values, ({"Metrics"} if "Metrics" in values else _SINGLE) | _NAMING | _JUDGING)
    query = _queries(values["Metrics"]) if "Metrics" in values else _single_metric(values)
    if query.period % MINUTE:
        raise _PartError(f"the period of {query.period} s, which is not a whole number of minutes")
    periods = _whole(values, "EvaluationPeriods")
    if periods * query.period > _LONGEST:
        raise _PartError(f"the property EvaluationPeriods, which is {periods}: more than seven days")
    needed = _whole({"DatapointsToAlarm": periods, **values}, "DatapointsToAlarm")
    if needed > periods:
        raise _PartError(f"the property DatapointsToAlarm, which is {needed}: more than EvaluationPeriods, {periods}")
    watch = MetricWatch(
        query=query,
        evaluation_periods=periods,
        datapoints_to_alarm=needed,
        comparison=COMPARISONS[_one_of(values, "ComparisonOperator", COMPARISONS)],
        threshold=_number(values, "Threshold"),
        missing=_one_of({"TreatMissingData": "missing", **values}, "TreatMissingData", TREATMENTS),
    )
    # Fail now, not during the release, if an expression cannot be computed.
    query.values(MetricStore(), end=0.0, count=periods)
    return watch


def _single_metric(values: Mapping[str, Json]) -> MetricQuery:
    stat = values.get("ExtendedStatistic", values.get("Statistic"))
    measures = {_SINGLE_ID: _measure(values, stat)}
    return MetricQuery(measures=measures, expressions={}, watched=_SINGLE_ID, period=_whole(values, "Period"))


def _queries(listed: Json) -> MetricQuery:
    """Read an alarm's `Metrics`: metrics and expressions, one of which is watched."""
    measures: dict[str, Measure] = {}
    expressions: dict[str, Node] = {}
    returned: list[str] = []
    periods: set[int] = set()
    for values in map(mapping, listing(listed)):
        name = text(values.get("Id"))
        if "Expression" in values:
            _check_known(values, _QUERY | {"Expression"})
            expressions[name] = parse(text(values["Expression"]))
        else:
            _check_known(values, _QUERY | {"MetricStat"})
            stat = mapping(values.get("MetricStat"))
            _check_known(stat, {"Metric", "Period", "Stat"})
            measures[name] = _measure(mapping(stat.get("Metric")), stat.get("Stat"))
            periods.add(_whole(stat, "Period"))
        if _boolean({"ReturnData": True, **values}, "ReturnData"):  # CloudWatch's default
            returned.append(name)
    if len(returned) != 1:
        raise _PartError(f"the property Metrics, which returns {len(returned)} time series")
    if len(periods) != 1:
        raise _PartError(f"the property Metrics, whose periods are {sorted(periods)}")
    return MetricQuery(measures=measures, expressions=expressions, watched=returned[0], period=periods.pop())


def _measure(metric: Mapping[str, Json], stat: Json) -> Measure:
    if "MetricName" not in metric or "Namespace" not in metric:
        raise _PartError("a metric without name or namespace")
    if not isinstance(stat, str) or not is_statistic(stat):
        raise _PartError(f"the statistic {text(stat)}")
    dimensions = [mapping(each) for each in listing(metric.get("Dimensions"))]
    pairs = frozenset((text(each.get("Name")), text(each.get("Value"))) for each in dimensions)
    return Measure(MetricKey(text(metric["Namespace"]), text(metric["MetricName"]), pairs), stat)


def _check_known(values: Mapping[str, Json], known: Collection[str]) -> None:
    """Raise if there are properties that might change an alarm in an unknown way."""
    unknown = sorted(values.keys() - set(known))
    if unknown:
        raise _PartError(f"the property {', '.join(unknown)}")


def _number(values: Mapping[str, Json], name: str) -> float:
    """Return a number, which a template may also give as a string."""
    value = values.get(name)
    try:
        if isinstance(value, (int, float, str)) and isfinite(float(value)):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise _PartError(f"the property {name}, which is {_shown(value)} and not a number")


def _whole(values: Mapping[str, Json], name: str) -> int:
    value = _number(values, name)
    if value < 1 or value != int(value):
        raise _PartError(f"the property {name}, which is {value:g} and not a whole number, 1 or more")
    return int(value)


def _boolean(values: Mapping[str, Json], name: str) -> bool:
    value = values.get(name)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise _PartError(f"the property {name}, which is {_shown(value)} and neither true nor false")


def _one_of(values: Mapping[str, Json], name: str, words: Collection[_Word]) -> _Word:
    value = values.get(name)
    for word in words:
        if word == value:
            return word
    raise _PartError(f"the property {name}, which is {_shown(value)}")


def _shown(value: Json) -> str:
    return "absent" if value is None else text(value)
