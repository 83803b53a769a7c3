"""Rehearses a release before it is deployed: from a cloud assembly to a report."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ..assembly.cloud_assembly import AssemblyError, read_assembly
from ..vocabulary import BACKEND
from .arguments import check_kinds, check_lists
from .assumptions import Assumptions
from .disturbed import check_disturbed
from .every_play import Progress, every_play
from .parts import PARTS
from .play import play
from .release.chosen_release import chosen_release
from .release.release_plan import Disturbance, ReleasePlan
from .report.limits import Limits
from .report.report import Report
from .report.report_of import report_of
from .visitors.faults import GOOD, Fault
from .visitors.population import Crowd, Population
from .visitors.scene import Scene
from .visitors.site import FRONT_END, Site, read_site


def _silent(_what: str, _done: int, _of: int) -> None:
    """Tells nobody."""


def rehearse(
    assembly: str | Path,
    *,
    against: str | Path | None = None,
    stack: str | None = None,
    distribution: str | None = None,
    fault: Fault = GOOD,
    visitors: Population | None = None,
    seed: int = 1,
    without: Collection[str] = (),
    disturbance: Disturbance | None = None,
    red: Sequence[str] = (),
    assumptions: Assumptions | None = None,
    limits: Limits | None = None,
    progress: Progress = _silent,
) -> Report:
    """Plays a release on a virtual clock, in every way that it can end, and reports the worst.

    The assembly's edge functions and the waits' handlers are executed on this machine: rehearse what you would deploy.

    Args:
        assembly: The folder of a cloud assembly, such as cdk.out: what is to be deployed.
        against: The assembly that is deployed now; default: None, which means that every version that an alias
            points at is new, and nothing else is.
        stack: The stack whose release it is, as `cdk ls` prints it; default: None, which means the only one that holds
            a release.
        distribution: The path or logical id of the distribution; default: None, which means the one whose partitions
            lead to the release.
        fault: What is wrong with the new code; default: nothing.
        visitors: Who visits; default: `Population()`.
        seed: The seed of all that is drawn; default: 1. The same seed gives the same report.
        without: What the release is played without, of "stickiness", "bake", "order", "containment" and
            "retained-assets"; default: nothing.
        disturbance: What ends the update from outside, each of which must come to pass; default: nothing.
        red: The paths or logical ids of alarms that are red already; default: none.
        assumptions: The modelled numbers; default: `Assumptions()`.
        limits: What must not be exceeded; default: None, which means that only the invariants count.
        progress: Told how far it is; default: nobody is.

    Raises:
        AssemblyError: If the rehearsal cannot be run, or what was to end the update came too late, with the
            reason.
        InvalidArgumentError: If an argument is of another kind.
    """
    check_kinds(
        assembly=assembly,
        against=against,
        fault=fault,
        visitors=visitors,
        disturbance=disturbance,
        assumptions=assumptions,
        limits=limits,
    )
    check_lists(without=without, red=red)
    unknown = sorted(set(without) - set(PARTS))
    if unknown:
        raise AssemblyError(f"a release cannot go without {', '.join(unknown)}, only without {', '.join(PARTS)}")
    assumptions = assumptions or Assumptions()
    stacks = read_assembly(Path(assembly))
    deployed = read_assembly(Path(against)) if against else None
    plan = replace(
        chosen_release(stacks, deployed, stack, assumptions),
        disturbance=disturbance or Disturbance(),
        without=frozenset(without) - {"stickiness", "retained-assets"},
    )
    site = read_site(plan, stacks, distribution, deployed=deployed)
    _check_release(plan, site)
    scene = _scene(site, visitors or Population(), assumptions, seed)
    keeps_assets = scene.site.retained_path is not None and "retained-assets" not in without
    scene = replace(scene, fault=fault, sticky="stickiness" not in without, keeps_assets=keeps_assets)
    _check_fault(fault, scene.site)
    red = [_logical_id(plan, name) for name in red]
    progress("Playing the release", 0, 1)
    first = play(plan, scene, red)
    check_disturbed(plan, first)
    plays = every_play(plan, scene, red, first, progress)
    return report_of(
        plan, scene, plays, red=red, notes=_without_edge(scene), without=without, limits=limits or Limits()
    )


def _logical_id(plan: ReleasePlan, name: str) -> str:
    """The logical id of the alarm that a user names by its construct's path, as `plan` prints it."""
    paths = {each.path.removeprefix(f"{plan.old.name}/"): each.logical_id for each in plan.old.resources.values()}
    return paths.get(name, name)


def _check_release(plan: ReleasePlan, site: Site) -> None:
    """An alias that nobody is known to reach, and that nothing holds back, is no release of this library's."""
    if not site.tiers and not any(plan.phases.values()):
        raise AssemblyError(
            f"nothing to rehearse: {plan.new.name} does not hold a resource that takes part in a release, and no "
            f"visitor is known to reach {', '.join(sorted(plan.moving))}"
        )


def _check_fault(fault: Fault, site: Site) -> None:
    """A version that the release does not bring cannot be bad."""
    changed = {tier.kind for tier in site.tiers if tier.changes}
    for kind, bad in ((FRONT_END, fault.front_end), (BACKEND, fault.backend)):
        if bad and kind not in changed:
            raise AssemblyError(f"this release changes no {kind} that visitors are known to reach, so none can be bad")
        if fault.needs_new_backend and kind not in changed:
            raise AssemblyError(f"this release changes no {kind} that visitors reach: no page can need a new backend")


def _scene(site: Site, population: Population, assumptions: Assumptions, seed: int) -> Scene:
    share = 100 * assumptions.one_box_share if site.share is None else site.share
    crowd = Crowd(site.functions, population, share=share, seed=seed, browsers=assumptions.browsers)
    return Scene(site=site, crowd=crowd, population=population, assumptions=assumptions, share=share, seed=seed)


def _without_edge(scene: Scene) -> list[str]:
    """Says what is taken where no edge code decides."""
    site = scene.site
    if not site.front_ends or site.functions:
        return []
    why = "No distribution's partitions lead to this release" if site.share is None else "No edge code is run"
    return [f"{why}: {scene.share:g} % of visitors are taken to be in the one-box, and to stay"]
