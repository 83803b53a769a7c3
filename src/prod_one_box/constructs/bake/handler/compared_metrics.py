"""Reads from CloudWatch what a comparison needs: the partitions' metrics, and when releases ran."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from . import metrics
from .aws import StackResource
from .compared import READABLE_AFTER, Compared, MetricName, ValueOf
from .compared_minutes import HISTORY, MARKS, MINUTE, ComparedMinutes, PartitionSeries, Series, minute_of
from .marks import NAMESPACE, STACK, WAIT, Mark
from .metrics import Metric
from .request import Request


def read_minutes(
    compared: Compared, request: Request, resources: Mapping[str, StackResource], now: datetime
) -> ComparedMinutes:
    """Read the minutes of a release that can be judged by now, and the hours before it.

    Raises:
        AwsError: If CloudWatch does not give them.
    """
    switched = _switched(request, resources)
    until = minute_of(now - timedelta(seconds=READABLE_AFTER))
    if not switched or min(map(minute_of, switched.values())) + MINUTE >= until:
        return ComparedMinutes([], {}, until)
    since = min(map(minute_of, switched.values())) - MINUTE - HISTORY
    wanted = [*_metrics(compared, resources), *_mark_metrics(request)]
    read = dict(zip(wanted, metrics.read_series(tuple(wanted), since=since, until=until), strict=True))

    def series(name: MetricName) -> Series:
        metric = _metric(name, resources)
        return read[metric] if metric else {}

    return ComparedMinutes(
        [
            PartitionSeries(
                switched.get(each.alias),
                series(each.requests),
                {signal: series(name) for signal, name in each.failures.items()},
            )
            for each in compared.partitions
        ],
        {mark: read[_mark_metric(request, mark)] for mark in MARKS},
        until,
    )


def _switched(request: Request, resources: Mapping[str, StackResource]) -> dict[str, datetime]:
    """Return when each alias under bake got the release's version, by CloudFormation's own time."""
    new, old = request.new.placements, request.old.placements
    changed = [each.alias for each in request.new.baked if new[each.alias] != old.get(each.alias)]
    return {alias: resources[alias].updated_at for alias in changed if alias in resources and resources[alias].exists}


def _metrics(compared: Compared, resources: Mapping[str, StackResource]) -> list[Metric]:
    names = [name for each in compared.partitions for name in (each.requests, *each.failures.values())]
    return [metric for metric in dict.fromkeys(_metric(name, resources) for name in names) if metric]


def _metric(name: MetricName, resources: Mapping[str, StackResource]) -> Metric | None:
    """Return a metric with the values of its dimensions; None if a resource among them does not exist."""
    dimensions: list[tuple[str, str]] = []
    for dimension, value, of in name.dimensions:
        if of is ValueOf.TEXT:
            dimensions.append((dimension, value))
            continue
        if value not in resources or not resources[value].exists:
            return None
        # Of an alias's ARN, Lambda's metrics have the function's name, and that with the alias's.
        text = resources[value].physical_id.rpartition(":function:")[2]
        dimensions.append((dimension, text.partition(":")[0] if of is ValueOf.FUNCTION else text))
    return Metric(name.namespace, name.name, name.statistic, tuple(dimensions))


def _mark_metrics(request: Request) -> list[Metric]:
    return [_mark_metric(request, mark) for mark in MARKS]


def _mark_metric(request: Request, mark: Mark) -> Metric:
    wait = request.new.started_by or request.logical_id
    return Metric(NAMESPACE, mark.value, "Maximum", ((STACK, request.stack_name), (WAIT, wait)))
