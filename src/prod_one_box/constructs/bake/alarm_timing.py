"""Checks that an alarm can turn red within the bake that watches it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import IConstruct

from ...errors import InvalidArgumentError
from ..jsii_cache import stack_of
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
    for alarm, datapoints, period in _timings(alarms, waiter):
        if period * datapoints + DELAY > bake:
            raise InvalidArgumentError(
                path=waiter.node.path,
                argument="alarms",
                given=f"{alarm.node.path}, which needs {datapoints:g} x {period:g} s + {DELAY} s to fire, "
                f"in a bake of {bake} s",
                allowed="alarms whose period x datapoints + 2 min is at most the duration",
                remedy="Shorten the alarm's period or datapoints_to_alarm, or bake longer.",
            )


def _timings(alarms: Sequence[WatchedAlarm], waiter: IConstruct) -> Iterator[tuple[cloudwatch.IAlarm, float, float]]:
    """Yield each alarm with the data points that it needs, and the seconds that each takes."""
    resources = [(each.alarm, each.resource) for each in alarms if isinstance(each.resource, cloudwatch.CfnAlarm)]
    # As a whole, since reading each property by its name would be a call to Node, and a metric's one more.
    rendered = [resource._cfn_properties for _, resource in resources]
    if not _is_literal(rendered):
        rendered = stack_of(waiter).resolve(rendered)
    for (alarm, _), properties in zip(resources, rendered, strict=True):
        datapoints = properties.get("datapointsToAlarm") or properties.get("evaluationPeriods")
        if isinstance(datapoints, int | float):
            yield alarm, datapoints, max(_periods(properties), default=0)


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
