"""What a bake compares, as the construct sends it in the property `Comparison`, and the names of its parts.

CloudFormation sends every number as a string. A part that cannot be read leaves the comparison out: what another
version of the library sent must not end a release.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple, TypeAlias

COMPARISON: Final = "Comparison"
"""The property's name."""

FALSE_ALARMS: Final = "FalseAlarms"
TOLERANCE: Final = "Tolerance"
MINIMUM_REQUESTS: Final = "MinimumRequests"
TOO_FEW: Final = "TooFew"
SIGNALS: Final = "Signals"
PARTITIONS: Final = "Partitions"

ALIAS: Final = "Alias"
API: Final = "Api"
REQUESTS: Final = "Requests"
ERRORS: Final = "Errors"
SLOW_ABOVE: Final = "SlowAbove"
LOGICAL_ID: Final = "LogicalId"

READABLE_AFTER: Final = 180
"""Seconds after its end at which a minute is judged. How late a metric arrives is not documented."""


class Action(Enum):
    """What follows when the new version is worse by a signal."""

    ABORT = "ABORT"
    REPORT = "REPORT"


class TooFew(Enum):
    """How a bake ends whose new version got too few requests."""

    GO_ON = "GO_ON"
    HOLD = "HOLD"
    ABORT = "ABORT"


class Signal(Enum):
    """What is compared: the share of requests to which it happened. The value says it of requests."""

    SERVER_ERRORS = "failed"
    CLIENT_ERRORS = "were refused with a 4xx"
    SLOW = "were slow"


_SETTLING: Final = {Signal.SLOW: 3}


class PartOf(Enum):
    """Where a part of a dimension's value comes from: the property itself, or a resource of the wait's own stack."""

    TEXT = "the text"
    RESOURCE = "the resource's id; an alias's function and name"
    FUNCTION = "the name of an alias's function"


class Part(NamedTuple):
    """A part of a dimension's value: a text or a resource's logical id."""

    value: str
    of: PartOf


class MetricName(NamedTuple):
    """A statistic of a metric.

    Attributes:
        namespace: Such as "AWS/ApiGateway".
        name: Such as "5xx".
        statistic: Such as "Sum".
        dimensions: The name of each dimension, and the parts of its value.
    """

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, tuple[Part, ...]], ...]


class ComparedPartition(NamedTuple):
    """A partition by its alias's logical id, with the metrics of its requests and of what happened to some of them."""

    alias: str
    requests: MetricName
    failures: Mapping[Signal, MetricName]


@dataclass(frozen=True)
class Compared:
    """The settings of a comparison.

    Attributes:
        false_alarms: The chance to stop a release that is no worse, 0 to 1.
        tolerance: How many times the expected odds of failing are tolerated.
        minimum_requests: How many requests of the new version a bake needs.
        too_few: What follows without them.
        signals: What is compared, and what follows when the new version is worse.
        partitions: The partitions, in the order of a release.
    """

    false_alarms: float
    tolerance: float
    minimum_requests: int
    too_few: TooFew
    signals: Mapping[Signal, Action]
    partitions: tuple[ComparedPartition, ...]

    @property
    def aborting(self) -> frozenset[Signal]:
        """The signals that can end a release."""
        return frozenset(signal for signal, action in self.signals.items() if action is Action.ABORT)

    @property
    def decides(self) -> bool:
        """Whether a release can end by the comparison, so that it must be read before a bake ends well."""
        return bool(self.aborting) or self.too_few is not TooFew.GO_ON

    @classmethod
    def of(cls, value: Any) -> "Compared | None":  # noqa: ANN401  CloudFormation may send anything
        """Parse the property; return None if there is none, or if a part of it cannot be read."""
        try:
            return cls(
                false_alarms=float(value[FALSE_ALARMS]),
                tolerance=float(value[TOLERANCE]),
                minimum_requests=int(value[MINIMUM_REQUESTS]),
                too_few=TooFew(value[TOO_FEW]),
                signals={Signal[name]: Action(each) for name, each in value[SIGNALS].items()},
                partitions=tuple(_partition(each, value) for each in value[PARTITIONS]),
            )
        except (AttributeError, LookupError, TypeError, ValueError):
            return None


def settling_minutes(signal: Signal) -> int:
    """Return how many minutes after a switch do not count: a new version's first requests wait for cold starts."""
    return _SETTLING.get(signal, 0)


def _partition(entry: Mapping[str, Any], comparison: Mapping[str, Any]) -> ComparedPartition:
    wanted = [Signal[name] for name in comparison[SIGNALS]]
    if REQUESTS in entry:
        requests, failures = _metric(entry[REQUESTS]), {Signal.SERVER_ERRORS: _metric(entry[ERRORS])}
    elif API in entry:
        requests, failures = _of_api(str(entry[API]), comparison.get(SLOW_ABOVE))
    else:
        requests, failures = _of_alias(str(entry[ALIAS]), comparison.get(SLOW_ABOVE))
    return ComparedPartition(str(entry[ALIAS]), requests, {signal: failures[signal] for signal in wanted})


_Metrics: TypeAlias = "tuple[MetricName, dict[Signal, MetricName]]"


def _of_api(api: str, slow_above: object) -> _Metrics:
    # API Gateway developer guide, "Working with metrics for HTTP APIs"
    def metric(name: str, statistic: str = "Sum") -> MetricName:
        return MetricName("AWS/ApiGateway", name, statistic, (("ApiId", (Part(api, PartOf.RESOURCE),)),))

    return metric("Count"), {
        Signal.SERVER_ERRORS: metric("5xx"),
        Signal.CLIENT_ERRORS: metric("4xx"),
        Signal.SLOW: metric("Latency", _count_above(slow_above)),
    }


def _of_alias(alias: str, slow_above: object) -> _Metrics:
    # Lambda developer guide, "Types of metrics for Lambda functions"
    dimensions = (
        ("FunctionName", (Part(alias, PartOf.FUNCTION),)),
        ("Resource", (Part(alias, PartOf.RESOURCE),)),
    )

    def metric(name: str, statistic: str = "Sum") -> MetricName:
        return MetricName("AWS/Lambda", name, statistic, dimensions)

    return metric("Invocations"), {
        Signal.SERVER_ERRORS: metric("Errors"),
        Signal.SLOW: metric("Duration", _count_above(slow_above)),
    }


def _count_above(milliseconds: object) -> str:
    # CloudWatch user guide, "CloudWatch statistics definitions": what equals the lower bound is not counted.
    return f"TC({milliseconds}:)"


def _metric(parts: Sequence[object]) -> MetricName:
    namespace, name, statistic, *pairs = parts
    if len(pairs) % 2:
        raise ValueError("a dimension without a value")
    return MetricName(str(namespace), str(name), str(statistic), tuple(map(_dimension, pairs[::2], pairs[1::2])))


def _dimension(name: object, value: object) -> tuple[str, tuple[Part, ...]]:
    return str(name), tuple(map(_part, value if isinstance(value, list) else [value]))


def _part(value: object) -> Part:
    if isinstance(value, Mapping):
        return Part(str(value[LOGICAL_ID]), PartOf.RESOURCE)
    return Part(str(value), PartOf.TEXT)
