"""Whether an alarm can turn red within the bake that watches it."""

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

    A seam for tests that deploy a release and set its alarms by hand: no bake of theirs lasts minutes. Never use it
    for a site that has visitors.
    """
    token = _SHORT_BAKES.set(True)
    try:
        yield
    finally:
        _SHORT_BAKES.reset(token)


def short_bakes_allowed() -> bool:
    """Return whether the synth runs inside `allow_short_bakes`."""
    return _SHORT_BAKES.get()


def refuse_too_slow(alarms: Sequence[WatchedAlarm], *, bake: int, waiter: IConstruct) -> None:
    """Refuses alarms that cannot fire within the bake; composite and imported alarms cannot be judged.

    CloudWatch user guide, "Alarm evaluation": an alarm turns red when `datapoints to alarm` of its last
    `evaluation periods` are breaching, so it needs at least that many periods of the new version's data.

    Args:
        alarms: The alarms.
        bake: The bake's length in seconds.
        waiter: The wait.

    Raises:
        InvalidArgumentError: If `period x datapoints + 2 min` is more than the bake.
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
    """Yields alarms with the data points that they need, and the seconds that each takes."""
    made = [(each.alarm, each.made) for each in alarms if isinstance(each.made, cloudwatch.CfnAlarm)]
    # All at once: each property that is read by its name is a question to Node, and each of a metric's is one more.
    said = stack_of(waiter).resolve([resource._cfn_properties for _, resource in made])
    for (alarm, _), properties in zip(made, said, strict=True):
        datapoints = properties.get("datapointsToAlarm") or properties.get("evaluationPeriods")
        if isinstance(datapoints, int | float):
            yield alarm, datapoints, max(_periods(properties), default=0)


def _periods(said: Mapping[str, Any]) -> Iterator[float]:
    queries = said.get("metrics") or []
    for each in [said, *queries, *(query.get("metricStat", {}) for query in queries)]:
        period = each.get("period")
        if isinstance(period, int | float):
            yield period
