"""What the comparison would have said of releases that nobody deployed, for the command that recommends settings.

Nothing in AWS calls this. It is here because the command runs the handler of the user's own assembly, so that what it
computes is what that handler will decide. Counts are lists: requests and failures of the new side, then of the old one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .calibration import Calibration, Counts, calibrate
from .evidence import Stage, worse_after


def usual(event: Mapping[str, Any], _context: object) -> list[Calibration]:
    """Return what is usual for each of several histories.

    Args:
        event: `histories`: for each, its minutes in order.
    """
    return [calibrate(_counts(history)) for history in event["histories"]]


def stopped_after(event: Mapping[str, Any], _context: object) -> list[int | None]:
    """Return the number of the minute after which each release is stopped, looked at every minute; None if never.

    Args:
        event: `tolerance` and `false_alarms`, and `releases`: for each, its stages, and for each of these what
            `usual` has returned and the minutes.
    """
    tolerance, false_alarms = float(event["tolerance"]), float(event["false_alarms"])
    return [
        worse_after(
            [Stage(Calibration(*calibration), _counts(minutes)) for calibration, minutes in release],
            tolerance=tolerance,
            false_alarms=false_alarms,
        )
        for release in event["releases"]
    ]


def _counts(minutes: Sequence[Sequence[float]]) -> list[Counts]:
    return [Counts(*each) for each in minutes]
