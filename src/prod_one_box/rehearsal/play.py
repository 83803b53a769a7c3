"""Plays one release once: the control plane, the alarms and the visitors on one clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import simpy

from ..template.cloud_assembly import AssemblyError, StackTemplate
from ..template.routing import Routing
from ..vocabulary import BAKE, ONE_BOX
from .aws.alarm_coverage import noticed_at
from .aws.aliases import AliasBoard, AliasMove
from .aws.control_plane import play_release, states_before
from .aws.outcome import Outcome, Span, exposures
from .aws.world import Event, World
from .cloudwatch.alarms import AlarmBoard, AlarmChange, AlarmDefinition, only_measured, read_alarms
from .cloudwatch.metrics import MetricStore
from .plan.release_plan import ReleasePlan
from .plan.step_settings import held_by
from .visitors.checkpoint import Begun
from .visitors.figures import Figures, figures_of, first_exposure
from .visitors.invariants import Invariant, Verdict, with_history
from .visitors.scenario import Scene
from .visitors.serving import is_measured, is_of_requests
from .visitors.timeline import Timeline
from .visitors.traffic import Traffic


@dataclass(frozen=True, kw_only=True)
class Play:
    """What happened.

    Attributes:
        outcome: What became of the release.
        figures: What it cost, and how long it took.
        verdicts: What became of the invariants.
        timeline: What visitors met.
        moves: Every move of an alias.
        alarms: Every change of an alarm's state.
        journal: What happened, for people.
        store: The metrics.
    """

    outcome: Outcome
    figures: Figures
    verdicts: tuple[Verdict, ...]
    timeline: Timeline
    moves: tuple[AliasMove, ...]
    alarms: tuple[AlarmChange, ...]
    journal: tuple[Event, ...]
    store: MetricStore


def play(plan: ReleasePlan, scene: Scene, red: Sequence[str] = (), *, begun: Begun | None = None) -> Play:
    """Plays a release with its visitors.

    Args:
        plan: The release.
        scene: The site and its visitors.
        red: The alarms that are red already, and stay so.
        begun: What visitors do in the beginning, if that is known already; default: None, which means that it is not.

    Raises:
        AssemblyError: If the assembly lacks what the release needs, or a red alarm does not exist.
    """
    aliases = AliasBoard(states_before(plan))
    traffic = begun.go_on(aliases) if begun else _traffic(plan, scene, aliases)
    world = _world(plan, scene, traffic.store, red, aliases)
    world.catch_up = world.aliases.before_change = traffic.catch_up

    def put_canary(name: str, /, *, released: bool) -> None:
        traffic.canaries.put(name, scene.site.canaries.named(name, released=released), world.now)

    world.settled = put_canary
    outcome = play_release(world, plan)
    if outcome.promoted and scene.fault.is_any:
        _go_on(world, scene)
        stood = exposures(plan, states_before(plan), world.aliases.history, outcome.spans, world.now)
        outcome = replace(outcome, too_early=stood)
    traffic.finish(world.now)
    return Play(
        outcome=outcome,
        figures=_figures(plan, scene, outcome, traffic, world),
        verdicts=_verdicts(plan, scene, outcome, traffic),
        timeline=traffic.timeline,
        moves=tuple(world.aliases.history),
        alarms=tuple(world.alarms.history),
        journal=tuple(world.journal),
        store=traffic.store,
    )


def _go_on(world: World, scene: Scene) -> None:
    """Goes on after a bad release has been let through: what it does to visitors only begins."""
    until = world.now + scene.assumptions.aftermath_seconds
    while world.now < until:
        world.env.run(until=min(until, world.now + scene.assumptions.alarm_look_seconds))
        world.catch_up(world.now)
        world.alarms.evaluate(world.now)


def sketch(
    plan: ReleasePlan, scene: Scene, red: Sequence[str], store: MetricStore
) -> tuple[Outcome, tuple[AliasMove, ...]]:
    """Plays a release without visitors, by the metrics of an earlier play.

    Args:
        plan: The release.
        scene: What is modelled.
        red: The alarms that are red already.
        store: The metrics.

    Returns:
        What became of it, and every move of an alias.
    """
    world = _world(plan, scene, store, red, AliasBoard(states_before(plan)))
    return play_release(world, plan), tuple(world.aliases.history)


def traffic_before(plan: ReleasePlan, scene: Scene, earlier: Play) -> Begun:
    """What visitors and canaries do before an update ends, as it went in an earlier play."""
    time = earlier.outcome.ended_at or 0.0
    aliases = AliasBoard(states_before(plan))
    traffic = _traffic(plan, scene, aliases)
    aliases.before_change = traffic.catch_up
    for span in earlier.outcome.spans:
        if span.done and not span.back:
            traffic.canaries.put(span.name, scene.site.canaries.named(span.name, released=True), span.end)
    for move in earlier.moves:
        if move.time < time:
            aliases.move(move.alias, move.after, move.time, move.why)
    traffic.catch_up(time)
    return Begun(traffic, scene, aliases)


def _traffic(plan: ReleasePlan, scene: Scene, aliases: AliasBoard) -> Traffic:
    read = _read_measured(scene)
    watched = {key for each in (*read(plan.old).values(), *read(plan.new).values()) for key in each.metrics}
    return Traffic(scene, aliases, MetricStore(), watched)


def _read_measured(scene: Scene) -> Callable[[StackTemplate], dict[str, AlarmDefinition]]:
    tiers, canaries = scene.site.tiers, scene.site.canaries
    return lambda stack: only_measured(
        read_alarms(stack), lambda key: is_measured(key, tiers) or canaries.measure(key), is_of_requests
    )


def _world(plan: ReleasePlan, scene: Scene, store: MetricStore, red: Sequence[str], aliases: AliasBoard) -> World:
    read = _read_measured(scene)
    alarms = AlarmBoard(read(plan.old), store, scene.assumptions)
    for name in red:
        if name not in alarms:
            raise AssemblyError(f"{name} cannot be red already: it is no alarm of {plan.old.name} before the release")
        alarms.force(name, "ALARM")
    return World(
        env=simpy.Environment(),
        aliases=aliases,
        alarms=alarms,
        assumptions=scene.assumptions,
        metrics=store,
        read_alarms=read,
    )


def alarms_not_understood(plan: ReleasePlan, scene: Scene) -> tuple[str, ...]:
    """Names the alarms of a release that stay without a state, with the reason."""
    return tuple(
        f"{name}: this alarm keeps its state, because it is not understood: {each.not_understood}"
        for name, each in _read_measured(scene)(plan.new).items()
        if each.not_understood
    )


def _figures(plan: ReleasePlan, scene: Scene, outcome: Outcome, traffic: Traffic, world: World) -> Figures:
    moves, alarms = world.aliases.history, world.alarms.history
    bad = scene.bad_versions() if scene.fault.is_any else {}
    exposed_at = first_exposure(moves, bad)
    red_since = [each.time for each in alarms if each.after == "ALARM" and each.time >= (exposed_at or 0.0)]
    return figures_of(
        traffic.timeline.impact,
        moves=moves,
        bad=bad,
        noticed_at=noticed_at(plan, outcome.spans, alarms, exposed_at),
        red_at=min(red_since, default=None),
        ended_at=outcome.ended_at,
        total=outcome.finished_at,
        held=_held(plan, outcome, moves),
        restored=outcome.back_at is not None,
        baked=_baked(plan, scene, outcome, traffic.timeline),
    )


def _baked(plan: ReleasePlan, scene: Scene, outcome: Outcome, timeline: Timeline) -> int | None:
    """How many requests the one-box's new version answered while it was under bake; None if it was not."""
    one_box = scene.site.front_ends.get(ONE_BOX)
    spans = [span for span in outcome.spans if span.phase == BAKE and span.name in plan.changed and not span.back]
    if one_box is None or one_box.alias not in timeline.tiers or not spans:
        return None
    tier = timeline.tiers.index(one_box.alias)
    return sum(each.new[tier] for each in timeline.slices for span in spans if span.begin <= each.start < span.end)


def _held(plan: ReleasePlan, outcome: Outcome, moves: Sequence[AliasMove]) -> float:
    """How long the shifts, first step to last, and the bake took on the way out; overlaps count once."""
    begun = sorted(filter(None, (_stretch(plan, span, moves) for span in outcome.spans if not span.back)))
    held, until = 0.0, 0.0
    for begin, end in begun:
        held += max(0.0, end - max(begin, until))
        until = max(until, end)
    return held


def _stretch(plan: ReleasePlan, span: Span, moves: Sequence[AliasMove]) -> tuple[float, float] | None:
    alias = plan.aliases.get(span.name)
    if alias and alias.shift:
        steps = [move.time for move in moves if move.alias == span.name and span.begin <= move.time <= span.end]
        return (min(steps), max(steps)) if steps else None
    if span.name in plan.waits and span.phase == BAKE:
        seconds = held_by(plan.new.resources[span.name], plan.new.resources).seconds
        longest = span.end if seconds is None else seconds
        return (span.begin, min(span.end, span.begin + longest))
    return None


def _verdicts(plan: ReleasePlan, scene: Scene, outcome: Outcome, traffic: Traffic) -> tuple[Verdict, ...]:
    ledger = traffic.ledger
    bakes = [name for name in plan.waits if plan.phases[name] == BAKE and name in plan.changed]
    over = [span.end for span in outcome.spans if span.name in bakes and span.done and not span.back]
    over = [] if "bake" in plan.without else over  # what is left out is never over
    if bakes:
        ledger.checks[Invariant.REGULAR_WAITS] = len(traffic.regular_new)
        baked_at = max(over) if len(over) == len(bakes) else float("inf")
        for time in traffic.regular_new:
            if time < baked_at:
                ledger.violate(Invariant.REGULAR_WAITS, time, "a visitor")
    if not outcome.promoted:
        ledger.checks[Invariant.RESTORED] = len(plan.aliases)
        for name in outcome.not_back:
            ledger.violate(Invariant.RESTORED, outcome.finished_at, name)
    verdicts = with_history(ledger.verdicts(), outcome.too_early)
    unknown = {Invariant.CACHED_APART: scene.site.caching.unknown}
    if plan.unordered:
        unknown[Invariant.NEW_ON_NEW] = f"nothing orders {', '.join(plan.unordered)} before {plan.new.name}"
    proved = {Invariant.BY_ALIAS: scene.site.calls, Invariant.BY_EDGE: scene.site.edge_routing}
    return tuple(
        _proved(each, proved[each.invariant])
        if each.invariant in proved
        else replace(each, unknown=unknown.get(each.invariant, ""))
        for each in verdicts
    )


def _proved(verdict: Verdict, routing: Routing) -> Verdict:
    """Judges what the templates prove, whoever visits."""
    return replace(verdict, checks=routing.checked, violations=len(routing.past), first=next(iter(routing.past), ""))
