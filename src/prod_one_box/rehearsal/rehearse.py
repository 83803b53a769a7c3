"""Rehearses a release before it is deployed: from a cloud assembly to a report."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ..template.cloud_assembly import StackTemplate, read_assembly
from ..template.construct_names import naming_constructs
from .arguments import Arguments
from .assumptions import Assumptions
from .every_play import Progress
from .one_stack import check_fault, in_this_update, is_alarm_of, rehearse_stack
from .plan.chosen_release import chosen_releases, deployed_with
from .plan.immediate_changes import immediate_changes
from .plan.release_plan import Disturbance, ReleasePlan
from .report.limits import Limits
from .report.report import Report
from .visitors.faults import GOOD, Fault
from .visitors.page_request import PageRequest
from .visitors.population import Population
from .visitors.release_site import Site, read_site


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
    progress: Progress = lambda *_: None,
) -> Report:
    """Play a release on a virtual clock, in every way that it can end, and report the worst.

    The stacks of the assembly are updated one after the other, in the order of their dependencies, as `cdk deploy`
    does. The assembly's edge functions and the waits' handlers are executed on this machine: rehearse what you would
    deploy.

    Args:
        assembly: The folder of the cloud assembly to deploy, such as cdk.out.
        against: The assembly that is deployed now; default: None, which means that every version that an alias
            points at is new, and nothing else is.
        stack: The stack to release, as `cdk ls` prints it, with those that it depends on; default: None, which means
            all stacks.
        distribution: The path or logical id of the distribution; default: None, which means the one whose partitions
            lead to the release.
        fault: What is wrong with the new code; default: nothing.
        visitors: Who visits; default: `Population()`.
        seed: The seed of every random number; default: 1. The same seed gives the same report.
        without: The parts that the release is played without: "stickiness", "bake", "order", "containment",
            "comparison" or "retained-assets"; default: none.
        disturbance: What ends the update from outside; default: nothing. All of it must happen before the update is
            over. With several stacks, its times count from the start of the first update.
        red: The paths or logical ids of alarms that are in ALARM already; default: none.
        assumptions: The modelled numbers; default: `Assumptions()`.
        limits: What the update of each stack must not exceed; default: None, which means that only the invariants
            must hold and that a bad release must be stopped.
        request: What visitors request from the edge; default: `PageRequest()`, a page under the distribution's own
            domain name.
        progress: Called as the rehearsal goes on; default: a function that does nothing.

    Returns:
        The report of the last update, with the reports of the updates before it in `earlier`.

    Raises:
        AssemblyError: If the rehearsal cannot be run, or the disturbance came too late.
        InvalidArgumentError: If an argument is of the wrong type.
    """
    return _rehearse(
        Arguments(
            assembly=assembly,
            against=against,
            stack=stack,
            distribution=distribution,
            fault=fault,
            visitors=Population() if visitors is None else visitors,
            seed=seed,
            without=without,
            disturbance=Disturbance() if disturbance is None else disturbance,
            red=red,
            assumptions=Assumptions() if assumptions is None else assumptions,
            limits=Limits() if limits is None else limits,
            request=PageRequest() if request is None else request,
            progress=progress,
        )
    )


def _rehearse(arguments: Arguments) -> Report:
    stacks = read_assembly(Path(arguments.assembly))
    deployed = read_assembly(Path(arguments.against)) if arguments.against else None
    with naming_constructs(stacks):
        plans = [
            replace(each, without=frozenset(arguments.without))
            for each in chosen_releases(stacks, deployed, arguments.stack, arguments.assumptions)
        ]
        sites = [
            read_site(each, stacks, arguments.distribution, deployed=deployed, request=arguments.request)
            for each in plans
        ]
        check_fault(arguments.fault, sites)
        report = _update_in_turn(plans, sites, stacks, arguments)
    updated = [each for each in deployed_with(stacks, arguments.stack) if each.name not in report.later]
    return replace(report, at_once=immediate_changes(updated, deployed or [], report.stack))


def _update_in_turn(
    plans: Sequence[ReleasePlan], sites: Sequence[Site], stacks: Sequence[StackTemplate], arguments: Arguments
) -> Report:
    """Update one stack after the other, as `cdk deploy` does, until one goes back or a bad release is promoted."""
    reports: list[Report] = []
    for plan, site in zip(plans, sites, strict=True):
        elapsed = sum(each.figures.total for each in reports)
        disturbed = replace(plan, disturbance=in_this_update(arguments.disturbance, plan, elapsed))
        # The first update refuses an alarm that no stack has.
        known = {name for name in arguments.red if any(is_alarm_of(each, name) for each in plans)}
        red = [name for name in arguments.red if name not in known or is_alarm_of(plan, name)]
        report = rehearse_stack(disturbed, site, stacks, replace(arguments, red=red), is_last=plan is plans[-1])
        reports.append(report)
        if not report.released or report.fault.is_any:
            break
    later = tuple(plan.new.name for plan in plans[len(reports) :])
    return replace(reports[-1], earlier=tuple(reports[:-1]), later=later)
