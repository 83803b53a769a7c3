"""Rehearses the update of one stack, and reports it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..template.cloud_assembly import AssemblyError, StackTemplate
from ..template.construct_names import names_in_release
from ..vocabulary import BACKEND, ONE_BOX, REGULAR, in_release_order
from .arguments import Arguments
from .assumptions import Assumptions
from .aws.alarm_coverage import watched_by
from .aws.provider import NOT_THROTTLED, THROTTLED
from .cloudwatch.alarm_definition import read_alarms
from .every_play import every_play
from .notation import duration
from .plan.release_plan import Disturbance, ReleasePlan
from .play import Play, play
from .report.report import Report
from .report.report_of import report_of
from .visitors.faults import Fault
from .visitors.population import Crowd
from .visitors.release_site import FRONT_END, Site
from .visitors.scenario import Scenario


def rehearse_stack(
    plan: ReleasePlan, site: Site, stacks: Sequence[StackTemplate], arguments: Arguments, *, is_last: bool
) -> Report:
    """Play the update of one stack in every way that it can end, and report the worst.

    Raises:
        AssemblyError: If the update cannot be played, or the disturbance came too late; unless it is not the last
            update, and the disturbance may still happen in a later one.
    """
    _check_alarms(plan)
    scenario = _scenario(plan, site, stacks, arguments)
    arguments.progress("Playing the release", 0, 1)
    first = play(plan, scenario)
    if is_last or not first.outcome.promoted:
        missed = list(_missed(plan, first))
        if missed:
            raise AssemblyError("; ".join(missed))
    return report_of(
        plan,
        scenario,
        every_play(plan, scenario, first, arguments.progress),
        names=names_in_release(plan.new, plan.old, stacks),
        limits=arguments.limits,
    )


def is_alarm_of(plan: ReleasePlan, name: str) -> bool:
    """Check whether the path or logical id of an alarm is that of a deployed resource of the stack."""
    return _logical_id(plan.old, name) in plan.old.resources


def in_this_update(disturbance: Disturbance, plan: ReleasePlan, elapsed: float) -> Disturbance:
    """Return a disturbance of the first update with the times of this one, `elapsed` seconds later."""
    cancel, sibling = (
        None if at is None or at < elapsed else at - elapsed
        for at in (disturbance.cancel_at, disturbance.sibling_fails_at)
    )
    start, lasts = disturbance.throttle_at, disturbance.throttle_for
    if start is not None and start < elapsed:  # the throttling started in an earlier update
        lasts = None if lasts is None else start + lasts - elapsed
        start, lasts = (elapsed, lasts) if lasts is None or lasts > 0 else (None, None)
    crashes = any(plan.phases[name] == disturbance.crash_of for name in plan.waits) or not elapsed
    return replace(
        disturbance,
        cancel_at=cancel,
        sibling_fails_at=sibling,
        crash_at_poll=disturbance.crash_at_poll if crashes else None,
        throttle_at=None if start is None else start - elapsed,
        throttle_for=lasts,
    )


def check_fault(fault: Fault, sites: Sequence[Site]) -> None:
    """Raise `AssemblyError` if no new version that the updates bring to visitors could have the fault."""
    changed = {kind for site in sites for kind in _changed_kinds(site)}
    for kind, bad in ((FRONT_END, fault.front_end), (BACKEND, fault.backend)):
        if bad and kind not in changed:
            raise AssemblyError(f"this release changes no {kind} that visitors are known to reach, so none can be bad")
        if fault.needs_new_backend and kind not in changed:
            raise AssemblyError(f"this release changes no {kind} that visitors reach: no page can need a new backend")


def _scenario(plan: ReleasePlan, site: Site, stacks: Sequence[StackTemplate], arguments: Arguments) -> Scenario:
    if not site.tiers and not any(plan.phases.values()):
        raise AssemblyError(
            f"nothing to rehearse: {plan.new.name} does not hold a resource that takes part in a release, and no "
            f"visitor is known to reach {', '.join(sorted(plan.moving))}"
        )
    assumptions = arguments.assumptions
    shares = _shares(plan, site, assumptions)
    return Scenario(
        site=site,
        crowd=Crowd(
            site.functions,
            arguments.visitors,
            shares=shares,
            seed=arguments.seed,
            browsers=assumptions.browsers,
            site=site.names,
        ),
        population=arguments.visitors,
        fault=_fault_of(site, arguments.fault),
        assumptions=_with_own_weights(assumptions, plan, stacks),
        shares=shares,
        sticky="stickiness" not in plan.without,
        keeps_assets=site.retained_path is not None and "retained-assets" not in plan.without,
        seed=arguments.seed,
        red=tuple(_logical_id(plan.old, name) for name in arguments.red),
    )


def _shares(plan: ReleasePlan, site: Site, assumptions: Assumptions) -> Mapping[str, float]:
    """Return the percentage of visitors in each partition, in the order of a release: known, or else assumed."""
    if site.shares is not None:
        names = in_release_order({*site.shares, *site.front_ends})
        return {name: site.shares.get(name, 0.0) for name in names}
    unknown = site.front_ends.keys() - {ONE_BOX, REGULAR}
    if unknown:
        raise AssemblyError(
            f"{plan.new.name}: neither an edge nor a wait of this assembly gives the shares of visitors in "
            f"{', '.join(in_release_order(site.front_ends))}. Rehearse an assembly that holds the distribution too"
        )
    return {ONE_BOX: 100 * assumptions.one_box_share, REGULAR: 100 - 100 * assumptions.one_box_share}


def _logical_id(stack: StackTemplate, name: str) -> str:
    """Return the logical id for a construct's path, with or without the stack's name; any other name as it is."""
    ids = {each.path: each.logical_id for each in stack.resources.values() if each.path}
    return ids.get(f"{stack.name}/{name}") or ids.get(name) or name


def _with_own_weights(assumptions: Assumptions, plan: ReleasePlan, stacks: Sequence[StackTemplate]) -> Assumptions:
    """Leave out the weights of other stacks' backends, and name this stack's by their logical ids."""
    others = [each for each in stacks if each.name != plan.new.name]
    weights = {
        _logical_id(plan.new, name): weight
        for name, weight in assumptions.backend_weights.items()
        if _logical_id(plan.new, name) in plan.new.resources
        or not any(_logical_id(each, name) in each.resources for each in others)
    }
    return replace(assumptions, backend_weights=weights)


def _fault_of(site: Site, fault: Fault) -> Fault:
    """Return the part of a fault that concerns what this update changes."""
    changed = set(_changed_kinds(site))
    front_end, backend = fault.front_end and FRONT_END in changed, fault.backend and BACKEND in changed
    if not front_end and not backend:
        return Fault(needs_new_backend=fault.needs_new_backend)
    return replace(fault, front_end=front_end, backend=backend, broken_page=fault.broken_page and front_end)


def _changed_kinds(site: Site) -> Iterator[str]:
    yield from (tier.kind for tier in site.tiers if tier.changes)


def _check_alarms(plan: ReleasePlan) -> None:
    """Raise if the template of an alarm that the release watches is not understood: it would never turn red."""
    watched = {alarm for name in (*plan.waits, *plan.aliases) for alarm in watched_by(plan, name)}
    alarms = read_alarms(plan.new)
    problems = [
        f"{name}: this alarm cannot be evaluated: {alarms[name].not_understood}"
        for name in sorted(watched & alarms.keys())
        if alarms[name].not_understood
    ]
    if problems:
        raise AssemblyError(
            f"{'; '.join(problems)}. Without it, a bad release might pass. Give it values that the template holds, or "
            "remove it from the alarms that the release watches"
        )


def _missed(plan: ReleasePlan, play: Play) -> Iterator[str]:
    """Name what the disturbance was to do and did not; a report would make people believe that it was tested."""
    planned, outcome = plan.disturbance, play.outcome
    ended_at = outcome.finished_at if outcome.ended_at is None else outcome.ended_at
    over = f"the update was over after {duration(ended_at)}"
    if planned.cancel_at is not None and outcome.ended_by != "":
        yield f"the cancel after {duration(planned.cancel_at)} never happened: {over}"
    if planned.sibling_fails_at is not None and outcome.ended_by != "another resource":
        yield f"the other resource's failure after {duration(planned.sibling_fails_at)} never happened: {over}"
    texts = [event.text for event in play.journal]
    if planned.throttle_at is not None and not any(text.endswith((THROTTLED, NOT_THROTTLED)) for text in texts):
        yield (
            f"the throttling after {duration(planned.throttle_at)} never happened: no wait's handler was called "
            f"then, and {over}. Let it start during a wait"
        )
    if planned.crash_at_poll is not None and not any("the handler crashed" in text for text in texts):
        waits = tuple(f"{name}:" for name in plan.waits if plan.phases[name] == planned.crash_of)
        polls = sum(event.kind == "poll" and event.text.startswith(waits) for event in play.journal)
        yield (
            f"the crash at poll {planned.crash_at_poll} never happened: the {planned.crash_of} was over after "
            f"{polls} polls"
        )
