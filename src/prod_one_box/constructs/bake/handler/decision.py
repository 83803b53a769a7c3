"""What a poll decides, from values alone: the first of `_QUESTIONS` that has an answer decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from . import split_changes
from .aws import Alarm, AlarmState, Change, Reading, StackResource
from .compared import TooFew
from .containment import Direction, direction, version_number
from .request import RED_ALARMS, ROLLBACK_DISABLED, SPLIT_CHANGED, Placement, Request

QUIET: Final = "quiet"
"""The outcome of a wait that ended well."""

UNVISITED: Final = "unvisited"
"""The outcome of a bake that ended well although its alias served no request."""

# IAM user guide, "Troubleshoot IAM": "Changes that I make are not always immediately visible". How long that takes is
# not documented; two minutes are this project's choice.
_GRANTED_BY: Final = timedelta(minutes=2)


# A custom resource may take an hour (CloudFormation template reference, "AWS::CloudFormation::CustomResource").
_LONGEST_HOLD: Final = timedelta(minutes=55)


class NextStep(Enum):
    """What a poll tells the provider framework."""

    WAIT = "wait"
    DONE = "done"
    FAIL = "fail"


@dataclass(frozen=True)
class Decision:
    """What to do after a poll.

    Attributes:
        step: What to tell the framework.
        outcome: The outcome in one word.
        reason: The reason, for people.
        contain: Whether partitions on the failed version are put back first.
        patient: Whether a failed containment is retried before the framework is told.
    """

    step: NextStep
    outcome: str
    reason: str
    contain: bool = False
    patient: bool = False


class AlarmMeaning(Enum):
    """What an alarm means for the release."""

    QUIET = "quiet"
    RED = "red"
    IGNORED = "red before the release, and the guard is overridden"
    OPEN = "not known yet"


@dataclass(frozen=True)
class Poll:
    """Everything that a decision is based on."""

    request: Request
    reading: Reading
    now: datetime

    @property
    def over(self) -> bool:
        """Whether the release has been held long enough."""
        return self.request.elapsed(self.now) >= self.request.new.duration

    @property
    def too_late(self) -> bool:
        """Whether the grace period for a conclusive reading is over as well."""
        return self.request.elapsed(self.now) >= self._longest + self.request.new.grace

    @property
    def _longest(self) -> timedelta:
        """How long the release may be held."""
        compared, duration = self.request.new.compared, self.request.new.duration
        return max(duration, _LONGEST_HOLD) if compared and compared.too_few is TooFew.HOLD else duration

    @property
    def held_longest(self) -> bool:
        """Whether the release has been held as long as it may be for too few requests."""
        return self.request.elapsed(self.now) >= self._longest

    @property
    def in_grace(self) -> bool:
        """Whether a rollback, which holds nothing, may still retry what failed."""
        return self.request.elapsed(self.now) < self.request.new.grace

    @property
    def settled(self) -> bool:
        """Whether a permission that is still denied is missing, not merely new."""
        return self.request.elapsed(self.now) >= _GRANTED_BY

    @property
    def direction(self) -> Direction:
        """Which way the request goes, according to the version numbers."""
        return direction(self.request, self.reading.resources or {})

    @property
    def forward(self) -> bool:
        """Whether this is certainly a release, so that failing it cannot fail a rollback."""
        if self.direction is Direction.BACK:
            return False
        return self.reading.going_forward or (not self.reading.going_back and self.direction is Direction.FORWARD)

    @property
    def going_back(self) -> bool:
        """Whether the release has certainly ended, according to the stack, the wait or the version numbers."""
        if self.reading.going_back or self.in_rollback:
            return True
        # A release never has the lower version. So the stack's status is a moment old, or rollback is disabled and the
        # old template is deployed again. Neither concerns a waiter that CloudFormation no longer waits for.
        return self.direction is Direction.BACK and not self.answered

    @property
    def in_rollback(self) -> bool:
        """Whether the stack, its root or the wait alone is being rolled back, or has been."""
        own = self.own
        return self.reading.in_rollback or (own is not None and own.in_progress and "ROLLBACK" in own.status)

    @property
    def own(self) -> StackResource | None:
        """The wait itself, as CloudFormation lists it."""
        return (self.reading.resources or {}).get(self.request.logical_id)

    @property
    def answered(self) -> bool:
        """Whether CloudFormation no longer waits for this request, so that a second waiter decides nothing."""
        return self.own is not None and (not self.own.in_progress or self.superseded)

    @property
    def superseded(self) -> bool:
        """Whether a later update has started and has reached this resource."""
        own, stack = self.own, self.reading.stack
        started = self.request.started_at
        if own is None or stack is None or stack.updated_at is None or started is None:
            return False
        # A cancelled resource gets a new time too, and AWS does not document whether a stack that goes back does.
        cancelled = own.status == "UPDATE_FAILED"
        return not cancelled and min(own.updated_at, stack.updated_at) > started

    def label(self, baked: Placement) -> str:
        """Return the name of an alias under bake."""
        resource = (self.reading.resources or {}).get(baked.alias)
        return resource.label if resource and resource.exists else baked.alias

    def released(self, baked: Placement) -> int | None:
        """Return the number of the version that an alias under bake must be on."""
        found = version_number(baked.version, self.reading.resources or {})
        return found[1] if found else None

    def alarms(self, meaning: AlarmMeaning) -> list[Alarm]:
        """Return the alarms that have one meaning."""
        return [alarm for alarm in self.reading.alarms if self._meaning_of(alarm) is meaning]

    def _meaning_of(self, alarm: Alarm) -> AlarmMeaning:
        if alarm.state is AlarmState.MISSING:
            return AlarmMeaning.RED
        if alarm.state is AlarmState.NOT_CREATED and not self.request.new.duration:
            # A preflight precedes what the update creates: an alarm that does not exist yet cannot be red already.
            return AlarmMeaning.QUIET
        if alarm.state in (AlarmState.UNREAD, AlarmState.NOT_CREATED) or alarm.changes is None:
            return AlarmMeaning.OPEN
        no_data_is_red = self.request.new.no_data_is_red
        if not alarm.red(no_data_is_red) and not self.red_before(alarm):
            return AlarmMeaning.QUIET
        ignored = self.request.overridden(RED_ALARMS) and alarm.red_at_start(no_data_is_red)
        return AlarmMeaning.IGNORED if ignored else AlarmMeaning.RED

    def red_before(self, alarm: Alarm) -> Change | None:
        """Return the change that shows that an alarm, quiet now, was red since the wait started."""
        started, no_data_is_red = self.request.started_at, self.request.new.no_data_is_red
        return alarm.change_of_red(started, no_data_is_red) if started and not alarm.red(no_data_is_red) else None

    def open_points(self) -> Iterator[str]:
        """Yield what keeps the reading from being conclusive."""
        stack = self.reading.stack
        if not self.reading.going_forward or (stack and stack.status != "UPDATE_IN_PROGRESS"):
            yield f"the stack's update was not seen ({stack.status if stack else 'unread'})"
        if self.own is None:
            yield "the stack's resources are unread"
        for baked in self.request.new.baked:
            if baked.alias not in self.reading.aliases or not self.released(baked):
                yield f"alias {self.label(baked)} is unread"
        compared = self.request.new.compared
        if compared and compared.decides and self.reading.verdict is None:
            yield "the comparison with the old version is unread"
        for alarm in self.alarms(AlarmMeaning.OPEN):
            yield f"alarm {alarm.label}: {'its history is unread' if alarm.changes is None else alarm.state.value}"


def decide_without_reading(request: Request) -> Decision | None:
    """Decide a request that holds nothing, before any call to AWS; return None for any other."""
    if request.kind != "Update":
        return Decision(NextStep.DONE, "nothing-to-hold", f"{request.kind}: there is no release to hold.")
    if not request.is_release:
        return Decision(NextStep.DONE, "nothing-to-hold", "The release is the same as before.")
    return None


def decide(request: Request, reading: Reading, now: datetime) -> Decision:
    """Decide one poll of a request that changes the release."""
    poll = Poll(request, reading, now)
    for question in _QUESTIONS:
        decision = question(poll)
        if decision:
            return decision
    return Decision(NextStep.WAIT, "waiting", "; ".join(poll.open_points()) or "Quiet so far.")


def _going_back(poll: Poll) -> Decision | None:
    if not poll.going_back:
        return None
    if poll.reading.resources is None and poll.in_grace and not poll.reading.denied:
        return Decision(NextStep.WAIT, "waiting", "The stack is going back; its resources could not be read yet.")
    # A failed rollback is left for people to repair, so a request that may belong to one never fails.
    if poll.direction is Direction.BACK or (poll.direction is Direction.UNKNOWN and poll.in_rollback):
        return Decision(NextStep.DONE, "gone-back", "The stack is going back.", contain=True, patient=poll.in_grace)
    if poll.superseded:
        return None  # A newer release is going back: the versions of this one are in use.
    return Decision(NextStep.FAIL, "ended-elsewhere", "The stack is going back, so the release is over.", contain=True)


def _answered(poll: Poll) -> Decision | None:
    if not poll.answered:
        return None
    reason = "CloudFormation is no longer waiting for this request; nothing was changed."
    return Decision(NextStep.FAIL if poll.too_late else NextStep.WAIT, "answered", reason)


def _rollback_disabled(poll: Poll) -> Decision | None:
    root = poll.reading.root
    if not poll.forward or not poll.request.starts_release or poll.request.overridden(ROLLBACK_DISABLED):
        return None
    if root is None and poll.request.expedited:
        unread = Decision(NextStep.WAIT, "waiting", "It could not be read yet whether the update would be rolled back.")
        return denial(poll) or _expired(poll) or unread
    if root is None or not root.rollback_disabled:
        return None
    reason = (
        f"CloudFormation would not roll this update back ({root.rollback_disabled}): a failed release would stay in "
        "place. Nothing was released. Roll the stack back and deploy with rollback, or override the guard "
        "ROLLBACK_DISABLED with a reason."
    )
    return Decision(NextStep.FAIL, "rollback-disabled", reason, contain=True)


def _split_changed(poll: Poll) -> Decision | None:
    request = poll.request
    if not poll.forward or not request.starts_release or not request.changes_split or request.overridden(SPLIT_CHANGED):
        return None
    reason = (
        "The update changes the split and releases at the same time. Nothing was released. Deploy two updates, first "
        "the split with the code that is live, then the release, or override the guard SPLIT_CHANGED with a reason, as "
        "for a partition that gets another function, which is a release by itself. "
        f"Changes of the split: {split_changes.changes(request)}."
    )
    return Decision(NextStep.FAIL, "split-changed", reason, contain=True)


def _expedited(poll: Poll) -> Decision | None:
    if not poll.request.expedited or not poll.forward:
        return None
    return Decision(NextStep.DONE, "expedited", f"Expedited, so nothing was watched: {poll.request.expedited}")


def _misplaced(poll: Poll) -> Decision | None:
    misplaced = "; ".join(_misplacements(poll))
    if not misplaced or not poll.forward:
        return None
    kept = "" if poll.request.new.watches else " Nothing was promoted."
    reason = (
        "An alias was moved by hand, or a failed release was retried without a rollback: "
        f"{misplaced}.{kept} Roll the stack back and release again."
    )
    return Decision(NextStep.FAIL, "misplaced", reason, contain=True)


def _misplacements(poll: Poll) -> Iterator[str]:
    for baked in poll.request.new.baked:
        found, released = poll.reading.aliases.get(baked.alias), poll.released(baked)
        if found and released and (found.version != str(released) or found.weights):
            yield f"{poll.label(baked)} is on {found}, not on the release's version {released}"


def _red(poll: Poll) -> Decision | None:
    red = poll.alarms(AlarmMeaning.RED)
    if not red or not poll.forward:
        return None
    reason = " ".join(_describe(alarm, poll.red_before(alarm)) for alarm in red)
    return Decision(NextStep.FAIL, "red", reason, contain=True)


def _worse(poll: Poll) -> Decision | None:
    verdict = poll.reading.verdict
    if verdict is None or not verdict.worse or not poll.forward:
        return None
    return Decision(NextStep.FAIL, "worse", verdict.sentence, contain=True)


def denial(poll: Poll) -> Decision | None:
    """Fail a request for which AWS still denies a permission when a new one would have become visible."""
    if not poll.reading.denied or not poll.settled:
        return None
    operations = ", ".join(dict.fromkeys(poll.reading.denied))
    reason = f"AWS denies {operations}: the role of the waits' functions lacks a permission, or a policy denies it."
    return Decision(NextStep.FAIL, "refused", reason, contain=True)


def _too_few(poll: Poll) -> Decision | None:
    too_few, compared = _too_few_requests(poll), poll.request.new.compared
    if not too_few or compared is None or compared.too_few is TooFew.GO_ON or not poll.over or not poll.forward:
        return None
    # What comes late may still be enough.
    patient = not poll.too_late if compared.too_few is TooFew.ABORT else not poll.held_longest
    if patient:
        return Decision(NextStep.WAIT, "waiting", f"{too_few} The release is held for more.")
    return Decision(NextStep.FAIL, "too-few", too_few, contain=True)


def _too_few_requests(poll: Poll) -> str:
    compared, verdict = poll.request.new.compared, poll.reading.verdict
    if compared is None or verdict is None or verdict.new_requests is None:
        return ""
    if verdict.new_requests >= compared.minimum_requests:
        return ""
    return (
        f"The new version had {verdict.new_requests:,} requests since the last switch, fewer than the "
        f"{compared.minimum_requests:,} that a bake should have."
    )


def _compared(poll: Poll) -> str:
    """Return what the comparison says at the end of a bake; "" without one."""
    if poll.reading.verdict:
        return poll.reading.verdict.sentence
    problems = "; ".join(poll.reading.problems)
    return f"New against old: not compared ({problems})." if poll.request.new.compared else ""


def _passed(poll: Poll) -> Decision | None:
    if not poll.over or any(poll.open_points()):
        return None
    quiet = f"Quiet for {poll.request.new.duration}.{''.join(_overridden(poll))}"
    return Decision(NextStep.DONE, QUIET, " ".join(filter(None, (quiet, _too_few_requests(poll), _compared(poll)))))


def _expired(poll: Poll) -> Decision | None:
    if not poll.too_late:
        return None
    points = "; ".join((*poll.open_points(), *poll.reading.problems))
    return Decision(NextStep.FAIL, "inconclusive", f"No conclusive reading in time: {points}.", contain=True)


def _overridden(poll: Poll) -> Iterator[str]:
    red, disabled, changed = map(poll.request.overridden, (RED_ALARMS, ROLLBACK_DISABLED, SPLIT_CHANGED))
    if red:
        ignored = ", ".join(alarm.label for alarm in poll.alarms(AlarmMeaning.IGNORED)) or "none"
        yield f" Red alarms overridden: {red} (alarms ignored: {ignored})."
    if disabled and poll.reading.root and poll.reading.root.rollback_disabled:
        yield f" Disabled rollback overridden: {disabled}."
    if changed and poll.request.changes_split:
        yield f" Changed split overridden: {changed}."


def _describe(alarm: Alarm, before: Change | None) -> str:
    if alarm.state is AlarmState.MISSING:
        return f"Alarm {alarm.label} does not exist: create it, or remove it from the list."
    if before:
        return f"Alarm {alarm.label} is {alarm.state.value} now, but went {before}."
    # A composite alarm's reason ends without a full stop (CloudWatch user guide, "Alarm events and EventBridge").
    return f"Alarm {alarm.label} is {alarm.state.value}: {alarm.reason[:200].rstrip('.')}."


_QUESTIONS: Final = (
    _going_back,
    _answered,
    _rollback_disabled,
    _split_changed,
    _expedited,
    _misplaced,
    _red,
    _worse,
    denial,
    _too_few,
    _passed,
    _expired,
)
