"""The times of a wait, in whole seconds, and what they must keep to.

The guards of a release that a reason can override.

Why a release goes out otherwise than usual.

What a bake makes of an alarm that has no data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from aws_cdk import Duration

from ...errors import InvalidArgumentError, check_kind, shown
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


class Guard(Enum):
    """What keeps a release from beginning, unless `override` gives a reason to begin it all the same.

    Each is overridden apart: a reason for one opens no other. What an update leaves behind that is not rolled back is
    in the CloudFormation user guide, "Choose how to handle failures when provisioning resources".
    """

    RED_ALARMS = "RED_ALARMS"
    """An alarm is red. Overridden, the alarms that were red when the release began are ignored, the others watched."""

    ROLLBACK_DISABLED = "ROLLBACK_DISABLED"
    """CloudFormation would not roll this update back: rollback is disabled (`cdk deploy --no-rollback`), or the update
    is an express deployment (`cdk deploy --express`), which disables it by default and does not wait until resources
    are ready (CloudFormation user guide, "Deploy AWS CloudFormation stacks faster with express mode"). Overridden, the
    release goes out; when it fails, its partitions are put back, and the stack stays in `UPDATE_FAILED`."""


_REASON: Final = "why, in a few words, or None"


def check_reasons(path: str, *, override: object, expedited_reason: object) -> None:
    """Raise unless the reasons say something, and fit together.

    Args:
        path: The construct's path.
        override: Why guards are overridden, by guard; None if none is.
        expedited_reason: Why nothing is held; None if it is.

    Raises:
        InvalidArgumentError: If a reason is empty or of an unknown guard, or an expedited release overrides red alarms.
    """
    _check_reason(expedited_reason, path=path, argument="expedited_reason")
    reasons = _by_guard(override, path=path)
    for guard, reason in reasons.items():
        _check_reason(reason, path=path, argument=f"override[{guard}]")
    if reasons.get(Guard.RED_ALARMS) is not None and expedited_reason is not None:
        raise InvalidArgumentError(
            path=path,
            argument="override, expedited_reason",
            given=f"both, with {Guard.RED_ALARMS}",
            allowed="one of them",
            remedy="An expedited release watches no alarms, so there is nothing to override.",
        )


def _by_guard(override: object, *, path: str) -> Mapping[Guard, object]:
    if override is None:
        return {}
    if not isinstance(override, Mapping):
        raise _unknown(override, path)
    for guard in override:
        if not isinstance(guard, Guard):
            raise _unknown(guard, path)
    return override


def _unknown(given: object, path: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        path=path,
        argument="override",
        given=shown(given),
        allowed=f"a mapping from {' or '.join(map(str, Guard))} to a reason, or None",
    )


def _check_reason(reason: object, *, path: str, argument: str) -> None:
    check_kind(reason, (str, type(None)), path=path, argument=argument, allowed=_REASON)
    if isinstance(reason, str) and not reason.strip():
        raise InvalidArgumentError(path=path, argument=argument, given="an empty reason", allowed=_REASON)


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
