"""A stack's events, operation by operation, and how long CloudFormation took in them."""

from collections.abc import Sequence
from statistics import median

from emulator.stack_events import StackEvent

_STACK = "AWS::CloudFormation::Stack"
_BEGINS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS")
_ENDS = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_WAITED_FOR = ("Custom::", "AWS::CloudFormation::")
"""Types whose duration is that of somebody's code: a bake is not how long CloudFormation takes."""


def split(events: Sequence[StackEvent]) -> list[list[StackEvent]]:
    """The events of each creation, update and deletion, from the oldest on."""
    operations: list[list[StackEvent]] = []
    for event in events:
        if event.type == _STACK and event.status in _BEGINS:
            operations.append([])
        if operations:
            operations[-1].append(event)
    return operations


def rollback_of(operation: Sequence[StackEvent]) -> list[StackEvent]:
    """The events of an update from the one with which its rollback begins; none if it was not rolled back."""
    begun = [event.type == _STACK and event.status == "UPDATE_ROLLBACK_IN_PROGRESS" for event in operation]
    return list(operation[begun.index(True) :]) if True in begun else []


def measured(events: Sequence[StackEvent]) -> dict[str, float]:
    """Medians of a stack's updates, under the names that `prod-one-box rehearse --assume` knows.

    A creation is left out: a distribution, say, takes longer to be made than to be changed.
    """
    found: dict[str, list[float]] = {}
    for operation in split(events):
        if operation[0].status != "UPDATE_IN_PROGRESS":
            continue
        back = rollback_of(operation)
        for name, seconds in [
            *_updates(operation[: len(operation) - len(back)]),
            *_between(operation, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE", "cleanup_seconds"),
            *_rollback_start(back),
        ]:
            found.setdefault(name, []).append(seconds)
    return {name: round(median(seconds), 1) for name, seconds in sorted(found.items())}


def _updates(operation: Sequence[StackEvent]) -> list[tuple[str, float]]:
    began: dict[str, StackEvent] = {}
    found = []
    for event in operation:
        if event.type.startswith(_WAITED_FOR):
            continue
        if event.status in _BEGINS:
            began.setdefault(event.logical_id, event)
        elif event.status in _ENDS and event.logical_id in began:
            seconds = (event.at - began.pop(event.logical_id).at).total_seconds()
            found.append((f"update_seconds.{event.type}", seconds))
    return found


def _between(operation: Sequence[StackEvent], begin: str, end: str, name: str) -> list[tuple[str, float]]:
    own = {event.status: event.at for event in operation if event.type == _STACK}
    return [(name, (own[end] - own[begin]).total_seconds())] if {begin, end} <= own.keys() else []


def _rollback_start(back: Sequence[StackEvent]) -> list[tuple[str, float]]:
    first = next((event for event in back if event.type != _STACK and event.status == "UPDATE_IN_PROGRESS"), None)
    return [("rollback_start_seconds", (first.at - back[0].at).total_seconds())] if first else []
