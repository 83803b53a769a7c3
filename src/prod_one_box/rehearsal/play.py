"""Plays one release once: AWS, the alarms and the visitors on one clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf

import simpy

from ..template.cloud_assembly import AssemblyError, StackTemplate
from ..template.routing import Routing
from ..vocabulary import BAKE, WATCH
from .aws.alarm_coverage import noticed_at
from .aws.aliases import AliasBoard, AliasMove
from .aws.cloudformation import play_release, states_before
from .aws.outcome import Outcome, Span, end_of_bakes, exposures, seconds_in
from .aws.world import Event, Observer, World
from .cloudwatch.alarm_definition import AlarmDefinition, only_measured, read_alarms
from .cloudwatch.alarm_states import AlarmBoard, AlarmChange, KnownValues
from .cloudwatch.metrics import MetricStore
from .plan.release_plan import ReleasePlan
from .plan.step_settings import step_settings
from .visitors.checkpoint import Checkpoint
from .visitors.exposure import WaveExposure, wave_exposures
from .visitors.figures import Figures, figures_of, first_exposure
from .visitors.invariants import Invariant, Verdict, with_history
from .visitors.scenario import Scenario
from .visitors.serving import is_measured, is_of_requests
from .visitors.timeline import Timeline
from .visitors.traffic import Traffic


@dataclass(frozen=True, kw_only=True)
class Play:
    """What happened when a release was played.

    Attributes:
        outcome: What became of the release.
        figures: What it cost, and how long it took.
        exposure: The turn of each partition.
        verdicts: What became of the invariants.
        timeline: What visitors met.
        moves: Every move of an alias.
        alarms: Every change of an alarm's state.
        journal: What happened, for people.
        store: The metrics.
    """

    outcome: Outcome
    figures: Figures
    exposure: tuple[WaveExposure, ...]
    verdicts: tuple[Verdict, ...]
    timeline: Timeline
    moves: tuple[AliasMove, ...]
    alarms: tuple[AlarmChange, ...]
    journal: tuple[Event, ...]
    store: MetricStore


class _Visitors(Observer):
    """The visitors and canaries of a scenario, which observe a release."""

    def __init__(self, traffic: Traffic, scenario: Scenario) -> None:
        self._traffic = traffic
        self._canaries = scenario.site.canaries

    def catch_up(self, time: float) -> None:
        self._traffic.catch_up(time)

    def resource_changed(self, name: str, time: float, *, released: bool) -> None:
        self._traffic.canaries.put(name, self._canaries.named(name, released=released), time)


def play(
    plan: ReleasePlan,
    scenario: Scenario,
    *,
    checkpoint: Checkpoint | None = None,
    known: KnownValues | None = None,
    known_until: float = -inf,
) -> Play:
    """Play a release with its visitors, from a checkpoint of their traffic if there is one.

    `known` has the data points of the alarms until a time.

    Raises:
        AssemblyError: If the assembly lacks what the release needs, or a red alarm does not exist.
    """
    aliases = AliasBoard(states_before(plan))
    traffic = checkpoint.resume(aliases) if checkpoint else _traffic(plan, scenario, aliases)
    alarms = _alarms(plan, scenario, traffic.store, known, known_until)
    world = _world(scenario, alarms, aliases, _Visitors(traffic, scenario), traffic.store)
    outcome = play_release(world, plan)
    if outcome.promoted and scenario.fault.is_any:
        _play_aftermath(world, scenario)
        exposed = exposures(plan, states_before(plan), world.aliases.history, outcome.spans, world.now)
        outcome = replace(outcome, too_early=exposed)
    traffic.finish(world.now)
    return Play(
        outcome=outcome,
        figures=_figures(plan, scenario, outcome, traffic, world),
        exposure=wave_exposures(
            plan,
            scenario,
            moves=world.aliases.history,
            spans=outcome.spans,
            timeline=traffic.timeline,
            met=traffic.met_in,
        ),
        verdicts=_verdicts(plan, scenario, outcome, traffic),
        timeline=traffic.timeline,
        moves=tuple(world.aliases.history),
        alarms=tuple(world.alarms.history),
        journal=tuple(world.journal),
        store=traffic.store,
    )


def play_without_visitors(
    plan: ReleasePlan, scenario: Scenario, store: MetricStore, known: KnownValues
) -> tuple[Outcome, tuple[AliasMove, ...]]:
    """Play a release with the metrics of an earlier play; return what became of it, and the moves of its aliases.

    `known` has the data points of the alarms by these metrics.
    """
    alarms = _alarms(plan, scenario, store, known, inf)
    world = _world(scenario, alarms, AliasBoard(states_before(plan)), Observer(), store)
    return play_release(world, plan), tuple(world.aliases.history)


def traffic_before(plan: ReleasePlan, scenario: Scenario, earlier: Play) -> Checkpoint:
    """Return the traffic of visitors and canaries until the update of an earlier play ended."""
    time = earlier.outcome.ended_at or 0.0
    aliases = AliasBoard(states_before(plan))
    traffic = _traffic(plan, scenario, aliases)
    observer = _Visitors(traffic, scenario)
    for span in earlier.outcome.spans:
        if span.done and not span.back:
            observer.resource_changed(span.name, span.end, released=True)
    for move in earlier.moves:
        if move.time < time:
            observer.catch_up(move.time)
            aliases.move(move.alias, move.after, move.time, move.why)
    observer.catch_up(time)
    return Checkpoint(traffic, scenario, aliases)


def alarms_not_understood(plan: ReleasePlan, scenario: Scenario) -> tuple[str, ...]:
    """Name the alarms of a release that keep their state because they are not understood, with the reason."""
    return tuple(
        f"{name}: this alarm keeps its state, because it is not understood: {each.not_understood}"
        for name, each in _read_alarms(scenario, plan.new).items()
        if each.not_understood
    )


def _play_aftermath(world: World, scenario: Scenario) -> None:
    """Play on after a bad release was promoted, for the harm that it then does."""
    until = world.now + scenario.assumptions.aftermath_seconds
    while world.now < until:
        world.env.run(until=min(until, world.now + scenario.assumptions.alarm_look_seconds))
        world.observer.catch_up(world.now)
        world.alarms.evaluate(world.now)


def _traffic(plan: ReleasePlan, scenario: Scenario, aliases: AliasBoard) -> Traffic:
    alarms = [alarm for stack in (plan.old, plan.new) for alarm in _read_alarms(scenario, stack).values()]
    watched = {key for alarm in alarms for key in alarm.metrics}
    return Traffic(scenario, aliases, MetricStore(scenario.phase), watched, with_history=plan.compares)


def _read_alarms(scenario: Scenario, stack: StackTemplate) -> dict[str, AlarmDefinition]:
    tiers, canaries = scenario.site.tiers, scenario.site.canaries
    return only_measured(
        read_alarms(stack), lambda key: is_measured(key, tiers) or canaries.measure(key), is_of_requests
    )


def _alarms(
    plan: ReleasePlan, scenario: Scenario, store: MetricStore, known: KnownValues | None, known_until: float
) -> AlarmBoard:
    deployed = _read_alarms(scenario, plan.old)
    alarms = AlarmBoard(deployed, store, scenario.assumptions, known=known, known_until=known_until)
    for name in scenario.red:
        if name not in alarms:
            raise AssemblyError(f"{name} cannot be red already: {plan.old.name} has no such alarm before the release")
        alarms.force(name, "ALARM")
    return alarms


def _world(
    scenario: Scenario, alarms: AlarmBoard, aliases: AliasBoard, observer: Observer, store: MetricStore
) -> World:
    return World(
        env=simpy.Environment(),
        aliases=aliases,
        alarms=alarms,
        assumptions=scenario.assumptions,
        metrics=store,
        observer=observer,
        read_alarms=partial(_read_alarms, scenario),
        calls=scenario.calls,
    )


def _figures(plan: ReleasePlan, scenario: Scenario, outcome: Outcome, traffic: Traffic, world: World) -> Figures:
    moves, alarms = world.aliases.history, world.alarms.history
    bad = scenario.bad_versions() if scenario.fault.is_any else {}
    exposed_at = first_exposure(moves, bad)
    held = (_held(plan, span, moves) for span in outcome.spans if not span.back)
    red_since = [each.time for each in alarms if each.after == "ALARM" and each.time >= (exposed_at or 0.0)]
    return figures_of(
        traffic.timeline.impact,
        moves=moves,
        bad=bad,
        noticed_at=noticed_at(plan, outcome.spans, alarms, exposed_at),
        worse_at=outcome.worse_at,
        red_at=min(red_since, default=None),
        ended_at=outcome.ended_at,
        total=outcome.finished_at,
        held=seconds_in(filter(None, held)),
        restored=outcome.back_at is not None,
    )


def _held(plan: ReleasePlan, span: Span, moves: Sequence[AliasMove]) -> tuple[float, float] | None:
    """Return when a shift, from its first step to its last, a bake or the watch held the update; else None."""
    alias = plan.aliases.get(span.name)
    if alias and alias.shift:
        steps = [move.time for move in moves if move.alias == span.name and span.begin <= move.time <= span.end]
        return (min(steps), max(steps)) if steps else None
    if span.name in plan.waits and span.phase in (BAKE, WATCH):
        seconds = step_settings(plan.new.resources[span.name], plan.new.resources).seconds
        return (span.begin, span.end if seconds is None else min(span.end, span.begin + seconds))
    return None


def _verdicts(plan: ReleasePlan, scenario: Scenario, outcome: Outcome, traffic: Traffic) -> tuple[Verdict, ...]:
    ledger, site = traffic.ledger, scenario.site
    for partition, times in traffic.new_at.items():
        baked_at = end_of_bakes(plan, outcome.spans, partition)
        if baked_at is not None:
            ledger.checks[Invariant.BAKED_FIRST] += len(times)
            for time in times:
                if time < baked_at:
                    ledger.violate(Invariant.BAKED_FIRST, time, f"a visitor of {partition}")
    if not outcome.promoted:
        ledger.checks[Invariant.RESTORED] = len(plan.aliases)
        for name in outcome.not_back:
            ledger.violate(Invariant.RESTORED, outcome.finished_at, name)
    unknown = {Invariant.CACHED_APART: site.caching.unknown}
    if plan.unordered:
        unknown[Invariant.NEW_ON_NEW] = f"nothing orders {', '.join(plan.unordered)} before {plan.new.name}"
    proved = {Invariant.BY_ALIAS: site.calls, Invariant.BY_EDGE: site.edge_routing}
    return tuple(
        _proved(each, proved[each.invariant])
        if each.invariant in proved
        else replace(each, unknown=unknown.get(each.invariant, ""))
        for each in with_history(ledger.verdicts(), outcome.too_early)
    )


def _proved(verdict: Verdict, routing: Routing) -> Verdict:
    """Judge by the templates alone, which prove it whatever visitors do."""
    return replace(verdict, checks=routing.checked, violations=len(routing.past), first=next(iter(routing.past), ""))
