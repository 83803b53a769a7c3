"""Decides what a poll means, from values alone.

The questions are asked in the order of `_QUESTIONS`; the first that has an answer decides.

One poll: what was asked, what was read, when; and what follows from the three.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from .aws import Alarm, AlarmState, Change, Reading, Resource
from .containment import Direction, direction, version_number
from .request import RED_ALARMS, ROLLBACK_DISABLED, Request

# IAM user guide, "Troubleshoot IAM": "Changes that I make are not always immediately visible". How long that takes is
# not documented; two minutes are this project's choice.
_GRANTED_BY: Final = timedelta(minutes=2)


class Finding(Enum):
    """What an alarm means for the release."""

    QUIET = "quiet"
    RED = "red"
    IGNORED = "red before the release, and the guard is overridden"
    OPEN = "cannot be told yet"


@dataclass(frozen=True)
class Poll:
    """Everything that a decision rests on."""

    request: Request
    reading: Reading
    now: datetime

    @property
    def over(self) -> bool:
        """Whether the release has been held long enough."""
        return self.request.elapsed(self.now) >= self.request.new.duration

    @property
    def too_late(self) -> bool:
        """Whether the time to get a conclusive reading is over as well."""
        return self.request.elapsed(self.now) >= self.request.new.duration + self.request.new.grace

    @property
    def in_grace(self) -> bool:
        """Whether a rollback, which has no time to hold, may still try again what AWS did not do."""
        return self.request.elapsed(self.now) < self.request.new.grace

    @property
    def settled(self) -> bool:
        """Whether a permission that is refused now would have been granted by now, if it were only new."""
        return self.request.elapsed(self.now) >= _GRANTED_BY

    @property
    def direction(self) -> Direction:
        """Which way the versions say that the request goes."""
        return direction(self.request, self.reading.resources or {})

    @property
    def forward(self) -> bool:
        """Whether this is a release for sure, so that failing it cannot fail a rollback."""
        if self.direction is Direction.BACK:
            return False
        return self.reading.going_forward or (not self.reading.going_back and self.direction is Direction.FORWARD)

    @property
    def going_back(self) -> bool:
        """Whether this is the end of a release for sure: the stack says it, the wait, or the versions."""
        if self.reading.going_back or self.in_rollback:
            return True
        # A release never has the lower version, so the stack's status is of a moment ago; or rollback is disabled, and
        # the old template is deployed again. A waiter that nobody waits for has no say in either.
        return self.direction is Direction.BACK and not self.answered

    @property
    def in_rollback(self) -> bool:
        """Whether the stack or its root is being rolled back, or has been, or the wait alone is."""
        own = self.own
        return self.reading.in_rollback or (own is not None and own.in_progress and "ROLLBACK" in own.status)

    @property
    def own(self) -> Resource | None:
        """The wait itself, as CloudFormation lists it."""
        return (self.reading.resources or {}).get(self.request.logical_id)

    @property
    def answered(self) -> bool:
        """Whether CloudFormation waits for this request no more, so that a second waiter has no say."""
        return self.own is not None and (not self.own.in_progress or self.superseded)

    @property
    def superseded(self) -> bool:
        """Whether a later update has begun, and has come to this resource."""
        own, stack = self.own, self.reading.stack
        started = self.request.started_at
        if own is None or stack is None or stack.updated_at is None or started is None:
            return False
        # A cancelled resource gets a new time as well, and AWS does not say whether a stack that goes back does.
        cancelled = own.status == "UPDATE_FAILED"
        return not cancelled and min(own.updated_at, stack.updated_at) > started

    @property
    def released(self) -> int | None:
        """The number of the version that must be under bake."""
        baked = self.request.new.baked
        found = version_number(baked.version, self.reading.resources or {}) if baked else None
        return found[1] if found else None

    def alarms(self, finding: Finding) -> list[Alarm]:
        """The alarms that mean one thing."""
        return [alarm for alarm in self.reading.alarms if self._find(alarm) is finding]

    def _find(self, alarm: Alarm) -> Finding:
        if alarm.state is AlarmState.MISSING:
            return Finding.RED
        if alarm.state is AlarmState.NOT_CREATED and not self.request.new.duration:
            # A preflight stands before what the update creates; an alarm yet to come cannot be red already.
            return Finding.QUIET
        if alarm.state in (AlarmState.UNREAD, AlarmState.NOT_CREATED):
            return Finding.OPEN
        if alarm.changes is None:
            return Finding.OPEN
        no_data_is_red = self.request.new.no_data_is_red
        if not alarm.red(no_data_is_red) and not self.red_before(alarm):
            return Finding.QUIET
        ignored = self.request.overridden(RED_ALARMS) and alarm.red_at_start(no_data_is_red)
        return Finding.IGNORED if ignored else Finding.RED

    def red_before(self, alarm: Alarm) -> Change | None:
        """Finds the change that shows that an alarm was red since the wait began, if it is not red now."""
        started, no_data_is_red = self.request.started_at, self.request.new.no_data_is_red
        return alarm.change_of_red(started, no_data_is_red) if started and not alarm.red(no_data_is_red) else None

    def open_points(self) -> Iterator[str]:
        """Names what keeps the reading from being conclusive."""
        stack = self.reading.stack
        if not self.reading.going_forward or (stack and stack.status != "UPDATE_IN_PROGRESS"):
            yield f"the stack's update was not seen ({stack.status if stack else 'unread'})"
        if self.own is None:
            yield "the stack's resources are unread"
        if self.request.new.baked and not (self.reading.baked and self.released):
            yield "the alias under bake is unread"
        for alarm in self.alarms(Finding.OPEN):
            yield f"alarm {alarm.label}: {'its history is unread' if alarm.changes is None else alarm.state.value}"


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
    if not poll.forward or not poll.request.begins_release or poll.request.overridden(ROLLBACK_DISABLED):
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
    red, disabled = map(poll.request.overridden, (RED_ALARMS, ROLLBACK_DISABLED))
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
