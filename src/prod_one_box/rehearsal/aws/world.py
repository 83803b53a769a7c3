"""What a release is played in: the clock, the aliases, the alarms and what has been written down.

Keeps the alarms up to date with what visitors have done, and writes down what they go through.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple, Protocol

import simpy

from ...template.cloud_assembly import StackTemplate
from ..assumptions import Assumptions
from ..cloudwatch.alarms import AlarmBoard, AlarmChange, AlarmDefinition, read_alarms
from ..cloudwatch.metrics import MetricStore
from .aliases import AliasBoard

_BEGINNING: Final = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
"""The date of second 0. Only code that reads a calendar sees it, so any date does."""


class Event(NamedTuple):
    """Something that happened.

    Attributes:
        time: When, in seconds.
        kind: What it is about: "update", "resource", "shift", "poll", "alarm", "alias" or "rollback".
        text: What happened, for people.
    """

    time: float
    kind: str
    text: str


def _no_traffic(_time: float) -> None:
    """What a world without visitors has to catch up with."""


def _no_matter(_name: str, *, released: bool) -> None:
    """What is done about a resource in a world without canaries."""


class Settled(Protocol):
    """Told when CloudFormation is done with a resource."""

    def __call__(self, name: str, /, *, released: bool) -> None:
        """Takes the logical id, and whether the resource is as the release has it or as it was before."""


@dataclass(kw_only=True)
class World:
    """Everything that a release can see and change.

    Attributes:
        env: The clock, in seconds since the update began.
        aliases: Where every alias points.
        alarms: The state of every alarm.
        assumptions: The modelled numbers.
        metrics: What CloudWatch has of the visitors' requests.
        catch_up: Plays everything that visitors do up to a time; called before anything looks at an alarm, and by
            `aliases.before_change` before any alias moves.
        settled: Told of each resource that CloudFormation is done with.
        read_alarms: Reads the alarms of a template, which the release creates, changes and deletes.
        journal: What has happened, in order.
    """

    env: simpy.Environment
    aliases: AliasBoard
    alarms: AlarmBoard
    assumptions: Assumptions = field(default_factory=Assumptions)
    metrics: MetricStore = field(default_factory=MetricStore)
    catch_up: Callable[[float], None] = _no_traffic
    settled: Settled = _no_matter
    read_alarms: Callable[[StackTemplate], dict[str, AlarmDefinition]] = read_alarms
    journal: list[Event] = field(default_factory=list)

    @property
    def now(self) -> float:
        """The time in seconds."""
        return float(self.env.now)

    def date(self, time: float | None = None) -> datetime:
        """A time, by default the present one, as the deployed code sees it."""
        return _BEGINNING + timedelta(seconds=self.now if time is None else time)

    def note(self, kind: str, text: str) -> None:
        """Writes down what happens now."""
        self.journal.append(Event(self.now, kind, text))


class AlarmWatch:
    """Looks at the alarms for everything else that does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stopped = False
        self._noted = len(world.alarms.history)

    def look(self) -> None:
        """Lets visitors catch up and evaluates the alarms."""
        self._world.catch_up(self._world.now)
        self._world.alarms.evaluate(self._world.now)
        for change in self._world.alarms.history[self._noted :]:
            self._world.note("alarm", f"{change.logical_id} went from {change.before} to {change.after}")
        self._noted = len(self._world.alarms.history)

    def red(self, alarms: Iterable[str]) -> list[str]:
        """Which of some alarms are red now."""
        self.look()
        board = self._world.alarms
        return [alarm for alarm in alarms if alarm in board and board.state(alarm) == "ALARM"]

    def changes_of(self, alarm: str) -> list[AlarmChange]:
        """Every change of an alarm's state until now, in order."""
        return [change for change in self._world.alarms.history if change.logical_id == alarm]

    def keep_looking(self) -> Generator[simpy.Event, None, None]:
        """Looks again and again until it is stopped, as a process of the clock."""
        while not self._stopped:
            self.look()
            yield self._world.env.timeout(self._world.assumptions.alarm_look_seconds)

    def stop(self) -> None:
        """Ends the looking, with one last look."""
        self._stopped = True
        self.look()
