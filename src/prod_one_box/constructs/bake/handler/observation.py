"""Reads what a poll needs to decide, and counts the requests that a quiet bake saw.

A part that AWS does not give is left unread, and its problem is recorded.
"""

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Final, TypeVar

from . import aws, compared_metrics, metric_data
from .aws import Alarm, AlarmState, Alias, Change, Reading, Stack, StackResource
from .comparison import Verdict
from .request import RED_ALARMS, AlarmReference, Request

T = TypeVar("T")


def observe(request: Request, now: datetime) -> Reading:
    """Read everything that one poll needs."""
    return _Observation(request).reading(now)


def observe_start(request: Request) -> Reading:
    """Read which way the stack goes, and since when CloudFormation has been waiting for the request."""
    return _Observation(request).reading_of_resources()


def observe_stacks(request: Request, problem: str) -> Reading:
    """Read only which way the stack goes, after an unexpected problem."""
    return _Observation(request, problem).reading_of_stacks()


class _Observation:
    """One poll's questions to AWS, what they have found so far, and their problems."""

    def __init__(self, request: Request, *problems: str) -> None:
        self.request = request
        self.problems = [*problems]
        self.denied: list[str] = []
        self.resources: Mapping[str, StackResource] | None = None
        self.histories_are_open = True

    def reading(self, now: datetime) -> Reading:
        reading = self.reading_of_resources()
        if reading.going_back:
            return reading
        alarms, aliases, verdict = self._alarms(), self._aliases(), self._verdict(now)
        return self._with_problems(replace(reading, alarms=alarms, aliases=aliases, verdict=verdict))

    def reading_of_resources(self) -> Reading:
        self.resources = self._ask(lambda: aws.list_resources(self.request.stack_id))
        return self.reading_of_stacks()

    def reading_of_stacks(self) -> Reading:
        stack = self._ask(lambda: aws.describe_stack(self.request.stack_id))
        root_id = stack.root_id if stack else ""
        root = self._ask(lambda: aws.describe_stack(root_id)) if root_id else stack
        return self._with_problems(Reading(self._current(stack), self._current(root), self.resources))

    def _with_problems(self, reading: Reading) -> Reading:
        return replace(reading, problems=tuple(dict.fromkeys(self.problems)), denied=tuple(self.denied))

    def _current(self, stack: Stack | None) -> Stack | None:
        """Treat a stack as unread if its status is that of an earlier operation."""
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
            self._note(error)
            return None

    def _note(self, error: aws.AwsError, *, may_end: bool = True) -> None:
        self.problems.append(str(error))
        if error.denied and may_end:
            self.denied.append(f"{error.operation} ({error.code})")

    def _existing(self, logical_id: str) -> StackResource | None:
        resource = (self.resources or {}).get(logical_id)
        return resource if resource and resource.exists else None

    def _aliases(self) -> dict[str, Alias]:
        found: dict[str, Alias] = {}
        for alias in dict.fromkeys(each.alias for each in self.request.new.baked):
            resource = self._existing(alias)
            if resource is None:
                continue
            answer = self._ask(partial(aws.get_alias, *resource.function_and_qualifier))
            if answer is None:
                break  # As with histories: one that is unread keeps the poll open in any case.
            found[alias] = answer
        return found

    def _verdict(self, now: datetime) -> Verdict | None:
        compared, resources = self.request.new.compared, self.resources
        if compared is None or resources is None:
            return None
        try:
            return compared_metrics.judge(compared, self.request, resources, now)
        except aws.AwsError as error:
            self._note(error, may_end=compared.decides)
        except Exception as error:  # whatever goes wrong here must not hide an alarm
            traceback.print_exc()
            self.problems.append(f"comparison: {type(error).__name__}: {error}")
        return None

    def _alarms(self) -> tuple[Alarm, ...]:
        references = [self._named(each) for each in self.request.new.alarms]
        found: dict[AlarmReference, Alarm] = {}
        named = sorted((each for each in references if each.name), key=_call_of)
        for (region, composite), group in groupby(named, key=_call_of):
            found.update(self._one_call(list(group), region, composite))
        unnamed = AlarmState.UNREAD if self.resources is None else AlarmState.NOT_CREATED
        return tuple(found.get(each) or Alarm(each.label, unnamed) for each in references)

    def _named(self, reference: AlarmReference) -> AlarmReference:
        resource = self._existing(reference.logical_id)
        return replace(reference, name=resource.physical_id) if resource else reference

    def _one_call(self, group: Sequence[AlarmReference], region: str, composite: bool) -> dict[AlarmReference, Alarm]:
        names = list(dict.fromkeys(each.name for each in group))
        answer = self._ask(lambda: aws.describe_alarms(names, region=region, composite=composite))
        if answer is None:
            return {each: Alarm(each.name, AlarmState.UNREAD) for each in group}
        alarms = {name: answer.get(name) or Alarm(name, AlarmState.MISSING) for name in names}
        return {each: self._with_changes(each, alarms[each.name]) for each in group}

    def _with_changes(self, reference: AlarmReference, alarm: Alarm) -> Alarm:
        return replace(alarm, changes=self._changes(reference, alarm)) if self._needs_changes(alarm) else alarm

    def _needs_changes(self, alarm: Alarm) -> bool:
        if alarm.state in (AlarmState.MISSING, AlarmState.UNREAD):
            return False
        if alarm.red(self.request.new.no_data_is_red):
            return bool(self.request.overridden(RED_ALARMS))
        # A wait that holds must know what happened between its polls; a preflight judges this moment alone.
        return bool(self.request.new.duration) and not _unchanged_since(self.request.started_at, alarm)

    def _changes(self, reference: AlarmReference, alarm: Alarm) -> tuple[Change, ...] | None:
        start = self._start() if self.request.overridden(RED_ALARMS) else self.request.started_at
        if _unchanged_since(start, alarm):
            return ()
        # One missing history keeps the poll open in any case, and a poll has little time for calls that hang.
        if start is None or not self.histories_are_open:
            return None
        changes = self._ask(
            lambda: aws.list_changes(
                reference.name, region=reference.region, composite=reference.composite, since=start
            )
        )
        self.histories_are_open = changes is not None
        return changes if changes is not None and self._is_complete(changes, alarm) else None

    def _is_complete(self, changes: tuple[Change, ...], alarm: Alarm) -> bool:
        """Return whether a history, which may lag, reaches up to the alarm's state."""
        if not changes:
            # A new alarm is in its first state without a change.
            return alarm.state is AlarmState.INSUFFICIENT_DATA and not alarm.red(self.request.new.no_data_is_red)
        known = all(AlarmState.UNREAD not in (change.old, change.new) for change in changes)
        return known and changes[-1].new is alarm.state

    def _start(self) -> datetime | None:
        """Return when the release started: when its first wait was last answered, or this request without one."""
        first = self.request.new.started_by
        if not first:
            return self.request.started_at
        resource = self._existing(first)
        return resource.updated_at if resource else None


def _unchanged_since(start: datetime | None, alarm: Alarm) -> bool:
    return start is not None and alarm.changed_at is not None and alarm.changed_at <= start


def _call_of(reference: AlarmReference) -> tuple[str, bool]:
    return reference.region, reference.composite


_MINUTE: Final = timedelta(minutes=1)

_ONE_BOX: Final = "one-box"

# How late a metric arrives is not documented: up to three minutes without data count as late data.
_LATE: Final = timedelta(minutes=3)


@dataclass(frozen=True)
class ServedRequests:
    """The invocations of the wait's own alias, according to CloudWatch.

    Attributes:
        count: How many invocations Lambda has reported so far; None if they could not be read.
        by: Who served them, at the beginning of a sentence.
        since: The start of the first whole minute of the bake.
        until: The end of the last minute with data; without data, the time up to which data would have arrived.
        problem: Why they could not be read; "" if they were.
    """

    count: int | None
    by: str
    since: datetime
    until: datetime
    problem: str = ""

    def __str__(self) -> str:
        if self.count is None:
            by = f"{self.by[0].lower()}{self.by[1:]}"
            return f"The number of requests that {by} served could not be read ({self.problem})."
        period = f"between {self.since:%H:%M} and {self.until:%H:%M} UTC; what came later may be missing"
        if self.count:
            return f"{self.by} served at least {self.count:,} requests ({period})."
        return (
            f"{self.by} served no request that Lambda has reported ({period}), so this bake shows nothing: nobody "
            "visited it, or CloudFront answered everybody, even the canaries, from its cache or by edge code."
        )


def count_requests(request: Request, reading: Reading, now: datetime) -> ServedRequests | None:
    """Count the requests of a bake or watch that is over, for its own alias; no problem here stops a release.

    Args:
        request: The request that is about to be answered.
        reading: The last poll's reading.
        now: The time.

    Returns:
        The count; None for a wait without an alias under bake, or of less than a whole minute.
    """
    baked, started = request.new.baked, request.started_at
    if not baked or started is None:
        return None
    by = _served_by(request)
    # The minute in which the alias switched also has requests of the former version.
    since = _minute(started + _MINUTE - timedelta(microseconds=1))
    if since >= now:
        return None
    try:
        alias = (reading.resources or {})[baked[-1].alias].function_and_qualifier
        found = metric_data.count_invocations(*alias, since=since, until=now)
        if not found and now - since <= _LATE:
            return ServedRequests(None, by, since, now, "the bake is too short for its metrics to have arrived")
        until = max(found) + _MINUTE if found else now - _LATE
        return ServedRequests(sum(found.values()), by, since, min(now, until))
    except Exception as error:  # the release has passed, whatever goes wrong here
        problem = str(error) if isinstance(error, aws.AwsError) else type(error).__name__
        return ServedRequests(None, by, since, now, problem)


def _served_by(request: Request) -> str:
    if request.new.watches:
        return "The regular partition"
    # A wait of an earlier library, or one that the user made, names no wave.
    return "The one-box" if request.new.wave in ("", _ONE_BOX) else request.new.wave


def _minute(time: datetime) -> datetime:
    return time.replace(second=0, microsecond=0)
