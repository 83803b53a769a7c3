"""Builds the report of a rehearsal from its plays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Final

from ...template.construct_names import with_constructs
from ...vocabulary import BAKE, ONE_BOX, WATCH
from ..aws.alarm_coverage import watching_nothing
from ..aws.outcome import Answer
from ..cloudwatch.alarm_definition import read_alarms
from ..plan.planned_waves import notes_on_shared_functions
from ..plan.release_plan import PARTS, Disturbance, ReleasePlan
from ..play import Play, alarms_not_understood
from ..visitors.invariants import worst_verdicts
from ..visitors.scenario import Scenario
from .limits import Limits
from .report import Report, Way
from .shift_steps import steps_of

_LATENCIES: Final = {"Duration", "Latency", "IntegrationLatency"}
_COUNTS: Final = {"Invocations", "Count"}


def report_of(
    plan: ReleasePlan, scenario: Scenario, plays: Sequence[Play], *, names: Mapping[str, str], limits: Limits
) -> Report:
    """Report the worst play in full, and judge every play: one for each way in which the release can end."""
    shown = max(range(len(plays)), key=lambda number: _badness(plays[number]))
    worst, outcome = plays[shown], plays[0].outcome
    ways = tuple(_way(each, names) for each in plays)
    from_outside = bool(scenario.red) or plan.disturbance != Disturbance()
    return Report(
        stack=plan.new.name,
        released=outcome.promoted,
        reason=with_constructs(outcome.reason, names),
        seed=scenario.seed,
        fault=scenario.fault,
        disturbance=plan.disturbance,
        red=scenario.red,
        population=scenario.population,
        without=tuple(part for part in PARTS if part in plan.without),
        assumptions=scenario.assumptions,
        shares={name: share / 100 for name, share in scenario.shares.items()},
        poll=_poll_interval(plan, scenario),
        figures=worst.figures,
        exposure=worst.exposure,
        steps=steps_of(scenario, worst.timeline, worst.figures),
        verdicts=worst_verdicts([way.verdicts for way in ways]),
        limits=limits,
        exceeded=limits.exceeded_in([(way.name, way.figures) for way in ways], from_outside=from_outside),
        ways=ways,
        shown=shown,
        timeline=worst.timeline,
        kinds=tuple(tier.kind for tier in scenario.site.tiers),
        moves=worst.moves,
        alarms=worst.alarms,
        answers=tuple(_answers(worst, names)),
        spans=worst.outcome.spans,
        journal=tuple(event._replace(text=with_constructs(event.text, names)) for event in worst.journal),
        names=names,
        notes=tuple(with_constructs(note, names) for note in _notes(plan, scenario, worst)),
    )


def _answers(play: Play, names: Mapping[str, str]) -> Iterator[Answer]:
    """Return what the bakes and the watch answered until the update ended."""
    end = play.outcome.finished_at if play.outcome.ended_at is None else play.outcome.ended_at
    for each in play.outcome.answers:
        if each.phase in (BAKE, WATCH) and each.time <= end:
            yield each._replace(text=with_constructs(each.text, names))


def _way(play: Play, names: Mapping[str, str]) -> Way:
    verdicts = tuple(replace(each, first=with_constructs(each.first, names)) for each in play.verdicts)
    return Way(name=play.outcome.way_back, figures=play.figures, verdicts=verdicts)


def _notes(plan: ReleasePlan, scenario: Scenario, worst: Play) -> Iterator[str]:
    yield from _visitor_notes(scenario)
    yield from _red_by_assumption(plan, scenario, worst)
    yield from watching_nothing(plan)
    yield from _without_edge(scenario)
    yield from notes_on_shared_functions(plan.new)
    yield from scenario.site.notes
    if len(scenario.site.backends) > 1 and not scenario.assumptions.backend_weights:
        yield "API calls are assumed to go to all backends equally often"
    yield from (*plan.assumed, *plan.not_understood, *alarms_not_understood(plan, scenario))


def _badness(play: Play) -> tuple[float, ...]:
    """Order plays by broken invariants, late containment, a late way back, and affected visitors."""
    figures = play.figures
    late = [inf if each is None else each for each in (figures.contain, figures.back)]
    violations = sum(verdict.violations for verdict in play.verdicts)
    seconds = sum(verdict.seconds for verdict in play.verdicts)
    return violations, seconds, *late, figures.met, figures.total


def _poll_interval(plan: ReleasePlan, scenario: Scenario) -> float | None:
    """Return the longest time between two polls of a bake or the watch, which includes the handler's own time."""
    holding = [name for name in plan.waits if plan.phases[name] in (BAKE, WATCH) and name not in plan.left_out]
    intervals = [plan.waits[name] for name in holding]
    return max(intervals) + scenario.assumptions.handler_seconds if intervals else None


def _visitor_notes(scenario: Scenario) -> Iterator[str]:
    if not scenario.population.visits_per_minute:
        yield "No visitors: invariants were checked against the aliases' history alone, not against requests"
    for answer, count in scenario.crowd.answers.most_common(3):
        yield f"{count:,} visitors reach no partition and are not counted: the edge answers {answer}"


def _red_by_assumption(plan: ReleasePlan, scenario: Scenario, play: Play) -> Iterator[str]:
    """Report the alarms that assumed latencies alone turned red, unless the fault slows the new code down."""
    if scenario.fault.is_any and scenario.fault.latency_factor != 1:
        return
    turned = {change.logical_id for change in play.alarms if change.after == "ALARM"} - {*scenario.red}
    metrics = {name: {key.name for key in each.metrics} for name, each in read_alarms(plan.new).items()}
    alarms = [
        name
        for name in sorted(turned & metrics.keys())
        if metrics[name] & _LATENCIES and metrics[name] <= _LATENCIES | _COUNTS
    ]
    if alarms:
        yield (
            f"Assumed latencies alone turned {', '.join(alarms)} red: page_milliseconds, api_milliseconds and "
            "latency_spread decide that, and --assume sets them"
        )


def _without_edge(scenario: Scenario) -> Iterator[str]:
    """Say what is assumed where no edge code chooses the partition."""
    site = scenario.site
    if site.front_ends and not site.functions:
        why = "No edge code is run" if site.has_edge else "No distribution's partitions lead to this release"
        waves = [f"{share:g} % of visitors" for share in scenario.shares.values()][:-1]
        names = ["the one-box" if name == ONE_BOX else name for name in scenario.shares]
        drawn = " and ".join(f"{share} are assumed to be in {name}" for share, name in zip(waves, names, strict=False))
        yield f"{why}: {drawn}, and to stay"
