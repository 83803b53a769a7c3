"""Decides what a poll means, from values alone.

The questions are asked in the order of `_QUESTIONS`; the first that has an answer decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from . import wire
from .containment import Direction
from .poll import Finding, Poll
from .reading import Alarm, AlarmState, Change, Reading
from .request import Request

QUIET: Final = "quiet"
"""The outcome of a wait that ended well."""

UNVISITED: Final = "unvisited"
"""The outcome of a bake that ended well, though its one-box served no request."""


class Step(Enum):
    """What a poll tells the provider framework."""

    WAIT = "wait"
    DONE = "done"
    FAIL = "fail"


@dataclass(frozen=True)
class Verdict:
    """What to do after a poll.

    Attributes:
        step: What to tell the framework.
        outcome: One word for it.
        reason: Why, for people.
        contain: Whether partitions on the failed version are put back first.
        patient: Whether a containment that failed is tried again before the framework is told.
    """

    step: Step
    outcome: str
    reason: str
    contain: bool = False
    patient: bool = False


def without_reading(request: Request) -> Verdict | None:
    """Decides the requests that hold nothing, before any call to AWS."""
    if request.kind != "Update":
        return Verdict(Step.DONE, "nothing-to-hold", f"{request.kind}: there is no release to hold.")
    if not request.releases:
        return Verdict(Step.DONE, "nothing-to-hold", "The release is the same as before.")
    return None


def decide(request: Request, reading: Reading, now: datetime) -> Verdict:
    """Decides one poll of a request that changes the release."""
    poll = Poll(request, reading, now)
    for question in _QUESTIONS:
        verdict = question(poll)
        if verdict:
            return verdict
    return Verdict(Step.WAIT, "waiting", "; ".join(poll.open_points()) or "Quiet so far.")


def _going_back(poll: Poll) -> Verdict | None:
    if not poll.going_back:
        return None
    if poll.reading.resources is None and poll.in_grace and not poll.reading.refused:
        return Verdict(Step.WAIT, "waiting", "The stack goes back; its resources could not be read yet.")
    # A failed rollback is left for people to repair, so a request that may be one's is never failed.
    if poll.direction is Direction.BACK or (poll.direction is Direction.UNKNOWN and poll.in_rollback):
        return Verdict(Step.DONE, "gone-back", "The stack goes back.", contain=True, patient=poll.in_grace)
    if poll.superseded:
        return None  # What goes back is a newer release: the versions of this one are in use.
    return Verdict(Step.FAIL, "ended-elsewhere", "The stack has begun to go back: the release is over.", contain=True)


def _answered(poll: Poll) -> Verdict | None:
    if not poll.answered:
        return None
    reason = "CloudFormation does not wait for this request (any more); nothing was touched."
    return Verdict(Step.FAIL if poll.too_late else Step.WAIT, "answered", reason)


def _rollback_disabled(poll: Poll) -> Verdict | None:
    root = poll.reading.root
    if not poll.forward or not poll.request.begins_release or poll.request.overridden(wire.ROLLBACK_DISABLED):
        return None
    if root is None and poll.request.expedited:
        unread = Verdict(Step.WAIT, "waiting", "Whether the update would be rolled back could not be read yet.")
        return _refused(poll) or _expired(poll) or unread
    if root is None or not root.rollback_disabled:
        return None
    reason = (
        f"CloudFormation would not roll this update back ({root.rollback_disabled}): a release that fails would stay "
        "where it is. Nothing was released. Roll the stack back and deploy with rollback, or override the guard "
        "ROLLBACK_DISABLED with a reason."
    )
    return Verdict(Step.FAIL, "rollback-disabled", reason, contain=True)


def _expedited(poll: Poll) -> Verdict | None:
    if not poll.request.expedited or not poll.forward:
        return None
    return Verdict(Step.DONE, "expedited", f"Expedited, so nothing was watched: {poll.request.expedited}")


def _misplaced(poll: Poll) -> Verdict | None:
    found, released = poll.reading.baked, poll.released
    if found is None or released is None or not poll.forward:
        return None
    if found.version == str(released) and not found.weights:
        return None
    reason = (
        f"The alias under bake is on {found}, not on the release's version {released}: it was moved by hand, or a "
        "failed release was retried without a rollback. Nothing was promoted. Roll the stack back and release again."
    )
    return Verdict(Step.FAIL, "misplaced", reason, contain=True)


def _red(poll: Poll) -> Verdict | None:
    red = poll.alarms(Finding.RED)
    if not red or not poll.forward:
        return None
    return Verdict(Step.FAIL, "red", " ".join(_describe(alarm, poll.red_before(alarm)) for alarm in red), contain=True)


def _refused(poll: Poll) -> Verdict | None:
    if not poll.reading.refused or not poll.settled:
        return None
    operations = ", ".join(dict.fromkeys(poll.reading.refused))
    reason = f"AWS refuses {operations}: the role of the waits' functions lacks a permission, or a policy denies it."
    return Verdict(Step.FAIL, "refused", reason, contain=True)


def _passed(poll: Poll) -> Verdict | None:
    if not poll.over or any(poll.open_points()):
        return None
    return Verdict(Step.DONE, QUIET, f"Quiet for {poll.request.new.duration}.{''.join(_overridden(poll))}")


def _expired(poll: Poll) -> Verdict | None:
    if not poll.too_late:
        return None
    points = "; ".join((*poll.open_points(), *poll.reading.problems))
    return Verdict(Step.FAIL, "inconclusive", f"No conclusive reading in time: {points}.", contain=True)


def _overridden(poll: Poll) -> Iterator[str]:
    red, disabled = map(poll.request.overridden, (wire.RED_ALARMS, wire.ROLLBACK_DISABLED))
    if red:
        ignored = ", ".join(alarm.label for alarm in poll.alarms(Finding.IGNORED)) or "none"
        yield f" Red alarms overridden: {red} (alarms ignored: {ignored})."
    if disabled and poll.reading.root and poll.reading.root.rollback_disabled:
        yield f" Disabled rollback overridden: {disabled}."


def _describe(alarm: Alarm, before: Change | None) -> str:
    if alarm.state is AlarmState.MISSING:
        return f"Alarm {alarm.label} does not exist: create it, or take it off the list."
    if before:
        return f"Alarm {alarm.label} is {alarm.state.value} now, but went {before}."
    # A composite alarm's reason ends without a stop (CloudWatch user guide, "Alarm events and EventBridge").
    return f"Alarm {alarm.label} is {alarm.state.value}: {alarm.reason[:200].rstrip('.')}."


_QUESTIONS: Final = (
    _going_back,
    _answered,
    _rollback_disabled,
    _expedited,
    _misplaced,
    _red,
    _refused,
    _passed,
    _expired,
)
