"""The settings of a wait: times, reservation, guards, reasons and missing data, each with its check."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from aws_cdk import Duration

from ...errors import InvalidArgumentError, check_kind

LONGEST: Final = 55 * 60
"""Seconds that a wait can hold: what is left of CloudFormation's hour for grace, polls and the framework."""

TOTAL_SECONDS: Final = 58 * 60
"""When the provider framework gives up. It then calls no code of ours, so a wait decides before that."""

EACH_WAIT: Final = 2
"""Executions that a wait may need at the same time: its running poll, and its request in the rollback."""

_MINUTE: Final = 60
_GRACE: Final = 2 * 60
_POLL: Final = 10
_REASON: Final = "why, in a few words, or None"


@dataclass(frozen=True)
class WaitTimes:
    """How long to hold, how long to try after that, and how often to poll, all in seconds."""

    duration: int
    grace: int
    poll_interval: int

    @classmethod
    def of(
        cls, *, duration: Duration, grace: Duration | None, poll_interval: Duration | None, path: str
    ) -> "WaitTimes":
        """Check the three against each other and against CloudFormation's hour.

        Raises:
            InvalidArgumentError: If one of them does not fit.
        """
        times = cls(
            whole_seconds("duration", duration, path),
            _GRACE if grace is None else whole_seconds("grace", grace, path),
            _POLL if poll_interval is None else whole_seconds("poll_interval", poll_interval, path),
        )
        times._check(path)
        return times

    def _check(self, path: str) -> None:
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
    """Format a time for people: 90 min, 3 min 59 s, 10 s."""
    minutes, rest = divmod(seconds, _MINUTE)
    return " ".join([*([f"{minutes} min"] if minutes else []), *([f"{rest} s"] if rest or not minutes else [])])


def whole_seconds(argument: str, given: Duration, path: str) -> int:
    """Return the seconds of a duration; raise unless it is known at synth and a whole number of them."""
    check_kind(given, Duration, path=path, argument=argument, allowed="a Duration")
    seconds = _seconds_of(given)
    if seconds is None or seconds % 1:
        raise InvalidArgumentError(
            path=path, argument=argument, given=given.to_string(), allowed="whole seconds, known at synth"
        )
    return int(seconds)


@cache
def _seconds_of(duration: Duration) -> float | None:
    """Return the seconds of a duration, which never changes; None if they are not known at synth."""
    return None if duration.is_unresolved() else duration.to_seconds(integral=False)


def check_reserved(reserved: object, *, path: str, waits: int = 1) -> None:
    """Raise unless `reserved` is None or enough executions for a stack's waits: a reservation is also a limit."""
    if reserved is None:
        return
    if not isinstance(reserved, int) or isinstance(reserved, bool) or reserved < EACH_WAIT:
        raise InvalidArgumentError(
            path=path,
            argument="reserved_wait_concurrency",
            given=repr(reserved),
            allowed=f"a whole number of executions, {EACH_WAIT} or more, or None",
        )
    if reserved < EACH_WAIT * waits:
        raise InvalidArgumentError(
            path=path,
            argument="reserved_wait_concurrency",
            given=reserved,
            allowed=f"at least {EACH_WAIT * waits}, {EACH_WAIT} for each of the stack's {waits} waits",
            remedy="A wait may be polled when the rollback's request comes, and a reservation is also a limit.",
        )


class Guard(Enum):
    """A condition that keeps a release from starting, unless `override` gives a reason to start it anyway.

    Each guard is overridden separately. CloudFormation user guide, "Choose how to handle failures when provisioning
    resources": what an update leaves behind that is not rolled back.
    """

    RED_ALARMS = "RED_ALARMS"
    """An alarm is red. If overridden, the alarms that were red when the release started are ignored and the others
    watched."""

    ROLLBACK_DISABLED = "ROLLBACK_DISABLED"
    """CloudFormation would not roll this update back: rollback is disabled (`cdk deploy --no-rollback`), or the update
    is an express deployment (`cdk deploy --express`), which disables it by default and does not wait until resources
    are ready (CloudFormation user guide, "Deploy AWS CloudFormation stacks faster with express mode"). If overridden,
    the release goes out; when it fails, its partitions are put back, and the stack stays in `UPDATE_FAILED`."""

    SPLIT_CHANGED = "SPLIT_CHANGED"
    """The update also changes which visitors a partition has, or which function serves it, so visitors would move in
    the middle of a release. If overridden, they do."""


def check_reasons(path: str, *, override: Mapping[Guard, str | None] | None, expedited_reason: str | None) -> None:
    """Raise if a reason is empty or for an unknown guard, or if an expedited release overrides red alarms."""
    _check_reason(expedited_reason, path=path, argument="expedited_reason")
    reasons = {} if override is None else override
    allowed = f"a mapping from {' or '.join(map(str, Guard))} to a reason, or None"
    check_kind(reasons, Mapping, path=path, argument="override", allowed=allowed)
    for guard, reason in reasons.items():
        check_kind(guard, Guard, path=path, argument="override", allowed=allowed)
        _check_reason(reason, path=path, argument=f"override[{guard}]")
    if reasons.get(Guard.RED_ALARMS) is not None and expedited_reason is not None:
        raise InvalidArgumentError(
            path=path,
            argument="override, expedited_reason",
            given=f"both, with {Guard.RED_ALARMS}",
            allowed="one of them",
            remedy="An expedited release watches no alarms, so there is nothing to override.",
        )


def _check_reason(reason: object, *, path: str, argument: str) -> None:
    check_kind(reason, (str, type(None)), path=path, argument=argument, allowed=_REASON)
    if isinstance(reason, str) and not reason.strip():
        raise InvalidArgumentError(path=path, argument=argument, given="an empty reason", allowed=_REASON)


class InsufficientData(Enum):
    """The meaning of an alarm in the state `INSUFFICIENT_DATA` for a release.

    CloudWatch user guide, "Using Amazon CloudWatch alarms": an alarm is in that state when it has just started, when
    the metric is not available, or when there is not enough data to determine the state.
    """

    QUIET = "QUIET"
    """It is not red. The default, because every new alarm starts in that state and an alarm on a quiet site stays in
    it: a release at night would fail for lack of visitors."""

    RED = "RED"
    """It is red. For alarms that always have data, such as a canary's, whose silence is itself a fault."""


def check_insufficient_data(insufficient_data: object, *, path: str) -> None:
    """Raise unless the value is an `InsufficientData`."""
    allowed = " or ".join(map(str, InsufficientData))
    check_kind(insufficient_data, InsufficientData, path=path, argument="insufficient_data", allowed=allowed)
