"""One poll: what was asked, what was read, when; and what follows from the three."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from . import wire
from .containment import Direction, direction, version_number
from .reading import Alarm, AlarmState, Change, Reading, Resource
from .request import Request

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
        ignored = self.request.overridden(wire.RED_ALARMS) and alarm.red_at_start(no_data_is_red)
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
