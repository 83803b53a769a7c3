"""The rehearsal's course of a release against the emulator's, and the disagreements that are explained."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from emulator.course import CLEANS_UP, COMPLETE, ROLLS_BACK, UNKNOWN, Course
from emulator.scenario import CANCELLED, Scenario

Events = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A disagreement that is understood, in which the rehearsal is right.

    Attributes:
        name: What the table calls it.
        why: What the emulator does, what AWS does, and where that is documented.
        corrected: Called with the scenario, the rehearsal's events and the emulator's: the latter as they would be on
            AWS.
    """

    name: str
    why: str
    corrected: Callable[[Scenario, Events, Events], Events]


def _with_cleanup(_scenario: Scenario, _rehearsed: Events, events: Events) -> Events:
    return (*events[:-1], CLEANS_UP, COMPLETE) if events[-1] == COMPLETE and CLEANS_UP not in events else events


def _cancel_first(scenario: Scenario, _rehearsed: Events, events: Events) -> Events:
    failed, rolls_back = f"{scenario.during} fails", ROLLS_BACK
    at = events.index(failed) if failed in events else len(events)
    if scenario.happens == CANCELLED and events[at : at + 2] == (failed, rolls_back):
        return (*events[:at], rolls_back, failed, *events[at + 2 :])
    return events


def _only_changed(scenario: Scenario, rehearsed: Events, events: Events) -> Events:
    if scenario.releases:
        return events
    changed = {each.partition(" ")[0] for each in rehearsed}
    return tuple(each for each in events if each.partition(" ")[0] in changed)


def _bakes_together(scenario: Scenario, rehearsed: Events, events: Events) -> Events:
    if len(scenario.release.shares) == 1 or ROLLS_BACK not in rehearsed or ROLLS_BACK not in events:
        return events
    at = events.index(ROLLS_BACK)
    back, other = events[at:], rehearsed[rehearsed.index(ROLLS_BACK) :]
    return (*events[:at], *other) if sorted(back) == sorted(other) else events


EXPLAINED = (
    Explained(
        name="no cleanup",
        why=f"After an update the emulator deletes the old versions and says nothing of it. On AWS the stack is in "
        f'`{CLEANS_UP}` meanwhile (CloudFormation user guide, "Stack status codes"), as it is in the rehearsal.',
        corrected=_with_cleanup,
    ),
    Explained(
        name="cancel",
        why="The shim ends a cancelled update by failing the bake, and the stack rolls back because of that. On AWS "
        f"the stack is in `{ROLLS_BACK}` first, and the bake is then shown as failed with the reason `Resource update "
        "cancelled`, as in the rehearsal. AWS's documentation does not show these events; logs of such updates do.",
        corrected=_cancel_first,
    ),
    Explained(
        name="unchanged",
        why="The emulator reports an update of every resource. CloudFormation reports those that were changed "
        '(CloudFormation user guide, "Monitor the progress of a stack update"), as the rehearsal does.',
        corrected=_only_changed,
    ),
    Explained(
        name="order of the bakes",
        why="The emulator goes back in the order of the update. AWS documents no order; of the many with several "
        "waves, the rehearsal plays those in which all bakes go back together.",
        corrected=_bakes_together,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A scenario that both have played.

    Attributes:
        scenario: The scenario.
        rehearsed: Its course in the rehearsal.
        emulated: Its course on the emulator.
        explained: The disagreements that are understood.
        unexplained: Those that are not, in words.
    """

    scenario: Scenario
    rehearsed: Course
    emulated: Course
    explained: tuple[Explained, ...]
    unexplained: tuple[str, ...]


def check(scenario: Scenario, rehearsed: Course, emulated: Course) -> Checked:
    """Compare the two courses of a scenario."""
    explained: list[Explained] = []
    events = emulated.events
    for each in EXPLAINED:
        corrected = each.corrected(scenario, rehearsed.events, events)
        if corrected != events:
            explained.append(each)
            events = corrected
    found = tuple(_differences(rehearsed, replace(emulated, events=events)))
    return Checked(
        scenario=scenario, rehearsed=rehearsed, emulated=emulated, explained=tuple(explained), unexplained=found
    )


def _differences(rehearsed: Course, emulated: Course) -> Iterator[str]:
    if rehearsed.events != emulated.events:
        yield f"events: {', '.join(rehearsed.events)} in the rehearsal; {', '.join(emulated.events)} on the emulator"
    if rehearsed.versions != emulated.versions:
        yield f"versions: {rehearsed.versions} in the rehearsal; {emulated.versions} on the emulator"
    for name in sorted(rehearsed.back.keys() | emulated.back.keys()):
        one, other = rehearsed.back.get(name), emulated.back.get(name)
        if one != other and (one is None or other != UNKNOWN):
            yield f"{name} is back {one} in the rehearsal; {other} on the emulator"
