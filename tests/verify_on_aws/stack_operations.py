"""A stack's events, operation by operation, and how long CloudFormation took in its updates."""

from collections.abc import Sequence

from emulator.measured import measured_durations
from emulator.stack_events import StackEvent

_STARTS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS")


def split(events: Sequence[StackEvent]) -> list[list[StackEvent]]:
    """Return the events of each creation, update and deletion, from the oldest on."""
    operations: list[list[StackEvent]] = []
    for event in events:
        if event.type == "AWS::CloudFormation::Stack" and event.status in _STARTS:
            operations.append([])
        if operations:
            operations[-1].append(event)
    return operations


def measured(events: Sequence[StackEvent]) -> dict[str, float]:
    """Return medians of a stack's updates, under the names that `prod-one-box rehearse --assume` knows.

    A creation is left out: a distribution, say, takes longer to create than to change.
    """
    return measured_durations((each, {}) for each in split(events) if each[0].status == "UPDATE_IN_PROGRESS")
