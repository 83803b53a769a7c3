"""Puts the report of a rehearsal together from its plays.

Names the alarms that nothing but assumed latencies turned red: other numbers may leave them green.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ...template.construct_names import with_constructs
from ...vocabulary import BAKE
from ..aws.alarm_coverage import watching_nothing
from ..cloudwatch.alarms import read_alarms
from ..plan.release_plan import PARTS, Disturbance, ReleasePlan
from ..play import Play, alarms_not_understood
from ..visitors.faults import Fault
from ..visitors.invariants import worst_verdicts
from ..visitors.scenario import Scene
from .limits import Limits
from .report import Report, Way
from .shift_steps import steps_of

_LATENCIES: Final = {"Duration", "Latency", "IntegrationLatency"}
_COUNTS: Final = {"Invocations", "Count"}


def red_by_assumption(plan: ReleasePlan, fault: Fault, play: Play, red: Collection[str]) -> Iterator[str]:
    """Says so in a sentence; none if there is no such alarm.

    Args:
        plan: The release.
        fault: What is wrong with the new code; where that is slower, the latencies are no longer assumed alone.
        play: How it went.
        red: The alarms that were red already.
    """
    if fault.is_any and fault.latency_factor != 1:
        return
    turned = {change.logical_id for change in play.alarms if change.after == "ALARM"} - {*red}
    metrics = {name: {key.name for key in each.metrics} for name, each in read_alarms(plan.new).items()}
    found = [
        name
        for name in sorted(turned & metrics.keys())
        if metrics[name] & _LATENCIES and metrics[name] <= _LATENCIES | _COUNTS
    ]
    if found:
        yield (
            f"By assumed latencies alone {', '.join(found)} turned red: page_milliseconds, api_milliseconds and "
            "latency_spread decide that, and --assume sets them"
        )


def report_of(
    plan: ReleasePlan,
    scene: Scene,
    plays: Sequence[Play],
    *,
    red: Sequence[str],
    notes: Sequence[str],
    names: Mapping[str, str],
    without: Collection[str],
    limits: Limits,
) -> Report:
    """Shows the worst play as a whole, and judges every one.

    Args:
        plan: The release.
        scene: The site and its visitors.
        plays: The release, played in every way that it can end.
        red: The alarms that were red already.
        notes: What was assumed.
        names: For each logical id, the path of its construct.
        without: What the release was played without.
        limits: What must not be exceeded.
    """
    shown = max(range(len(plays)), key=lambda number: _badness(plays[number]))
    worst, outcome = plays[shown], plays[0].outcome
    ways = tuple(
        Way(
            name=each.outcome.way_back,
            figures=each.figures,
            verdicts=tuple(replace(verdict, first=with_constructs(verdict.first, names)) for verdict in each.verdicts),
        )
        for each in plays
    )
    return Report(
        stack=plan.new.name,
        released=outcome.promoted,
        reason=with_constructs(outcome.reason, names),
        seed=scene.seed,
        fault=scene.fault,
        disturbance=plan.disturbance,
        red=tuple(red),
        population=scene.population,
        without=tuple(part for part in PARTS if part in without),
        assumptions=scene.assumptions,
        share=scene.share / 100,
        poll=_poll(plan, scene),
        figures=worst.figures,
        steps=steps_of(scene, worst.timeline, worst.figures),
        verdicts=worst_verdicts([way.verdicts for way in ways]),
        limits=limits,
        exceeded=limits.exceeded_in(
            [(way.name, way.figures) for way in ways], from_outside=bool(red) or plan.disturbance != Disturbance()
        ),
        ways=ways,
        shown=shown,
        timeline=worst.timeline,
        kinds=tuple(tier.kind for tier in scene.site.tiers),
        moves=worst.moves,
        alarms=worst.alarms,
        spans=worst.outcome.spans,
        journal=tuple(event._replace(text=with_constructs(event.text, names)) for event in worst.journal),
        names=names,
        notes=tuple(with_constructs(note, names) for note in _notes(plan, scene, worst, red=red, notes=notes)),
    )


def _notes(
    plan: ReleasePlan, scene: Scene, worst: Play, *, red: Sequence[str], notes: Sequence[str]
) -> tuple[str, ...]:
    return (
        *_nobody(scene),
        *_answered(scene),
        *red_by_assumption(plan, scene.fault, worst, red),
        *watching_nothing(plan),
        *notes,
        *scene.site.notes,
        *_backends_alike(scene),
        *plan.taken,
        *plan.not_understood,
        *alarms_not_understood(plan, scene),
    )


def _badness(play: Play) -> tuple[float, ...]:
    """Orders plays: broken promises are worst, then late containment, then a late way back, then many affected."""
    figures = play.figures
    late = [float("inf") if each is None else each for each in (figures.contain, figures.back)]
    violations = sum(verdict.violations for verdict in play.verdicts)
    seconds = sum(verdict.seconds for verdict in play.verdicts)
    return violations, seconds, *late, figures.met, figures.total


def _poll(plan: ReleasePlan, scene: Scene) -> float | None:
    """From one poll of the bake to the next: its interval, and the handler's own time."""
    intervals = [plan.waits[name] for name in plan.waits if plan.phases[name] == BAKE and name not in plan.left_out]
    return max(intervals) + scene.assumptions.handler_seconds if intervals else None


def _nobody(scene: Scene) -> Iterator[str]:
    if not scene.population.visits_per_minute:
        yield "Nobody visits: nothing was checked on requests, only on the history of the aliases"


def _answered(scene: Scene) -> Iterator[str]:
    for answer, count in scene.crowd.answers.most_common(3):
        yield f"{count:,} visitors reach no partition and are not counted: the edge answers {answer}"


def _backends_alike(scene: Scene) -> Iterator[str]:
    if len(scene.site.backends) > 1 and not scene.assumptions.backend_weights:
        yield "API calls are assumed to go to all backends equally often"
