"""Reads from CloudWatch what a comparison needs, the partitions' metrics and when releases ran, and judges it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from . import metric_data
from .aws import AwsError, StackResource
from .compared import READABLE_AFTER, Compared, ComparedPartition, MetricName, PartOf, Signal
from .compared_minutes import HISTORY, MARKS, MINUTE, ComparedMinutes, PartitionSeries, Series, minute_of
from .comparison import Verdict, compare
from .marks import NAMESPACE, STACK, WAIT, Mark
from .metric_data import Metric
from .request import Request

_MOST_KEPT: Final = 8

_kept: dict[object, Verdict | AwsError] = {}
"""What the last minutes gave. Polls of the same minute ask the same, and a function that is still warm need not ask
CloudWatch again, whether it answered or not. A function that has just been started asks."""


class IncompleteAnswerError(Exception):
    """CloudWatch has not given all of a metric without which nothing can be decided."""


def judge(compared: Compared, request: Request, resources: Mapping[str, StackResource], now: datetime) -> Verdict:
    """Compare the new version with the old one by the minutes that can be judged now.

    Raises:
        AwsError: If CloudWatch does not give them.
    """
    switched = _switched(request, resources)
    until = minute_of(now - timedelta(seconds=READABLE_AFTER))
    asked = request.stack_id, request.logical_id, request.started_at, until, *sorted(switched.items())
    if asked not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[asked] = _judged(compared, request, resources, switched, until)
    found = _kept[asked]
    if isinstance(found, AwsError):
        raise found
    return found


def forget() -> None:
    """Start afresh, as a new execution environment does."""
    _kept.clear()


def _judged(
    compared: Compared,
    request: Request,
    resources: Mapping[str, StackResource],
    switched: Mapping[str, datetime],
    until: datetime,
) -> Verdict | AwsError:
    read = _Read(request, resources)
    first = min(map(minute_of, switched.values()), default=until)
    try:
        if first + MINUTE < until:
            read.ask(compared, since=first - MINUTE - HISTORY, until=until)
        partitions = [read.partition(each, switched.get(each.alias), compared) for each in compared.partitions]
    except AwsError as error:
        return error
    return compare(compared, ComparedMinutes(partitions, read.marks(), until))


class _Read:
    """The metrics of one reading; before it, or of resources that do not exist, they have no values."""

    def __init__(self, request: Request, resources: Mapping[str, StackResource]) -> None:
        self._resources = resources
        wait = request.new.started_by or request.logical_id
        dimensions = ((STACK, request.stack_name), (WAIT, wait))
        self._marks = {mark: Metric(NAMESPACE, mark.value, "Maximum", dimensions) for mark in MARKS}
        self._asked: list[Metric] = []
        self._found: Mapping[Metric, Series] = {}

    def ask(self, compared: Compared, *, since: datetime, until: datetime) -> None:
        names = [name for each in compared.partitions for name in (each.requests, *each.failures.values())]
        metrics = [metric for metric in map(self._metric, names) if metric]
        self._asked = [*dict.fromkeys([*metrics, *self._marks.values()])]
        self._found = metric_data.read_series(self._asked, since=since, until=until)

    def marks(self) -> dict[Mark, Series] | None:
        """Return the marks; None if one of them is not read completely."""
        found = {mark: self._series(metric) for mark, metric in self._marks.items()}
        return {mark: each for mark, each in found.items() if each is not None} if None not in found.values() else None

    def partition(
        self, partition: ComparedPartition, switched_at: datetime | None, compared: Compared
    ) -> PartitionSeries:
        """Return a partition's series, without the signals that are not read completely and need not be.

        Raises:
            AwsError: If what may decide is not read completely.
        """
        requests = self._named(partition.requests)
        found = {signal: self._named(name) for signal, name in partition.failures.items()}
        unread = {signal for signal, each in found.items() if each is None}
        if requests is None or unread & compared.aborting:
            raise AwsError("get_metric_data", IncompleteAnswerError())
        failures: dict[Signal, Series] = {signal: each for signal, each in found.items() if each is not None}
        return PartitionSeries(switched_at, requests, failures)

    def _named(self, name: MetricName) -> Series | None:
        metric = self._metric(name)
        return {} if metric is None else self._series(metric)

    def _series(self, metric: Metric) -> Series | None:
        return self._found.get(metric) if metric in self._asked else {}

    def _metric(self, name: MetricName) -> Metric | None:
        """Return a metric with the values of its dimensions; None if a resource among them does not exist."""
        dimensions: list[tuple[str, str]] = []
        for dimension, parts in name.dimensions:
            value = ""
            for text, of in parts:
                if of is not PartOf.TEXT and (text not in self._resources or not self._resources[text].exists):
                    return None
                value += text if of is PartOf.TEXT else _id_of(self._resources[text], of)
            dimensions.append((dimension, value))
        return Metric(name.namespace, name.name, name.statistic, tuple(dimensions))


def _id_of(resource: StackResource, of: PartOf) -> str:
    # Of an alias's ARN, Lambda's metrics have the function's name, and that with the alias's.
    found = resource.physical_id.rpartition(":function:")[2]
    return found.partition(":")[0] if of is PartOf.FUNCTION else found


def _switched(request: Request, resources: Mapping[str, StackResource]) -> dict[str, datetime]:
    """Return when each alias under bake got the release's version, by CloudFormation's own time."""
    new, old = request.new.placements, request.old.placements
    changed = [each.alias for each in request.new.baked if new[each.alias] != old.get(each.alias)]
    return {alias: resources[alias].updated_at for alias in changed if alias in resources and resources[alias].exists}
