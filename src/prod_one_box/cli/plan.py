"""The command `prod-one-box plan`: print the steps of the release in the order that the templates enforce."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from ..rehearsal.plan.chosen_release import deployed_with, loose_backends, not_before, not_ordered, unrelated
from ..rehearsal.plan.planned_waves import PlannedWave, notes_on_shared_functions, planned_waves
from ..rehearsal.plan.release_plan import read_release
from ..rehearsal.plan.release_steps import ReleaseStep, plan_release
from ..rehearsal.plan.split import edge_changes, refused_split_changes, split_changes
from ..template.cloud_assembly import AssemblyError, StackTemplate, read_assembly
from ..template.construct_names import naming_constructs, path_in, with_constructs
from ..template.links import Links
from ..template.routing import inputs_without_version, routing_of
from ..template.stacks import earlier_stacks
from ..vocabulary import BACKEND, BAKE, WATCH
from .output import add_json_argument, finish
from .rehearse_options import add_assembly_arguments


@dataclass(frozen=True, kw_only=True)
class _StackPlan:
    """The release of one stack, the stacks that are updated before it, and what that order means."""

    stack: StackTemplate
    steps: list[ReleaseStep]
    waves: Mapping[str, PlannedWave]
    after: tuple[str, ...]
    notes: tuple[str, ...]


def add_plan_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_assembly_arguments(
        parser,
        stack="the stack, as `cdk ls` prints it (default: all stacks)",
        against="the assembly that is deployed now, to name changes of the split (default: not compared)",
    )
    add_json_argument(parser)
    parser.add_argument_group(
        "exit status",
        "0: the plan was printed; 1: requests bypass the release, or a wait will refuse the update; 2: there is no "
        "release, or an assembly cannot be read; 130: interrupted.",
    )
    parser.set_defaults(run=plan_command)


def plan_command(options: argparse.Namespace) -> int:
    """Print the plan and return the exit status.

    Raises:
        AssemblyError: If the assembly holds no release, or cannot be read.
    """
    stacks = read_assembly(options.assembly)
    before = read_assembly(options.against) if options.against else []
    with naming_constructs(stacks):
        plans = _stack_plans(stacks, options.stack)
        updated, links = deployed_with(stacks, options.stack), Links(stacks)
        routing = routing_of(links, {each.name for each in updated})
        changes, refused = _split_changes(updated, before, links)
    return finish(
        options.json,
        stacks,
        lines=[line for plan in plans for line in _plan_lines(plan, plans)],
        content={"stacks": [_content(plan) for plan in plans]},
        broken=[*routing.past, *refused],
        notes=[
            *unrelated([each.stack for each in plans], stacks),
            *changes,
            *(sentence for stack in updated for sentence in inputs_without_version(links, stack)),
            *routing.meant,
        ],
    )


def _split_changes(
    updated: Sequence[StackTemplate], before: Sequence[StackTemplate], links: Links
) -> tuple[list[str], list[str]]:
    """Return what an update changes about the split of visitors, and what its waits will refuse, a sentence each."""
    deployed = {each.name: each for each in before}
    pairs = [(each, deployed[each.name]) for each in updated if each.name in deployed]
    changes = [sentence for new, old in pairs for sentence in split_changes(new, old)]
    refused = [sentence for new, old in pairs for sentence in refused_split_changes(read_release(new, old))]
    return [*changes, *edge_changes(links, Links(before))], refused


def _stack_plans(stacks: Sequence[StackTemplate], name: str | None) -> list[_StackPlan]:
    """Return the release of each stack, or of one stack and its dependencies, in the order of `cdk deploy`."""
    steps = {stack.name: (stack, plan_release(stack)) for stack in deployed_with(stacks, name)}
    held = {name: stack for name, (stack, found) in steps.items() if found}
    earlier, links = earlier_stacks(stacks), Links(stacks)
    if not held:
        where = "no stack of this assembly holds" if name is None else f"{name} does not hold"
        raise AssemblyError(f"{where} a resource that takes part in a release")
    plans = []
    for each, stack in held.items():
        before = tuple(other for other in held if other in earlier[each])
        notes = (
            *not_before(stack, [held[other] for other in before]),
            *not_ordered(stack, loose_backends(stack, held.values(), earlier)),
            *notes_on_shared_functions(stack),
        )
        waves = planned_waves(stack, steps[each][1], links)
        plans.append(_StackPlan(stack=stack, steps=steps[each][1], waves=waves, after=before, notes=notes))
    return plans


def _content(plan: _StackPlan) -> dict[str, object]:
    steps = [
        {
            "position": step.position,
            "phase": step.phase,
            "wave": step.wave or None,
            "path": path_in(plan.stack, step.resource.logical_id),
            "logical_id": step.resource.logical_id,
            "seconds": step.seconds,
            **_content_of_wave(plan.waves.get(step.resource.logical_id)),
            "after": [path_in(plan.stack, name) for name in step.waits_for],
            "watches": [path_in(plan.stack, alarm) for alarm in step.watched_by],
            "differs": [_with_paths(sentence, plan.stack) for sentence in step.differs],
        }
        for step in plan.steps
    ]
    return {"stack": plan.stack.name, "after": plan.after, "notes": plan.notes, "steps": steps}


def _content_of_wave(wave: PlannedWave | None) -> dict[str, object]:
    names = ("share", "exposure", "least_requests", "requests_needed")
    return {name: getattr(wave, name) if wave else None for name in names}


def _plan_lines(plan: _StackPlan, plans: Sequence[_StackPlan]) -> Iterator[str]:
    yield f"{plan.stack.name}: the release in the order that its template enforces"
    for before in plan.after:
        last = [each for other in plans if other.stack.name == before for each in _last_steps(other)]
        yield f"  after the stack {before}: {', '.join(last)}"
    yield from (f"  {sentence}" for sentence in plan.notes)
    yield from (line for step in plan.steps for line in _step_lines(step, plan))


def _last_steps(plan: _StackPlan) -> Iterator[str]:
    """Return the steps that no other step of the stack waits for."""
    waited_for = {name for step in plan.steps for name in step.waits_for}
    for step in plan.steps:
        if step.resource.logical_id not in waited_for:
            yield path_in(plan.stack, step.resource.logical_id)


def _step_lines(step: ReleaseStep, plan: _StackPlan) -> list[str]:
    stack, name = plan.stack, step.resource.logical_id
    path, wave = path_in(stack, name), plan.waves.get(name)
    return [
        f"  {step.position}. {step.phase:<9}  {path}, {_action(step)}{_exposure(wave)}",
        *([f"       in the template {name}"] if path != name else []),
        *(f"       after    {path_in(stack, each)}" for each in step.waits_for),
        *_watched(step, plan),
        *_needed(wave),
        *(f"       but      {_with_paths(sentence, stack)}" for sentence in step.differs),
    ]


def _watched(step: ReleaseStep, plan: _StackPlan) -> Iterator[str]:
    """Name the alarms of a step, or the first step that watches the same, as the waits of a release do."""
    first = next(each for each in plan.steps if each.watched_by == step.watched_by)
    if len(step.watched_by) > 1 and first.position != step.position:
        yield f"       watches  the {len(step.watched_by)} alarms of step {first.position}"
        return
    yield from (f"       watches  {path_in(plan.stack, alarm)}" for alarm in step.watched_by)


def _exposure(wave: PlannedWave | None) -> str:
    if wave is None:
        return ""
    return ": exposure not bounded" if wave.exposure is None else f": exposure {wave.exposure:g} %"


def _needed(wave: PlannedWave | None) -> Iterator[str]:
    if wave and wave.requests_needed and wave.least_requests:
        needed = f"{ceil(wave.requests_needed):,} requests a minute in all"
        yield f"       needs    {needed}, for {wave.least_requests:g} from its {wave.share:g} %"


def _with_paths(sentence: str, stack: StackTemplate) -> str:
    return with_constructs(sentence, {name: path_in(stack, name) for name in stack.resources})


def _action(step: ReleaseStep) -> str:
    if step.seconds is None:
        return "switches in one call"
    if not step.seconds:
        return "shifts all at once" if step.phase == BACKEND else "one look at the alarms"
    verb = "holds the release for" if step.phase in (BAKE, WATCH) else "shifts over"
    return f"{verb} {step.seconds / 60:g} min"
