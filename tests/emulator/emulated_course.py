"""The course of a release that was deployed."""

from emulator.course import AFTER, BEFORE, UNKNOWN, Course, events_in_words
from emulator.outcome import Outcome, step_name


def course_of(outcome: Outcome) -> Course:
    """Tell what happened by the stack's events and the samples of the aliases."""
    phases = {step.resource.logical_id: step_name(step) for step in outcome.plan} | {outcome.stack_name: ""}
    changes = [(phases[each.logical_id], each.status) for each in outcome.events if each.logical_id in phases]
    versions = {name: tuple(outcome.aliases.path(name)) for name in outcome.aliases.names}
    came_back = [name for name, path in versions.items() if path[-1] == "old" and len(path) > 1]
    return Course(
        events=events_in_words(changes), versions=versions, back={name: _back(outcome, name) for name in came_back}
    )


def _back(outcome: Outcome, name: str) -> str:
    """When an alias came back: by the wait's reason, which was written before the rollback, or by the samples."""
    reasons = (outcome.reason_of(step_name(step)) for step in outcome.plan)
    if any(f"{outcome.aliases.called(name)} is back on version" in reason for reason in reasons):
        return BEFORE
    switch = outcome.aliases.changes(name)[-1]
    if switch.at <= outcome.rollback_began():
        return BEFORE
    return AFTER if switch.not_before >= outcome.rollback_began() else UNKNOWN
