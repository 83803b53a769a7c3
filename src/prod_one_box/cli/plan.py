"""The command `prod-one-box plan`: the release in the order that the templates enforce."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from ..rehearsal.plan.chosen_release import deployed_with, loose_backends, not_before, not_ordered, unrelated
from ..rehearsal.plan.plan import Step, plan_release
from ..template.cloud_assembly import AssemblyError, StackTemplate, read_assembly
from ..template.construct_names import construct_names, naming_constructs, path_in, with_constructs
from ..template.links import Links
from ..template.routing import inputs_without_version, routing_of
from ..template.stacks import earlier_stacks
from ..vocabulary import BACKEND, BAKE
from .output import Found, add_json_argument, hand_over

_FORMAT: Final = 1


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """The release of one stack.

    Attributes:
        stack: The stack.
        steps: What it passes through.
        after: The stacks with steps of their own that are updated before.
        notes: What that means, a sentence each.
    """

    stack: StackTemplate
    steps: list[Step]
    after: tuple[str, ...]
    notes: tuple[str, ...]


def add_plan_arguments(parser: argparse.ArgumentParser) -> None:
    """Says which words the command takes."""
    add_json_argument(parser)


def plan_command(options: argparse.Namespace) -> int:
    """Prints the plan.

    Returns:
        0: there is one; 1: requests pass the release by.

    Raises:
        AssemblyError: If the assembly holds no release, or cannot be read.
    """
    stacks = read_assembly(options.assembly)
    with naming_constructs(stacks):
        plans = plans_of(stacks, options.stack)
        meant, links = deployed_with(stacks, options.stack), Links(stacks)
        routing = routing_of(links, {each.name for each in meant})
    names = construct_names(stacks)
    notes = [
        *unrelated([each.stack for each in plans], stacks),
        *(sentence for stack in meant for sentence in inputs_without_version(links, stack)),
        *routing.meant,
    ]
    found = Found(
        broken=tuple(with_constructs(sentence, names) for sentence in routing.past),
        notes=tuple(with_constructs(sentence, names) for sentence in notes),
    )
    lines = [line for plan in plans for line in _described(plan, plans)]
    hand_over(options.json, [*lines, *found.lines()], lambda: plan_as_json(plans, found))
    return 1 if found.broken else 0


def plans_of(stacks: Sequence[StackTemplate], name: str | None) -> list[StackPlan]:
    """Reads the release of each stack, in the order in which `cdk deploy` updates them.

    Args:
        stacks: The assembly's stacks.
        name: The stack's name, which means it and those that it depends on; None means all stacks.

    Raises:
        AssemblyError: If none takes part in a release.
    """
    steps = {stack.name: (stack, plan_release(stack)) for stack in deployed_with(stacks, name)}
    held = {name: stack for name, (stack, found) in steps.items() if found}
    earlier = earlier_stacks(stacks)
    if not held:
        where = "no stack of this assembly holds" if name is None else f"{name} does not hold"
        raise AssemblyError(f"{where} a resource that takes part in a release")
    return [
        StackPlan(
            stack=stack,
            steps=steps[each][1],
            after=tuple(before for before in held if before in earlier[each]),
            notes=(
                *not_before(stack, [held[before] for before in held if before in earlier[each]]),
                *not_ordered(stack, loose_backends(stack, held.values(), earlier)),
            ),
        )
        for each, stack in held.items()
    ]


def plan_as_json(plans: Sequence[StackPlan], found: Found) -> str:
    """Writes a plan for machines; docs/reference/json.md says what is in it.

    Args:
        plans: The release of each stack.
        found: What the templates prove beside it.
    """
    stacks = [
        {
            "stack": plan.stack.name,
            "after": list(plan.after),
            "notes": list(plan.notes),
            "steps": [_step_as_json(step, plan.stack) for step in plan.steps],
        }
        for plan in plans
    ]
    return json.dumps({"format": _FORMAT, "stacks": stacks, **asdict(found)}, indent=1) + "\n"


def _step_as_json(step: Step, stack: StackTemplate) -> dict[str, object]:
    return {
        "position": step.position,
        "phase": step.phase,
        "path": path_in(stack, step.resource.logical_id),
        "logical_id": step.resource.logical_id,
        "seconds": step.seconds,
        "after": [path_in(stack, name) for name in step.waits_for],
        "watches": [path_in(stack, alarm) for alarm in step.watched_by],
        "differs": [_with_paths(sentence, stack) for sentence in step.differs],
    }


def _described(plan: StackPlan, plans: Sequence[StackPlan]) -> Iterator[str]:
    yield f"{plan.stack.name}: the release in the order that its template enforces"
    for before in plan.after:
        last = [each for other in plans if other.stack.name == before for each in _last(other)]
        yield f"  after the stack {before}: {', '.join(last)}"
    yield from (f"  {sentence}" for sentence in plan.notes)
    yield from (line for step in plan.steps for line in _describe(step, plan.stack))


def _last(plan: StackPlan) -> Iterator[str]:
    """The steps that nothing in the stack waits for."""
    waited_for = {name for step in plan.steps for name in step.waits_for}
    for step in plan.steps:
        if step.resource.logical_id not in waited_for:
            yield path_in(plan.stack, step.resource.logical_id)


def _describe(step: Step, stack: StackTemplate) -> list[str]:
    name = step.resource.logical_id
    shown = path_in(stack, name)
    return [
        f"  {step.position}. {step.phase:<9}  {shown}, {_held(step)}",
        *([f"       in the template {name}"] if shown != name else []),
        *(f"       after    {path_in(stack, name)}" for name in step.waits_for),
        *(f"       watches  {path_in(stack, alarm)}" for alarm in step.watched_by),
        *(f"       but      {_with_paths(sentence, stack)}" for sentence in step.differs),
    ]


def _with_paths(sentence: str, stack: StackTemplate) -> str:
    return with_constructs(sentence, {name: path_in(stack, name) for name in stack.resources})


def _held(step: Step) -> str:
    if step.seconds is None:
        return "switches in one call"
    if not step.seconds:
        return "shifts all at once" if step.phase == BACKEND else "one look at the alarms"
    verb = "holds the release for" if step.phase == BAKE else "shifts over"
    return f"{verb} {step.seconds / 60:g} min"
