"""The releases of the stacks that one `cdk deploy` updates, one after the other."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ...template.cloud_assembly import AssemblyError, StackTemplate
from ...template.links import Links
from ...template.stacks import deploy_order, earlier_stacks, stacks_called
from ...vocabulary import BACKEND, ONE_BOX, PREFLIGHT
from ..assumptions import Assumptions
from .immediate_changes import unreleased_changes
from .release_plan import ReleasePlan, read_release


def chosen_releases(
    stacks: Sequence[StackTemplate],
    deployed: Sequence[StackTemplate] | None,
    name: str | None,
    assumptions: Assumptions,
) -> list[ReleasePlan]:
    """Read the releases of an assembly, or of one of its stacks and those that it depends on, in deployment order.

    `deployed` are the stacks that are deployed now, None if they are not known.

    Raises:
        AssemblyError: If there is no release, or several that have nothing to do with each other.
    """
    updated, links, before = deployed_with(stacks, name), Links(stacks), Links(deployed or ())
    plans = [plan for plan in (_release(new, deployed, assumptions, links) for new in updated) if plan.moving]
    if not plans:
        known = ", ".join(sorted(each.name for each in updated))
        changes = "".join(f"\n  {sentence}" for sentence in _unreleased(updated, links, before))
        raise AssemblyError(f"nothing to rehearse: no stack puts an alias on another version ({known}){changes}")
    released = [plan.new for plan in plans]
    for problem in unrelated(released, stacks):
        raise AssemblyError(problem)
    earlier, names = earlier_stacks(stacks), {each.name for each in released}
    found = []
    for plan in plans:
        # A stack without a release of its own is described with every release.
        described = [each for each in updated if each.name == plan.new.name or each.name not in names]
        unordered = loose_backends(plan.new, released, earlier)
        notes = (
            *_unreleased(described, links, before),
            *not_ordered(plan.new, unordered),
            *_other_stacks(plan.new, released, stacks),
        )
        found.append(replace(plan, not_understood=(*notes, *plan.not_understood), unordered=unordered))
    return found


def _unreleased(updated: Sequence[StackTemplate], links: Links, before: Links) -> list[str]:
    return [
        sentence
        for new in updated
        if new.name in before.stacks
        for sentence in unreleased_changes(new, before.stacks[new.name], links, before)
    ]


def deployed_with(stacks: Sequence[StackTemplate], name: str | None) -> list[StackTemplate]:
    """Return the stacks that `cdk deploy NAME` updates, all without a name; those that others depend on come first.

    Raises:
        AssemblyError: If there is no such stack, or several have that name.
    """
    named = {each.name for each in stacks_called(stacks, name)}
    earlier = earlier_stacks(stacks)
    wanted = named.union(*(earlier[each] for each in named))
    return [each for each in deploy_order(stacks) if each.name in wanted]


def not_before(stack: StackTemplate, earlier: Collection[StackTemplate]) -> Iterator[str]:
    """Warn that a stack's preflight comes after the backends of stacks that are updated earlier."""
    backends = sorted(each.name for each in earlier if _has_phase(each, BACKEND))
    if backends and _has_phase(stack, PREFLIGHT):
        names = ", ".join(backends)
        yield f"the preflight cannot come before {names}: an alarm that is red already does not stop that update"


def loose_backends(
    stack: StackTemplate, others: Collection[StackTemplate], earlier: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    """Return those of the released stacks with a backend that nothing orders before the front end of a stack.

    Only stacks that belong to one release count; `earlier` has the stacks that are updated before each.
    """
    if not _has_phase(stack, ONE_BOX):
        return ()
    together = [{name, *before} for name, before in earlier.items()]
    joined = set().union(*(each for each in together if stack.name in each))
    loose = joined - earlier[stack.name] - {stack.name}
    return tuple(sorted(each.name for each in others if each.name in loose and _has_phase(each, BACKEND)))


def not_ordered(stack: StackTemplate, backends: Sequence[str]) -> Iterator[str]:
    """Warn that a stack's front end may be deployed before the backends that `loose_backends` returned."""
    if backends:
        yield (
            f"nothing orders {', '.join(backends)} before {stack.name}: its front end may be deployed before that "
            "backend; give the alias to `after`"
        )


def _release(
    new: StackTemplate, deployed: Sequence[StackTemplate] | None, assumptions: Assumptions, links: Links
) -> ReleasePlan:
    old = None
    if deployed is not None:
        # A stack that is not deployed yet has no visitors: its first deployment is no release.
        old = next((each for each in deployed if each.name == new.name), replace(new, resources={}))
    return read_release(new, old, poll_seconds=assumptions.poll_seconds, links=links)


def unrelated(released: Sequence[StackTemplate], stacks: Sequence[StackTemplate]) -> Iterator[str]:
    """Yield an error if the released stacks, at least one, belong to several releases: no stack depends on both."""
    names = {each.name for each in released}
    joined = {released[0].name}
    together = [{name, *before} for name, before in earlier_stacks(stacks).items()]
    for _ in released:
        joined.update(*(each & names for each in together if each & joined))
    artifacts = [each.artifact for each in released]
    if joined != names or any(artifacts.count(each.artifact) > 1 for each in released if each.nested_in):
        yield (
            f"several stacks hold a release: {', '.join(sorted(names))}; name one of them with --stack, "
            "or let one depend on the other if they are one release"
        )


def _other_stacks(
    stack: StackTemplate, released: Sequence[StackTemplate], stacks: Sequence[StackTemplate]
) -> Iterator[str]:
    """Say which other stacks come before a stack's release, hold it or are not played."""
    names = [each.name for each in released]
    yield from not_before(stack, released[: names.index(stack.name)])
    if stack.nested_in:
        yield f"{stack.name} is nested in {stack.nested_in[0]}, of which nothing else is played"
    others = sorted(each.name for each in stacks if each.name not in names and _takes_part(each))
    if others:
        yield f"Other stacks with a release of their own are not played: {', '.join(others)}"


def _takes_part(stack: StackTemplate) -> bool:
    return any("Phase" in resource.role for resource in stack.resources.values())


def _has_phase(stack: StackTemplate, phase: str) -> bool:
    return any(resource.role.get("Phase") == phase for resource in stack.resources.values())
