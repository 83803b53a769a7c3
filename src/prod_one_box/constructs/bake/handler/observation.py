"""Reads what a decision needs; a part that AWS does not give is left unread and named.

Counts the requests that the one-box served while a release was baked: a quiet bake that saw nobody shows nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, TypeVar

from . import aws
from .aws import Alarm, AlarmState, Alias, Change, Reading, Resource, Stack
from .containment import split
from .request import RED_ALARMS, Request, Watched

T = TypeVar("T")


def observe(request: Request) -> Reading:
    """Makes one poll's reading."""
    return _Observation(request).reading()


def observe_beginning(request: Request) -> Reading:
    """Read which way the stack goes, and since when CloudFormation has been waiting for the request."""
    return _Observation(request).reading_of_resources()


def observe_stacks(request: Request, *problems: str) -> Reading:
    """Makes the least reading: which way the stack goes, and what went wrong that nobody foresaw."""
    return _Observation(request).reading_of_stacks(problems)


class _Observation:
    """One poll's questions, what was found on the way, and the problems met."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.problems: list[str] = []
        self.refused: list[str] = []
        self.resources: Mapping[str, Resource] | None = None
        self.histories_are_open = True

    def reading(self) -> Reading:
        reading = self.reading_of_resources()
        if reading.going_back:
            return reading
        return self._with_problems(replace(reading, alarms=self._alarms(), baked=self._baked()))

    def reading_of_resources(self) -> Reading:
        self.resources = self._ask(lambda: aws.list_resources(self.request.stack_id))
        return self.reading_of_stacks(())

    def reading_of_stacks(self, problems: Sequence[str]) -> Reading:
        self.problems.extend(problems)
        stack = self._ask(lambda: aws.describe_stack(self.request.stack_id))
        root_id = stack.root_id if stack else ""
        root = self._ask(lambda: aws.describe_stack(root_id)) if root_id else stack
        return self._with_problems(Reading(self._current(stack), self._current(root), self.resources))

    def _with_problems(self, reading: Reading) -> Reading:
        return replace(reading, problems=tuple(dict.fromkeys(self.problems)), refused=tuple(self.refused))

    def _current(self, stack: Stack | None) -> Stack | None:
        """Leave a stack unread whose status is of an earlier operation, while CloudFormation waits for this request."""
        if stack is None or stack.at_work or not self._is_awaited():
            return stack
        self.problems.append(f"describe_stacks: {stack.status} is out of date")
        return None

    def _is_awaited(self) -> bool:
        own, started_at = (self.resources or {}).get(self.request.logical_id), self.request.started_at
        if own is None:
            return False
        # A list that shows the wait as it was before this request is out of date itself.
        return own.in_progress or (started_at is not None and own.updated_at < started_at)

    def _ask(self, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except aws.AwsError as error:
            self.problems.append(str(error))
            if error.refused:
                self.refused.append(f"{error.operation} ({error.code})")
            return None

    def _existing(self, logical_id: str) -> Resource | None:
        resource = (self.resources or {}).get(logical_id)
        return resource if resource and resource.exists else None

    def _baked(self) -> Alias | None:
        baked = self.request.new.baked
        resource = self._existing(baked.alias) if baked else None
        return self._ask(lambda: aws.get_alias(*split(resource.physical_id))) if resource else None

    def _alarms(self) -> tuple[Alarm, ...]:
        watched = [self._named(each) for each in self.request.new.alarms]
        found: dict[Watched, Alarm] = {}
        for (region, composite), group in groupby(sorted((w for w in watched if w.name), key=_call), key=_call):
            found.update(self._one_call(list(group), region, composite))
        unnamed = AlarmState.UNREAD if self.resources is None else AlarmState.NOT_CREATED
        return tuple(found.get(each) or Alarm(each.label, unnamed) for each in watched)

    def _named(self, watched: Watched) -> Watched:
        resource = self._existing(watched.logical_id)
        return replace(watched, name=resource.physical_id) if resource else watched

    def _one_call(self, group: list[Watched], region: str, composite: bool) -> dict[Watched, Alarm]:
        names = list(dict.fromkeys(each.name for each in group))
        answer = self._ask(lambda: aws.describe_alarms(names, region=region, composite=composite))
        if answer is None:
            return {each: Alarm(each.name, AlarmState.UNREAD) for each in group}
        alarms = {name: answer.get(name) or Alarm(name, AlarmState.MISSING) for name in names}
        return {each: self._with_changes(each, alarms[each.name]) for each in group}

    def _with_changes(self, watched: Watched, alarm: Alarm) -> Alarm:
        return replace(alarm, changes=self._changes(watched, alarm)) if self._need_changes(alarm) else alarm

    def _need_changes(self, alarm: Alarm) -> bool:
        if alarm.state in (AlarmState.MISSING, AlarmState.UNREAD):
            return False
        if alarm.red(self.request.new.no_data_is_red):
            return bool(self.request.overridden(RED_ALARMS))
        # A wait that holds has to know what happened between its polls; one that does not asks for this moment alone.
        return bool(self.request.new.duration) and not _unchanged_since(self.request.started_at, alarm)

    def _changes(self, watched: Watched, alarm: Alarm) -> tuple[Change, ...] | None:
        start = self._start() if self.request.overridden(RED_ALARMS) else self.request.started_at
        if _unchanged_since(start, alarm):
            return ()
        # One history that is not given keeps the poll open as it is, and a poll has little time for calls that hang.
        if start is None or not self.histories_are_open:
            return None
        changes = self._ask(
            lambda: aws.list_changes(watched.name, region=watched.region, composite=watched.composite, since=start)
        )
        self.histories_are_open = changes is not None
        return changes if changes is not None and self._complete(changes, alarm) else None

    def _complete(self, changes: tuple[Change, ...], alarm: Alarm) -> bool:
        """Tells whether a history reaches up to the alarm's state; it may lag behind it."""
        if not changes:
            # A new alarm is in its first state without a change.
            return alarm.state is AlarmState.INSUFFICIENT_DATA and not alarm.red(self.request.new.no_data_is_red)
        known = all(AlarmState.UNREAD not in (change.old, change.new) for change in changes)
        return known and changes[-1].new is alarm.state

    def _start(self) -> datetime | None:
        """When the release began: when the wait that stands at its beginning was last answered, else this request."""
        first = self.request.new.started_by
        if not first:
            return self.request.started_at
        resource = self._existing(first)
        return resource.updated_at if resource else None


def _unchanged_since(start: datetime | None, alarm: Alarm) -> bool:
    return start is not None and alarm.changed_at is not None and alarm.changed_at <= start


def _call(watched: Watched) -> tuple[str, bool]:
    return watched.region, watched.composite


_MINUTE: Final = timedelta(minutes=1)

# How late a metric comes is documented nowhere: three minutes without data are taken for data that is late.
_LATE: Final = timedelta(minutes=3)


@dataclass(frozen=True)
class Served:
    """What CloudWatch says about the alias under bake.

    Attributes:
        requests: How many invocations Lambda has reported so far; None if they could not be read.
        since: The beginning of the first whole minute of the bake.
        until: The end of the last minute with data; if there is none, up to when data would have come.
        problem: Why they could not be read; "" if they were.
    """

    requests: int | None
    since: datetime
    until: datetime
    problem: str = ""

    def __str__(self) -> str:
        if self.requests is None:
            return f"How many requests the one-box served could not be read ({self.problem})."
        counted = f"between {self.since:%H:%M} and {self.until:%H:%M} UTC; what came later may be missing"
        if self.requests:
            return f"The one-box served at least {self.requests:,} requests ({counted})."
        return (
            f"The one-box served no request that Lambda has reported ({counted}), so this bake shows nothing: nobody "
            "visited it, or CloudFront answered without it, from its cache or by edge code, also to canaries."
        )


def count_served(request: Request, reading: Reading, now: datetime) -> Served | None:
    """Count the requests, once the bake is over. What goes wrong here never keeps a release.

    Args:
        request: The request that is about to be answered.
        reading: What the last poll read.
        now: The time.

    Returns:
        The count; None for a wait that holds no alias under bake, or not for a minute.
    """
    baked, started = request.new.baked, request.started_at
    if baked is None or started is None:
        return None
    # The minute in which the one-box switched has requests of the former version as well.
    since = _minute(started + _MINUTE - timedelta(microseconds=1))
    if since >= now:
        return None
    try:
        found = aws.count_invocations(
            *split((reading.resources or {})[baked.alias].physical_id), since=since, until=now
        )
        if not found and now - since <= _LATE:
            return Served(None, since, now, "the bake is too short for its metrics to have arrived")
        until = max(found) + _MINUTE if found else now - _LATE
        return Served(sum(found.values()), since, min(now, until))
    except Exception as error:  # the release has passed, whatever is wrong with this
        problem = str(error) if isinstance(error, aws.AwsError) else type(error).__name__
        return Served(None, since, now, problem)


def _minute(time: datetime) -> datetime:
    return time.replace(second=0, microsecond=0)
