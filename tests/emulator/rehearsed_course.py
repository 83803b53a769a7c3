"""The course of a release in the rehearsal, from the assembly that was deployed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from emulator.course import AFTER, BEFORE, ROLLS_BACK, Course, events_in_words, name_of
from emulator.scenario import BLINKS, CANCELLED, INTO_THE_WAIT_SECONDS, RED, Scenario
from prod_one_box.rehearsal.aws.aliases import AliasState
from prod_one_box.rehearsal.aws.cloudformation import play_release
from prod_one_box.rehearsal.aws.outcome import Span
from prod_one_box.rehearsal.aws.world import World
from prod_one_box.rehearsal.plan.phases import wave_of
from prod_one_box.rehearsal.plan.release_plan import Disturbance, ReleasePlan, WayBack, read_release, ways_back
from prod_one_box.template.cloud_assembly import read_assembly
from prod_one_box.vocabulary import BAKE, SPLIT
from rehearsal.shop_release import world as quiet_world

_LATE = "Late"
_A_MOMENT = 0.5
_INTO_THE_WAIT = INTO_THE_WAIT_SECONDS + 0.5
"""Between two polls, which come at whole seconds in the rehearsal."""


def read_plan(assembly: Path, *, deployed: Path) -> ReleasePlan:
    """Read what the release of an assembly with one stack changes.

    Args:
        assembly: The cloud assembly of the release.
        deployed: The cloud assembly that is deployed before.
    """
    (new,), (old,) = read_assembly(assembly), read_assembly(deployed)
    return read_release(new, old)


def rehearse(scenario: Scenario, plan: ReleasePlan, *, returns: Sequence[str]) -> Course:
    """Play a scenario in the rehearsal, without visitors.

    Args:
        scenario: What happens.
        plan: The release.
        returns: The order in which a rollback visits the phases: one of those that the rehearsal plays.
    """
    undisturbed = play_release(quiet_world(plan), plan).spans
    plan = replace(plan, disturbance=_disturbance(scenario, plan, undisturbed))
    if returns:
        plan = replace(plan, way_back=_way_back(plan, tuple(returns)))
    there = _world(scenario, plan, at=_began(scenario, plan, undisturbed) + _INTO_THE_WAIT)
    play_release(there, plan)
    return _course(there, plan)


def _names(plan: ReleasePlan) -> dict[str, str]:
    """The names of the steps by logical id, without the gate before the edge."""
    phases = {name: phase for name, phase in plan.phases.items() if phase and phase != SPLIT}
    return {name: name_of(phase, wave_of(plan.new.resources[name])) for name, phase in phases.items()}


def _began(scenario: Scenario, plan: ReleasePlan, spans: Sequence[Span]) -> float:
    """When the wait began in which something happens; the first bake if nothing does."""
    names = _names(plan)
    return next(span.begin for span in spans if names.get(span.name) == scenario.during)


def _disturbance(scenario: Scenario, plan: ReleasePlan, spans: Sequence[Span]) -> Disturbance:
    if scenario.happens == CANCELLED:
        return Disturbance(cancel_at=_began(scenario, plan, spans) + _INTO_THE_WAIT)
    if scenario.release.fails_late:
        late = next(span for span in spans if span.name == _LATE)
        return Disturbance(sibling_fails_at=(late.begin + late.end) / 2)
    return Disturbance()


def _way_back(plan: ReleasePlan, order: tuple[str, ...]) -> WayBack:
    """The way of that order among those that are played; what the rollback does not visit comes last.

    The rehearsal visits all bakes together, when the first one's turn has come.
    """
    order = tuple(dict.fromkeys(BAKE if each.startswith(BAKE) else each for each in order))
    return next(way for way in ways_back(plan) if way.order[: len(order)] == order)


def _world(scenario: Scenario, plan: ReleasePlan, *, at: float) -> World:
    alarm = next(name for name in plan.old.resources if "OneBoxHttpApiErrorRate" in name)
    if scenario.red_before:
        return quiet_world(plan, {alarm: 0.0})
    there = quiet_world(plan, {alarm: at} if scenario.happens in (RED, BLINKS) else None)

    def turn_quiet():
        yield there.env.timeout(at + _A_MOMENT)
        there.alarms.force(alarm, "OK", there.now)

    if scenario.happens == BLINKS:
        there.env.process(turn_quiet())
    return there


def _course(there: World, plan: ReleasePlan) -> Course:
    noted = [each for each in there.journal if each.kind in ("update", "resource")]
    named = [(*each.text.rpartition(" ")[::2], each.time) for each in noted if each.text.rpartition(" ")[2].isupper()]
    phases = _names(plan)
    known = phases | {"": ""}
    changes = [(known[name], status) for name, status, _ in named if name in known]
    began = [time for name, status, time in named if (name, status) == ("", ROLLS_BACK)]
    versions: dict[str, tuple[str, ...]] = {}
    back: dict[str, str] = {}
    for name in plan.aliases.keys() & phases:
        moves = [move for move in there.aliases.history if move.alias == name]
        old = AliasState(plan.aliases[name].old or "")
        words = ["old" if move.after == old else "new" for move in moves]
        versions[phases[name]] = ("old", *words)
        if words[-1:] == ["old"]:
            back[phases[name]] = BEFORE if moves[-1].time <= began[0] else AFTER
    return Course(events=events_in_words(changes), versions=versions, back=back)
