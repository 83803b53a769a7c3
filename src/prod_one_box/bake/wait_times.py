"""The times of a wait, in whole seconds, and what they must keep to."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration

from ..errors import InvalidArgumentError, check_kind
from .deploy_wait_provider import TOTAL_SECONDS

LONGEST: Final = 55 * 60
"""Seconds that a wait can hold: what is left of CloudFormation's hour for grace, polls and the framework."""

_MINUTE: Final = 60
_GRACE: Final = 2 * 60
_POLL: Final = 10


@dataclass(frozen=True)
class WaitTimes:
    """How long to hold, how long to try after that, and how often to look."""

    duration: int
    grace: int
    poll_interval: int

    @classmethod
    def of(
        cls, *, duration: Duration, grace: Duration | None, poll_interval: Duration | None, path: str
    ) -> "WaitTimes":
        """Checks the three against each other and against CloudFormation's hour.

        Raises:
            InvalidArgumentError: If one of them does not fit.
        """
        times = cls(
            whole_seconds("duration", duration, path),
            _GRACE if grace is None else whole_seconds("grace", grace, path),
            _POLL if poll_interval is None else whole_seconds("poll_interval", poll_interval, path),
        )
        times._refuse_unfit(path)
        return times

    def _refuse_unfit(self, path: str) -> None:
        if self.duration > LONGEST:
            raise InvalidArgumentError(
                path=path,
                argument="duration",
                given=in_minutes(self.duration),
                allowed="0 to 55 min, since CloudFormation gives a custom resource an hour",
                remedy="Bake for 55 min, and watch for longer with alarms after the release.",
            )
        if not self.poll_interval or _MINUTE % self.poll_interval:
            raise InvalidArgumentError(
                path=path,
                argument="poll_interval",
                given=f"{self.poll_interval} s",
                allowed="1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60 seconds, which divide a minute",
            )
        longest_grace = TOTAL_SECONDS - self.duration - self.poll_interval
        if not self.poll_interval <= self.grace <= longest_grace:
            raise InvalidArgumentError(
                path=path,
                argument="grace",
                given=in_minutes(self.grace),
                allowed=f"{self.poll_interval} s (one poll) to {in_minutes(longest_grace)}, "
                "so that a poll decides in time",
            )


def in_minutes(seconds: int) -> str:
    """Writes a time as people read it: 90 min, 3 min 59 s, 10 s."""
    minutes, rest = divmod(seconds, _MINUTE)
    return " ".join([*([f"{minutes} min"] if minutes else []), *([f"{rest} s"] if rest or not minutes else [])])


def whole_seconds(argument: str, given: Duration, path: str) -> int:
    """Reads a duration, which must be known at synth and a whole number of seconds.

    Raises:
        InvalidArgumentError: If it is not.
    """
    check_kind(given, Duration, path=path, argument=argument, allowed="a Duration")
    seconds = None if given.is_unresolved() else given.to_seconds(integral=False)
    if seconds is None or seconds % 1:
        raise InvalidArgumentError(
            path=path, argument=argument, given=given.to_string(), allowed="whole seconds, known at synth"
        )
    return int(seconds)
