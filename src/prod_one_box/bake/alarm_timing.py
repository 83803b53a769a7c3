"""Whether an alarm can turn red within the bake that watches it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch

from ..errors import InvalidArgumentError

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
    made = alarm.node.default_child
    if not isinstance(made, cloudwatch.CfnAlarm):
        return
    # All at once: each property that is read by its name is a question to Node, and each of a metric's is one more.
    said = Stack.of(made).resolve(made._cfn_properties)
    period = max(_periods(said), default=0)
    datapoints = said.get("datapointsToAlarm") or said.get("evaluationPeriods")
    if not isinstance(datapoints, int | float) or period * datapoints + DELAY <= bake:
        return
    raise InvalidArgumentError(
        path=path,
        argument="alarms",
        given=f"{alarm.node.path}, which needs {datapoints:g} x {period} s + {DELAY} s to fire, in a bake of {bake} s",
        allowed="alarms whose period x datapoints + 2 min is at most the duration",
        remedy="Shorten the alarm's period or datapoints_to_alarm, or bake longer.",
    )


def _periods(said: Mapping[str, Any]) -> Iterator[int]:
    queries = said.get("metrics") or []
    for each in [said, *queries, *(query.get("metricStat", {}) for query in queries)]:
        period = each.get("period")
        if isinstance(period, int | float):
            yield int(period)
