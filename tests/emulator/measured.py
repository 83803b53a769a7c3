"""How long a run's steps took, in the names and the meanings of the rehearsal's modelled numbers."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TypeAlias

from emulator.outcome import Operation
from emulator.stack_events import StackEvent
from prod_one_box.rehearsal.assumptions import SCHEMA
from prod_one_box.vocabulary import BACKEND

Update: TypeAlias = tuple[Sequence[StackEvent], Mapping[str, str]]

_STACK = "AWS::CloudFormation::Stack"
_ROLLBACK = "UPDATE_ROLLBACK_IN_PROGRESS"
_WAITED_FOR = ("Custom::", "AWS::CloudFormation::")
"""Types whose duration is that of somebody's code, or of other resources."""

_CLEANUPS = ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")


def write_measured(path: Path, *, where: str, operations: Sequence[Operation]) -> None:
    """Write the file that `prod-one-box rehearse --assume @FILE` takes.

    Args:
        path: The file.
        where: What the operations ran on, for people.
        operations: The updates.
    """
    updates = ((each.events, {step.resource.logical_id: step.phase for step in each.plan}) for each in operations)
    content = {"schema": SCHEMA, "where": where, "assume": measured_durations(updates)}
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def measured_durations(updates: Iterable[Update]) -> dict[str, float]:
    """Return the median of each duration that the events of some updates show, in seconds.

    What somebody's code decides is left out: a bake, and the alias of a backend, whose shift takes most of its time.

    Args:
        updates: The events of each update, with the phases of those resources that have one.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for events, phases in updates:
        for name, seconds in _durations(events, phases):
            found[name].append(seconds)
    return {name: round(median(found[name]), 3) for name in sorted(found)}


def rollback_of(events: Sequence[StackEvent]) -> Sequence[StackEvent]:
    """Return the events of an update from the start of its rollback; none if it was not rolled back."""
    return events[_forward(events) :]


def _durations(events: Sequence[StackEvent], phases: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    for started, done in _pairs(events[: _forward(events)]):
        if phases.get(started.logical_id) == "preflight":
            # A wait that holds nothing is two calls of its handler: the request, and the first poll.
            yield "handler_seconds", _seconds(started, done) / 2
        elif phases.get(started.logical_id) != BACKEND and not started.type.startswith(_WAITED_FOR):
            yield f"update_seconds.{started.type}", _seconds(started, done)
    rollback = rollback_of(events)
    first = next((each for each in rollback if each.type != _STACK and each.status == "UPDATE_IN_PROGRESS"), None)
    if first:
        yield "rollback_start_seconds", _seconds(rollback[0], first)
    cleanup = next((each for each in events if each.status in _CLEANUPS), None)
    if cleanup:
        yield "cleanup_seconds", _seconds(cleanup, events[-1])


def _forward(events: Sequence[StackEvent]) -> int:
    statuses = [each.status if each.type == _STACK else "" for each in events]
    return statuses.index(_ROLLBACK) if _ROLLBACK in statuses else len(events)


def _pairs(events: Sequence[StackEvent]) -> Iterator[tuple[StackEvent, StackEvent]]:
    """Each resource's first event with the one that says that it is done; the stack's own are left out."""
    begun: dict[str, StackEvent] = {}
    for each in events:
        if each.type == _STACK:
            continue
        if each.status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
            begun.setdefault(each.logical_id, each)
        elif each.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE") and each.logical_id in begun:
            yield begun.pop(each.logical_id), each


def _seconds(earlier: StackEvent, later: StackEvent) -> float:
    return max(0.0, (later.at - earlier.at).total_seconds())
