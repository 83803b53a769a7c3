"""How CloudWatch decides an alarm's state from its last data points."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from .composite_rule import AlarmState

TreatMissingData: TypeAlias = Literal["missing", "ignore", "breaching", "notBreaching"]
"""What a missing data point counts as."""

TREATMENTS: Final[dict[str, TreatMissingData]] = {
    "missing": "missing",
    "ignore": "ignore",
    "breaching": "breaching",
    "notBreaching": "notBreaching",
}
"""The treatments by the words that a template uses."""


def next_state(
    points: Sequence[bool | None], *, of: int, needed: int, missing: TreatMissingData, current: AlarmState
) -> AlarmState:
    """Decides the state of an alarm of M out of N data points.

    CloudWatch user guide, 'How alarm state is evaluated when data is missing': what is missing is looked for further
    back in the evaluation range, and counts as the alarm says only as far as that is not enough.

    Args:
        points: The evaluation range, the oldest first: whether each data point breaches, None if it is missing.
        of: N, the evaluation periods.
        needed: M, the data points to alarm.
        missing: What a missing data point counts as.
        current: The state until now.
    """
    real = [point for point in points if point is not None][-of:]
    breaching, absent = sum(real), of - len(real)
    if breaching >= needed or (missing == "breaching" and breaching + absent >= needed):
        return "ALARM"
    if not absent or missing in {"breaching", "notBreaching"} or False in real:
        return "OK"
    if missing == "ignore":
        return current
    return "ALARM" if _waited_long_enough(points, needed) else "INSUFFICIENT_DATA"


def _waited_long_enough(points: Sequence[bool | None], needed: int) -> bool:
    """Whether a breaching data point, with nothing but missing ones beside, is as old as the data points to alarm.

    CloudWatch user guide, 'Avoiding premature transitions to alarm state'. A younger one leaves the alarm without
    enough data: the next data point may be good.
    """
    return any(points[: len(points) - needed + 1])
