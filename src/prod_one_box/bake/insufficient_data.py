"""What a bake makes of an alarm that has no data."""

from enum import Enum

from ..errors import check_kind


class InsufficientData(Enum):
    """What an alarm in the state `INSUFFICIENT_DATA` means for a release.

    CloudWatch user guide, "Using Amazon CloudWatch alarms": an alarm is in that state when it has just
    started, when the metric is not available, or when there is not enough data to tell.
    """

    QUIET = "QUIET"
    """It is not red. The default, because every new alarm begins there and an alarm on a quiet site stays
    there: a release at night would fail for want of visitors."""

    RED = "RED"
    """It is red. For alarms that always have data, such as a canary's, whose silence is a fault in itself."""


def check_no_data(insufficient_data: object, *, path: str) -> None:
    """Refuses a meaning by another name.

    Args:
        insufficient_data: What the user gave.
        path: The construct's path.

    Raises:
        InvalidArgumentError: If it is no `InsufficientData`.
    """
    allowed = " or ".join(map(str, InsufficientData))
    check_kind(insufficient_data, InsufficientData, path=path, argument="insufficient_data", allowed=allowed)
