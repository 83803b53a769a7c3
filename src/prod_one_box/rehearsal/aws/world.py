"""What a release sees and changes: the clock, the aliases, the alarms and the journal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

import simpy

from ...template.cloud_assembly import StackTemplate
from ..assumptions import Assumptions
from ..cloudwatch.alarm_definition import AlarmDefinition, read_alarms
from ..cloudwatch.alarm_states import AlarmBoard, AlarmChange
from ..cloudwatch.metrics import MetricStore
from .aliases import AliasBoard, AliasState
from .recorded_calls import RecordedCalls

_START: Final = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
"""The date of the minute in which the update starts. Only code that reads a calendar sees it, so any date does."""


class Event(NamedTuple):
    """An entry of the journal.

    Attributes:
        time: When it happened, in seconds.
        kind: What it is about: "update", "resource", "shift", "poll", "alarm", "alias" or "rollback".
        text: What happened, for people.
    """

    time: float
    kind: str
    text: str


class Observer:
    """Something that lives through a release beside it, such as its visitors; this one does nothing."""

    def catch_up(self, time: float) -> None:
        """Play everything up to a time; called before an alarm is read and before an alias moves."""

    def resource_changed(self, name: str, time: float, *, released: bool) -> None:
        """Take note that CloudFormation brought a resource to the release's state, or back to its former state."""


@dataclass(kw_only=True)
class World:
    """Everything that a release can see and change.

    Attributes:
        env: The clock, in seconds since the update started.
        aliases: Where every alias points.
        alarms: The state of every alarm.
        assumptions: The modelled numbers.
        metrics: What CloudWatch knows of the visitors' requests.
        observer: What lives through the release beside it; default: nothing.
        read_alarms: Reads the alarms of a template.
        calls: The calls of the waits' code in other plays; default: none.
        journal: What has happened, in order.
    """

    env: simpy.Environment
    aliases: AliasBoard
    alarms: AlarmBoard
    assumptions: Assumptions = field(default_factory=Assumptions)
    metrics: MetricStore = field(default_factory=MetricStore)
    observer: Observer = field(default_factory=Observer)
    read_alarms: Callable[[StackTemplate], dict[str, AlarmDefinition]] = read_alarms
    calls: RecordedCalls = field(default_factory=RecordedCalls)
    journal: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start the journal after the changes that the alarms have been through already."""
        self._noted = len(self.alarms.history)

    @property
    def now(self) -> float:
        """The time in seconds."""
        return float(self.env.now)

    def date(self, time: float | None = None) -> datetime:
        """Return a time, by default the present, as the deployed code sees it."""
        seconds = self.now if time is None else time
        return _START + timedelta(seconds=seconds + self.metrics.phase)

    def note(self, kind: str, text: str) -> None:
        """Write into the journal what happens now."""
        self.journal.append(Event(self.now, kind, text))

    def move(self, alias: str, state: AliasState, why: str) -> None:
        """Point an alias elsewhere, after the visitors who came until now."""
        if alias not in self.aliases or self.aliases.state(alias) != state:
            self.observer.catch_up(self.now)
            self.aliases.move(alias, state, self.now, why)

    def evaluate_alarms(self) -> None:
        """Let the observer catch up, then evaluate the alarms."""
        self.observer.catch_up(self.now)
        self.alarms.evaluate(self.now)
        for change in self.alarms.history[self._noted :]:
            self.note("alarm", f"{change.logical_id} went from {change.before} to {change.after}")
        self._noted = len(self.alarms.history)

    def red(self, alarms: Iterable[str]) -> list[str]:
        """Evaluate the alarms and return those of `alarms` that are red now."""
        self.evaluate_alarms()
        return [alarm for alarm in alarms if alarm in self.alarms and self.alarms.state(alarm) == "ALARM"]

    def changes_of(self, alarm: str) -> list[AlarmChange]:
        """Return every change of an alarm's state until now, in order."""
        return [change for change in self.alarms.history if change.logical_id == alarm]
