"""What a release is played in: the clock, the aliases, the alarms and what has been written down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple, Protocol

import simpy

from ...assembly.cloud_assembly import StackTemplate
from ..alarms.alarms import AlarmBoard, AlarmDefinition, read_alarms
from ..assumptions import Assumptions
from ..metrics.metrics import MetricStore
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
