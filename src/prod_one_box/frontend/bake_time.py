"""How long a bake can be, and must be for its alarms."""

import aws_cdk as cdk

from ..bake.alarm_timing import DELAY, short_bakes_allowed
from ..bake.wait_times import LONGEST, in_minutes, whole_seconds
from ..errors import InvalidArgumentError
from ..watch.thresholds import Thresholds


def check_bake_time(bake_time: cdk.Duration, *, path: str, thresholds: Thresholds | None) -> None:
    """Refuses a bake that a wait could not hold, or in which the default alarms could not fire.

    Args:
        bake_time: How long the one-box is watched.
        path: The construct's path.
        thresholds: What the default alarms go by; None if there are none.

    Raises:
        InvalidArgumentError: If it is too short or too long.
    """
    seconds = whole_seconds("bake_time", bake_time, path)
    shortest = 1
    if thresholds is not None and thresholds._period_seconds is not None and not short_bakes_allowed():
        shortest = int(thresholds._period_seconds * thresholds.datapoints) + DELAY
    if seconds < shortest:
        raise InvalidArgumentError(
            path=path,
            argument="bake_time",
            given=in_minutes(seconds),
            allowed=f"at least {in_minutes(shortest)}, so that alarms with these thresholds can fire",
            remedy="Bake longer, or give Thresholds with a shorter period or fewer datapoints.",
        )
    if seconds > LONGEST:
        raise InvalidArgumentError(
            path=path,
            argument="bake_time",
            given=in_minutes(seconds),
            allowed=f"at most {in_minutes(LONGEST)}, since CloudFormation gives a custom resource an hour",
            remedy="Bake for less, and watch for longer with alarms after the release.",
        )
