"""Whether an alarm can turn red within the bake that watches it."""

from collections.abc import Iterator
from typing import Final

from aws_cdk import Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch

from ..errors import InvalidArgumentError
from .watched_alarm import refuse_other_than_alarms

DELAY: Final = 120
"""Seconds allowed for a metric to arrive and for CloudWatch to evaluate the alarm, beyond the alarm's own periods."""


def refuse_too_slow(alarm: cloudwatch.IAlarm, *, bake: int, path: str) -> None:
    """Refuses an alarm that cannot fire within the bake; composite and imported alarms cannot be judged.

    CloudWatch user guide, "Alarm evaluation": an alarm turns red when `datapoints to alarm` of its last
    `evaluation periods` are breaching, so it needs at least that many periods of the new version's data.

    Args:
        alarm: The alarm.
        bake: The bake's length in seconds.
        path: The wait's path.

    Raises:
        InvalidArgumentError: If `period x datapoints + 2 min` is more than the bake.
    """
    refuse_other_than_alarms(alarm, path=path)
    made = alarm.node.default_child
    if not isinstance(made, cloudwatch.CfnAlarm):
        return
    period = max(_periods(made), default=0)
    datapoints = Stack.of(made).resolve(made.datapoints_to_alarm or made.evaluation_periods)
    if not isinstance(datapoints, int | float) or period * datapoints + DELAY <= bake:
        return
    raise InvalidArgumentError(
        path=path,
        argument="alarms",
        given=f"{alarm.node.path}, which needs {datapoints:g} x {period} s + {DELAY} s to fire, in a bake of {bake} s",
        allowed="alarms whose period x datapoints + 2 min is at most the duration",
        remedy="Shorten the alarm's period or datapoints_to_alarm, or bake longer.",
    )


def _periods(made: cloudwatch.CfnAlarm) -> Iterator[int]:
    if made.period and not Token.is_unresolved(made.period):
        yield int(made.period)
    for query in Stack.of(made).resolve(made.metrics) or []:
        for period in (query.get("period"), query.get("metricStat", {}).get("period")):
            if isinstance(period, int | float):
                yield int(period)
