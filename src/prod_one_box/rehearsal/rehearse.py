"""Rehearses a release before it is deployed: from a cloud assembly to a report."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ..template.cloud_assembly import AssemblyError, read_assembly
from ..template.construct_names import naming_constructs
from .arguments import check_kinds, check_lists
from .assumptions import Assumptions
from .every_play import Progress
from .one_stack import Rehearsal, check_fault, in_this_update, is_alarm_of, rehearse_stack
from .plan.chosen_release import chosen_releases, deployed_with
from .plan.immediate_changes import changed_at_once
from .plan.release_plan import PARTS, Disturbance, ReleasePlan
from .report.limits import Limits
from .report.report import Report
from .visitors.faults import GOOD, Fault
from .visitors.page_request import PageRequest
from .visitors.population import Population
from .visitors.release_site import Site, read_site


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
    request: PageRequest | None = None,
    progress: Progress = _silent,
) -> Report:
    """Plays a release on a virtual clock, in every way that it can end, and reports the worst.

    The stacks of the assembly are updated one after the other, in the order of their dependencies, as `cdk deploy`
    does. The assembly's edge functions and the waits' handlers are executed on this machine: rehearse what you would
    deploy.

    Args:
        assembly: The folder of a cloud assembly, such as cdk.out: what is to be deployed.
        against: The assembly that is deployed now; default: None, which means that every version that an alias
            points at is new, and nothing else is.
        stack: The stack whose release it is, as `cdk ls` prints it, with those that it depends on; default: None,
            which means all stacks.
        distribution: The path or logical id of the distribution; default: None, which means the one whose partitions
            lead to the release.
        fault: What is wrong with the new code; default: nothing.
        visitors: Who visits; default: `Population()`.
        seed: The seed of all that is drawn; default: 1. The same seed gives the same report.
        without: What the release is played without, of "stickiness", "bake", "order", "containment" and
            "retained-assets"; default: nothing.
        disturbance: What ends the update from outside, each of which must come to pass; with several stacks its times
            count from the first update; default: nothing.
        red: The paths or logical ids of alarms that are red already; default: none.
        assumptions: The modelled numbers; default: `Assumptions()`.
        limits: What must not be exceeded, for the update of each stack; default: None, which means that only the
            invariants count, and that a bad release is stopped.
        request: What visitors ask the edge for; default: `PageRequest()`, a page under the distribution's own name.
        progress: Told how far it is; default: nobody is.

    Returns:
        The report of the last update; those before it are its `earlier`.

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
        request=request,
    )
    check_lists(without=without, red=red)
    unknown = sorted(set(without) - set(PARTS))
    if unknown:
        raise AssemblyError(f"a release cannot go without {', '.join(unknown)}, only without {', '.join(PARTS)}")
    stacks = read_assembly(Path(assembly))
    asked = Rehearsal(
        stacks=stacks,
        fault=fault,
        visitors=visitors or Population(),
        seed=seed,
        without=without,
        red=red,
        assumptions=assumptions or Assumptions(),
        limits=limits or Limits(),
        progress=progress,
    )
    deployed = read_assembly(Path(against)) if against else None
    with naming_constructs(stacks):
        plans = chosen_releases(stacks, deployed, stack, asked.assumptions)
        plans = [replace(each, without=frozenset(without) - {"stickiness", "retained-assets"}) for each in plans]
        sites = [read_site(each, stacks, distribution, deployed=deployed, request=request) for each in plans]
        check_fault(fault, sites)
        report = _one_after_the_other(plans, sites, asked, disturbance or Disturbance())
    updated = [each for each in deployed_with(stacks, stack) if each.name not in report.later]
    return replace(report, at_once=changed_at_once(updated, deployed or [], report.stack))


def _one_after_the_other(
    plans: Sequence[ReleasePlan], sites: Sequence[Site], asked: Rehearsal, disturbance: Disturbance
) -> Report:
    """Updates one stack after the other, as `cdk deploy` does, until one goes back or a bad release got through."""
    reports: list[Report] = []
    for number, (plan, site) in enumerate(zip(plans, sites, strict=True)):
        elapsed = sum(each.figures.total for each in reports)
        is_last = number == len(plans) - 1
        played = replace(plan, disturbance=in_this_update(disturbance, plan, elapsed))
        known = [name for name in asked.red if is_alarm_of(plan, name) or _is_unknown(name, plans)]
        report = rehearse_stack(played, site, replace(asked, red=known), is_last=is_last)
        reports.append(report)
        if not report.released or report.fault.is_any:
            break
    later = tuple(plan.new.name for plan in plans[len(reports) :])
    return replace(reports[-1], earlier=tuple(reports[:-1]), later=later)


def _is_unknown(name: str, plans: Sequence[ReleasePlan]) -> bool:
    """Whether no stack has an alarm of that name: the first that is played refuses it."""
    return not any(is_alarm_of(plan, name) for plan in plans)
