"""Rehearses a release before it is deployed: from a cloud assembly to a report."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from ..assembly.cloud_assembly import AssemblyError, StackTemplate, read_assembly
from ..assembly.edge_functions import EdgeFunction, edge_functions
from ..vocabulary import BACKEND
from .assumptions import Assumptions
from .every_play import Progress, every_play
from .parts import PARTS
from .play import Play, alarms_not_understood
from .release.release_plan import Disturbance, ReleasePlan, read_release
from .report.limits import Limits
from .report.report import Report, Way
from .visitors.faults import GOOD, Fault
from .visitors.figures import worst_of
from .visitors.invariants import worst_verdicts
from .visitors.population import Crowd, Population, share_of
from .visitors.scene import Scene
from .visitors.site import FRONT_END, Site, read_site

_USUAL_SHARE: Final = 20.0


def _silent(_what: str, _done: int, _of: int) -> None:
    """Tells nobody."""


def rehearse(
    assembly: str | Path,
    *,
    against: str | Path | None = None,
    stack: str | None = None,
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
        stack: The stack whose release it is; default: None, which means the only one that holds a release.
        fault: What is wrong with the new code; default: nothing.
        visitors: Who visits; default: `Population()`.
        seed: The seed of all that is drawn; default: 1. The same seed gives the same report.
        without: Parts of `PARTS` that the release goes without; default: none.
        disturbance: What ends the update from outside; default: nothing.
        red: The logical ids of alarms that are red already; default: none.
        assumptions: The modelled numbers; default: `Assumptions()`.
        limits: What must not be exceeded; default: None, which means that only the invariants count.
        progress: Told how far it is; default: nobody is.

    Raises:
        AssemblyError: If the rehearsal cannot be run, with the reason.
    """
    unknown = sorted(set(without) - set(PARTS))
    if unknown:
        raise AssemblyError(f"a release cannot go without {', '.join(unknown)}, only without {', '.join(PARTS)}")
    stacks = read_assembly(Path(assembly))
    plan = replace(
        _plan(stacks, read_assembly(Path(against)) if against else None, stack),
        disturbance=disturbance or Disturbance(),
        without=frozenset(without) - {"stickiness"},
    )
    scene, notes = _scene(plan, stacks, visitors or Population(), seed)
    scene = replace(scene, fault=fault, assumptions=assumptions or Assumptions(), sticky="stickiness" not in without)
    _check_fault(fault, scene.site)
    plays = every_play(plan, scene, red, progress)
    return _report(plan, scene, plays, notes=notes, without=without, limits=limits or Limits())


def _check_fault(fault: Fault, site: Site) -> None:
    """A version that the release does not bring cannot be bad."""
    changed = {tier.kind for tier in site.tiers if tier.changes}
    for kind, bad in ((FRONT_END, fault.front_end), (BACKEND, fault.backend)):
        if bad and kind not in changed:
            raise AssemblyError(f"this release changes no {kind} that visitors are known to reach, so none can be bad")


def _plan(stacks: Sequence[StackTemplate], deployed: Sequence[StackTemplate] | None, name: str | None) -> ReleasePlan:
    plans = {new.name: _release(new, deployed) for new in stacks if name in (None, new.name)}
    releases = {each: plan for each, plan in plans.items() if plan.moving}
    if len(releases) == 1:
        return next(iter(releases.values()))
    if releases:
        raise AssemblyError(f"several stacks hold a release: {', '.join(sorted(releases))}; name one of them")
    known = ", ".join(sorted(each.name for each in stacks))
    if not plans:
        raise AssemblyError(f"this assembly has no stack {name}; it has {known}")
    raise AssemblyError(f"nothing to rehearse: no stack puts an alias on another version ({known})")


def _release(new: StackTemplate, deployed: Sequence[StackTemplate] | None) -> ReleasePlan:
    old = None if deployed is None else next((each for each in deployed if each.name == new.name), None)
    if deployed is not None and old is None:
        # A stack that is not deployed yet has no visitors: its first deployment is no release.
        old = replace(new, resources={})
    return read_release(new, old)


def _scene(
    plan: ReleasePlan, stacks: Sequence[StackTemplate], population: Population, seed: int
) -> tuple[Scene, list[str]]:
    site = read_site(plan, stacks)
    functions, notes = _edge(stacks, site)
    share = share_of(functions, _USUAL_SHARE)
    crowd = Crowd(functions, population, share=share, seed=seed)
    return Scene(site=site, crowd=crowd, population=population, share=share, seed=seed), notes


def _edge(stacks: Sequence[StackTemplate], site: Site) -> tuple[dict[str, EdgeFunction], list[str]]:
    try:
        return edge_functions(stacks), []
    except AssemblyError as error:
        taken = f"{error}; {_USUAL_SHARE:g} % of visitors are taken to be in the one-box, and to stay"
        return {}, [taken] if site.front_ends else []


def _report(
    plan: ReleasePlan,
    scene: Scene,
    plays: Sequence[Play],
    *,
    notes: Sequence[str],
    without: Collection[str],
    limits: Limits,
) -> Report:
    figures = worst_of([each.figures for each in plays])
    shown = max(range(len(plays)), key=lambda number: _badness(plays[number]))
    worst, outcome = plays[shown], plays[0].outcome
    return Report(
        stack=plan.new.name,
        released=outcome.promoted,
        reason=outcome.reason,
        seed=scene.seed,
        fault=scene.fault,
        population=scene.population,
        without=tuple(part for part in PARTS if part in without),
        assumptions=scene.assumptions,
        figures=figures,
        verdicts=worst_verdicts([each.verdicts for each in plays]),
        exceeded=limits.exceeded_by(figures),
        ways=tuple(Way(name=each.outcome.way_back, figures=each.figures, verdicts=each.verdicts) for each in plays),
        shown=shown,
        timeline=worst.timeline,
        kinds=tuple(tier.kind for tier in scene.site.tiers),
        moves=worst.moves,
        alarms=worst.alarms,
        spans=worst.outcome.spans,
        journal=worst.journal,
        notes=(*notes, *scene.site.notes, *plan.taken, *plan.not_understood, *alarms_not_understood(plan, scene)),
    )


def _badness(play: Play) -> tuple[int, float, float]:
    """Orders plays: what breaks a promise is worst, then what takes longest to contain, then what takes longest."""
    contained = play.figures.contain
    broken = sum(verdict.violations for verdict in play.verdicts)
    return broken, float("inf") if contained is None else contained, play.figures.total
