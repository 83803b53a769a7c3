"""Checks that an alarm can turn red within the bake that watches it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import IConstruct

from ...errors import InvalidArgumentError
from ..jsii_cache import key_of, stack_of
from .watched_resources import WatchedAlarm

DELAY: Final = 120
"""Seconds allowed for a metric to arrive and for CloudWatch to evaluate the alarm, beyond the alarm's own periods."""

_SHORT_BAKES: Final = ContextVar("short_bakes", default=False)


@contextmanager
def allow_short_bakes() -> Iterator[None]:
    """Accept bakes in which no alarm could fire.

    A seam for tests that deploy a release and set its alarms by hand: their bakes last seconds. Never use it for a
    site that has visitors.
    """
    token = _SHORT_BAKES.set(True)
    try:
        yield
    finally:
        _SHORT_BAKES.reset(token)


def short_bakes_allowed() -> bool:
    """Return whether the synth runs inside `allow_short_bakes`."""
    return _SHORT_BAKES.get()


def check_alarm_timing(alarms: Sequence[WatchedAlarm], *, bake: int, waiter: IConstruct) -> None:
    """Raise if an alarm cannot fire within the bake; composite and imported alarms cannot be judged.

    CloudWatch user guide, "Alarm evaluation": an alarm turns red when `datapoints to alarm` of its last
    `evaluation periods` are breaching, so it needs at least that many periods of the new version's data.
    """
    if short_bakes_allowed():
        return
    for alarm in alarms:
        timing = _timing_of(alarm, stack_of(waiter))
        if timing and timing.period * timing.datapoints + DELAY > bake:
            raise InvalidArgumentError(
                path=waiter.node.path,
                argument="alarms",
                given=f"{alarm.alarm.node.path}, which needs {timing.datapoints:g} x {timing.period:g} s + {DELAY} s "
                f"to fire, in a bake of {bake} s",
                allowed="alarms whose period x datapoints + 2 min is at most the duration",
                remedy="Shorten the alarm's period or datapoints_to_alarm, or bake longer.",
            )


class _Timing(NamedTuple):
    """The data points that an alarm needs, and the seconds that each takes."""

    datapoints: float
    period: float


_TIMINGS: Final[dict[str, _Timing | None]] = {}
"""The timing of each alarm, cached because every bake of a release asks for it; None if it cannot be judged."""


def _timing_of(alarm: WatchedAlarm, stack: Stack) -> _Timing | None:
    if not isinstance(alarm.resource, cloudwatch.CfnAlarm):
        return None
    key = key_of(alarm.resource)
    if key not in _TIMINGS:
        _TIMINGS[key] = _read_timing(alarm.resource, stack)
    return _TIMINGS[key]


def _read_timing(resource: cloudwatch.CfnAlarm, stack: Stack) -> _Timing | None:
    # As a whole, since reading each property by its name would be a call to Node, and a metric's one more.
    properties = resource._cfn_properties
    if not _is_literal(properties):
        properties = stack.resolve(properties)
    datapoints = properties.get("datapointsToAlarm") or properties.get("evaluationPeriods")
    return _Timing(datapoints, max(_periods(properties), default=0)) if isinstance(datapoints, int | float) else None


def _is_literal(value: object) -> bool:
    """Check that a value has no tokens besides those in texts; CDK encodes tokens of numbers as negative numbers."""
    if isinstance(value, Mapping):
        return all(map(_is_literal, value.values()))
    if isinstance(value, list):
        return all(map(_is_literal, value))
    return isinstance(value, str) or value is None or (isinstance(value, int | float) and value >= 0)


def _periods(properties: Mapping[str, Any]) -> Iterator[float]:
    queries = properties.get("metrics") or []
    for each in [properties, *queries, *(query.get("metricStat", {}) for query in queries)]:
        period = each.get("period")
        if isinstance(period, int | float):
            yield period
