"""How long a run's steps took, in the names and the meanings of the rehearsal's modelled numbers."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from emulator.outcome import Operation
from emulator.stack_events import StackEvent
from prod_one_box.rehearsal.assumptions import SCHEMA
from prod_one_box.vocabulary import BACKEND

_CLEANUPS = ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")


def write_measured(path: Path, *, where: str, operations: Sequence[Operation]) -> None:
    """Write the file that `prod-one-box rehearse --assume @FILE` takes.

    Args:
        path: The file.
        where: What the operations ran on, for people.
        operations: The updates.
    """
    content = {"schema": SCHEMA, "where": where, "assume": measured_durations(operations)}
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def measured_durations(operations: Sequence[Operation]) -> dict[str, float]:
    """Return the median of each duration that the events of some updates show, in seconds.

    A backend's alias is left out, since its shift takes most of its time.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for operation in operations:
        for name, seconds in _durations(operation):
            found[name].append(seconds)
    return {name: round(median(found[name]), 3) for name in sorted(found)}


def _durations(operation: Operation) -> Iterator[tuple[str, float]]:
    phases = {step.resource.logical_id: step.phase for step in operation.plan}
    forward, rollback = _parted(operation)
    for begun, done in _pairs(forward):
        if phases.get(begun.logical_id) == "preflight":
            # A wait that holds nothing is two calls of its handler: the request, and the first poll.
            yield "handler_seconds", _seconds(begun, done) / 2
        elif phases.get(begun.logical_id) != BACKEND and not begun.type.startswith("Custom::"):
            yield f"update_seconds.{begun.type}", _seconds(begun, done)
    first = next((each for each in rollback[1:] if each.status == "UPDATE_IN_PROGRESS"), None)
    if first:
        yield "rollback_start_seconds", _seconds(rollback[0], first)
    cleanup = next((each for each in operation.events if each.status in _CLEANUPS), None)
    if cleanup:
        yield "cleanup_seconds", _seconds(cleanup, operation.events[-1])


def _parted(operation: Operation) -> tuple[Sequence[StackEvent], Sequence[StackEvent]]:
    events = operation.events
    at = next((at for at, each in enumerate(events) if each.status == "UPDATE_ROLLBACK_IN_PROGRESS"), len(events))
    return events[:at], events[at:]


def _pairs(events: Sequence[StackEvent]) -> Iterator[tuple[StackEvent, StackEvent]]:
    """Each resource's first event with the one that says that it is done; the stack's own are left out."""
    begun: dict[str, StackEvent] = {}
    for each in events:
        if each.type == "AWS::CloudFormation::Stack":
            continue
        if each.status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
            begun.setdefault(each.logical_id, each)
        elif each.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE") and each.logical_id in begun:
            yield begun.pop(each.logical_id), each


def _seconds(earlier: StackEvent, later: StackEvent) -> float:
    return max(0.0, (later.at - earlier.at).total_seconds())
