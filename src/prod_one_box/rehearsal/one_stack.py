"""Rehearses the update of one stack, and reports it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..template.cloud_assembly import AssemblyError, StackTemplate
from ..template.construct_names import names_in_release
from ..vocabulary import BACKEND
from .arguments import check_disturbed
from .assumptions import Assumptions
from .every_play import Progress, every_play
from .plan.release_plan import Disturbance, ReleasePlan
from .play import Play, play
from .report.limits import Limits
from .report.report import Report
from .report.report_of import report_of
from .visitors.faults import Fault
from .visitors.population import Crowd, Population
from .visitors.release_site import FRONT_END, Site
from .visitors.scenario import Scene


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """What every update of a release is played with.

    Attributes:
        stacks: The assembly's stacks.
        fault: What is wrong with the new code.
        visitors: Who visits.
        seed: The seed of all that is drawn.
        without: What the release is played without.
        red: The paths or logical ids of alarms that are red already.
        assumptions: The modelled numbers.
        limits: What must not be exceeded.
        progress: Told how far it is.
    """

    stacks: Sequence[StackTemplate]
    fault: Fault
    visitors: Population
    seed: int
    without: Collection[str]
    red: Sequence[str]
    assumptions: Assumptions
    limits: Limits
    progress: Progress = field(repr=False)


def rehearse_stack(plan: ReleasePlan, site: Site, asked: Rehearsal, *, is_last: bool) -> Report:
    """Plays the update of one stack in every way that it can end, and reports the worst.

    Args:
        plan: The update.
        site: What visitors reach.
        asked: What it is played with.
        is_last: Whether no other update follows in which what was to end the release may still happen.

    Raises:
        AssemblyError: If it cannot be played, or what was to end it came too late.
    """
    scene = _scene(plan, site, asked)
    red = [_logical_id(plan.old, name) for name in asked.red]
    asked.progress("Playing the release", 0, 1)
    first = play(plan, scene, red)
    if is_last or not first.outcome.promoted:
        check_disturbed(plan, first)
    plays: Sequence[Play] = every_play(plan, scene, red, first, asked.progress)
    return report_of(
        plan,
        scene,
        plays,
        red=red,
        notes=_without_edge(scene),
        names=names_in_release(plan.new, plan.old, asked.stacks),
        without=asked.without,
        limits=asked.limits,
    )


def is_alarm_of(plan: ReleasePlan, name: str) -> bool:
    """Whether a name that a user gave for a red alarm is a resource of the stack."""
    return _logical_id(plan.old, name) in plan.old.resources


def in_this_update(disturbance: Disturbance, plan: ReleasePlan, elapsed: float) -> Disturbance:
    """What ends this update: times count from the first update of the release.

    Args:
        disturbance: What was asked for.
        plan: The update.
        elapsed: How long the updates before it took, in seconds.
    """
    cancel, sibling = (
        None if at is None or at < elapsed else at - elapsed
        for at in (disturbance.cancel_at, disturbance.sibling_fails_at)
    )
    throttle_at, throttle_for = _throttling(disturbance, elapsed)
    crashes = any(plan.phases[name] == disturbance.crash_of for name in plan.waits) or not elapsed
    return replace(
        disturbance,
        cancel_at=cancel,
        sibling_fails_at=sibling,
        crash_at_poll=disturbance.crash_at_poll if crashes else None,
        throttle_at=throttle_at,
        throttle_for=throttle_for,
    )


def _throttling(disturbance: Disturbance, elapsed: float) -> tuple[float | None, float | None]:
    """When the handlers are throttled in this update, and for how long: it may have begun in an earlier one."""
    begin, lasts = disturbance.throttle_at, disturbance.throttle_for
    if begin is None or begin >= elapsed:
        return None if begin is None else begin - elapsed, lasts
    if lasts is None:
        return 0.0, None
    left = begin + lasts - elapsed
    return (0.0, left) if left > 0 else (None, None)


def _logical_id(stack: StackTemplate, name: str) -> str:
    """The logical id of what a user names by its construct's path, as `plan` prints it, or by its whole path."""
    ids = {each.path: each.logical_id for each in stack.resources.values() if each.path}
    return ids.get(f"{stack.name}/{name}") or ids.get(name) or name


def _with_weights(plan: ReleasePlan, asked: Rehearsal) -> Assumptions:
    """The modelled numbers, with the weights of this stack's backends alone, by their logical ids."""
    elsewhere = [each for each in asked.stacks if each.name != plan.new.name]
    weights = {
        _logical_id(plan.new, name): weight
        for name, weight in asked.assumptions.backend_weights.items()
        if not any(_logical_id(each, name) in each.resources for each in elsewhere)
        or _logical_id(plan.new, name) in plan.new.resources
    }
    return replace(asked.assumptions, backend_weights=weights)


def _scene(plan: ReleasePlan, site: Site, asked: Rehearsal) -> Scene:
    _check_release(plan, site)
    share = 100 * asked.assumptions.one_box_share if site.share is None else site.share
    crowd = Crowd(
        site.functions,
        asked.visitors,
        share=share,
        seed=asked.seed,
        browsers=asked.assumptions.browsers,
        site=site.names,
    )
    return Scene(
        site=site,
        crowd=crowd,
        population=asked.visitors,
        fault=_fault_of(site, asked.fault),
        assumptions=_with_weights(plan, asked),
        share=share,
        sticky="stickiness" not in asked.without,
        keeps_assets=site.retained_path is not None and "retained-assets" not in asked.without,
        seed=asked.seed,
    )


def _check_release(plan: ReleasePlan, site: Site) -> None:
    """An alias that nobody is known to reach, and that nothing holds back, is no release of this library's."""
    if not site.tiers and not any(plan.phases.values()):
        raise AssemblyError(
            f"nothing to rehearse: {plan.new.name} does not hold a resource that takes part in a release, and no "
            f"visitor is known to reach {', '.join(sorted(plan.moving))}"
        )


def check_fault(fault: Fault, sites: Sequence[Site]) -> None:
    """Refuse a fault of what the release does not change.

    Args:
        fault: The fault.
        sites: What each update changes.

    Raises:
        AssemblyError: If no version that the release brings could have it.
    """
    changed = {kind for site in sites for kind in _changed_kinds(site)}
    for kind, bad in ((FRONT_END, fault.front_end), (BACKEND, fault.backend)):
        if bad and kind not in changed:
            raise AssemblyError(f"this release changes no {kind} that visitors are known to reach, so none can be bad")
        if fault.needs_new_backend and kind not in changed:
            raise AssemblyError(f"this release changes no {kind} that visitors reach: no page can need a new backend")


def _fault_of(site: Site, fault: Fault) -> Fault:
    """The part of a fault that is in what this update changes."""
    changed = set(_changed_kinds(site))
    front_end, backend = fault.front_end and FRONT_END in changed, fault.backend and BACKEND in changed
    if not front_end and not backend:
        return Fault(needs_new_backend=fault.needs_new_backend)
    return replace(fault, front_end=front_end, backend=backend, broken_page=fault.broken_page and front_end)


def _changed_kinds(site: Site) -> Iterator[str]:
    yield from (tier.kind for tier in site.tiers if tier.changes)


def _without_edge(scene: Scene) -> list[str]:
    """Says what is assumed where no edge code decides."""
    site = scene.site
    if not site.front_ends or site.functions:
        return []
    why = "No distribution's partitions lead to this release" if site.share is None else "No edge code is run"
    return [f"{why}: {scene.share:g} % of visitors are assumed to be in the one-box, and to stay"]
