"""Reads which metrics an alarm watches, and what it computes of them."""

from collections.abc import Mapping
from typing import Final

from ...assembly.cloud_assembly import Json
from ...assembly.template_parts import listing, mapping
from ...release_rules.canonical import text
from ..metrics.metric_math_syntax import Node, parse
from ..metrics.metric_query import Measure, MetricQuery
from ..metrics.metrics import MetricKey, is_statistic
from .alarm_parts import AlarmPartError, refuse_unknown, truth, whole

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
