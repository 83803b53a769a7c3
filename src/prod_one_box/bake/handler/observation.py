"""Reads what a decision needs; a part that AWS does not give is left unread and named."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from . import aws
from .containment import split
from .reading import Alarm, AlarmState, Alias, Reading, Resource
from .request import Request
from .settings import Watched

T = TypeVar("T")


def observe(request: Request) -> Reading:
    """Makes one poll's reading."""
    return _Observation(request).reading()


class _Observation:
    """One poll's questions, what was found on the way, and the problems met."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.problems: list[str] = []
        self.resources: Mapping[str, Resource] | None = self._ask(lambda: aws.list_resources(request.stack_id))

    def reading(self) -> Reading:
        stack = self._ask(lambda: aws.describe_stack(self.request.stack_id))
        root_id = stack.root_id if stack else ""
        root = self._ask(lambda: aws.describe_stack(root_id)) if root_id else stack
        return Reading(stack, root, self.resources, self._alarms(), self._baked(), tuple(self.problems))

    def _ask(self, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except aws.AwsError as error:
            self.problems.append(str(error))
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
        return {each: self._with_start(each, alarms[each.name]) for each in group}

    def _with_start(self, watched: Watched, alarm: Alarm) -> Alarm:
        asked = self.request.forced and alarm.red(self.request.new.no_data_is_red)
        return replace(alarm, at_start=self._at_start(watched, alarm)) if asked else alarm

    def _at_start(self, watched: Watched, alarm: Alarm) -> AlarmState:
        start = self._start()
        if start is None:
            return AlarmState.UNREAD
        if alarm.changed_at is not None and alarm.changed_at <= start:
            return alarm.state
        state = self._ask(
            lambda: aws.state_before_first_change(
                watched.name, region=watched.region, composite=watched.composite, since=start
            )
        )
        return state or AlarmState.UNREAD

    def _start(self) -> datetime | None:
        """When the release began: when the wait that stands at its beginning was last answered, else this request."""
        first = self.request.new.started_by
        if not first:
            return self.request.started_at
        resource = self._existing(first)
        return resource.updated_at if resource else None


def _call(watched: Watched) -> tuple[str, bool]:
    return watched.region, watched.composite
