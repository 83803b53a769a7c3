"""Which releases are meant: those of the stacks that one `cdk deploy` updates, one after the other."""

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
    """Reads the release of an assembly, or of one of its stacks and those that it depends on.

    Args:
        stacks: The assembly's stacks.
        deployed: The stacks that are deployed now; None means that nobody says it.
        name: The stack's name; None means all stacks.
        assumptions: The modelled numbers.

    Returns:
        The release of each stack, in the order in which they are deployed.

    Raises:
        AssemblyError: If there is no release, or several that have nothing to do with each other.
    """
    meant = deployed_with(stacks, name)
    links = Links(stacks)
    plans = [plan for plan in (_release(new, deployed, assumptions, links) for new in meant) if plan.moving]
    if not plans:
        known = ", ".join(sorted(each.name for each in meant))
        changes = "".join(f"\n  {sentence}" for sentence in _unreleased(meant, deployed or (), links))
        raise AssemblyError(f"nothing to rehearse: no stack puts an alias on another version ({known}){changes}")
    for several in unrelated([plan.new for plan in plans], stacks):
        raise AssemblyError(several)
    earlier, moving = earlier_stacks(stacks), [plan.new for plan in plans]
    return [
        replace(
            plan,
            not_understood=(
                *_unreleased(_told_with(plan, plans, meant), deployed or (), links),
                *not_ordered(plan.new, loose_backends(plan.new, moving, earlier)),
                *_beside(plan, plans, stacks),
                *plan.not_understood,
            ),
            unordered=loose_backends(plan.new, moving, earlier),
        )
        for plan in plans
    ]


def _told_with(plan: ReleasePlan, plans: Sequence[ReleasePlan], meant: Sequence[StackTemplate]) -> list[StackTemplate]:
    """The stacks of which a plan tells: its own, and those that have none."""
    others = {each.new.name for each in plans if each is not plan}
    return [each for each in meant if each.name not in others]


def _unreleased(meant: Sequence[StackTemplate], deployed: Sequence[StackTemplate], links: Links) -> list[str]:
    """Names the changes that no release of these stacks brings to anybody."""
    before = Links(deployed)
    return [
        sentence
        for new in meant
        if new.name in before.stacks
        for sentence in unreleased_changes(new, before.stacks[new.name], links, before)
    ]


def deployed_with(stacks: Sequence[StackTemplate], name: str | None) -> list[StackTemplate]:
    """Finds the stacks that `cdk deploy NAME` updates, in its order: those that a stack depends on come first.

    Args:
        stacks: The assembly's stacks.
        name: The stack's name; None means all stacks.

    Raises:
        AssemblyError: If there is no such stack, or several have that name.
    """
    named = {each.name for each in stacks_called(stacks, name)}
    earlier = earlier_stacks(stacks)
    wanted = named.union(*(earlier[each] for each in named))
    return [each for each in deploy_order(stacks) if each.name in wanted]


def not_before(stack: StackTemplate, earlier: Collection[StackTemplate]) -> Iterator[str]:
    """Says that a preflight stands after the backends of earlier stacks.

    Args:
        stack: The stack with the preflight.
        earlier: The stacks that are updated before it.
    """
    backends = sorted(each.name for each in earlier if _has_phase(each, BACKEND))
    if backends and _has_phase(stack, PREFLIGHT):
        names = ", ".join(backends)
        yield f"the preflight cannot stand before {names}: a site that is red already does not stop that update"


def loose_backends(
    stack: StackTemplate, others: Collection[StackTemplate], earlier: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    """Finds the stacks with a backend of the same release that nothing orders before a stack's front end.

    Args:
        stack: The stack.
        others: The stacks that are released too.
        earlier: For each stack of the assembly, the stacks that are updated before it.
    """
    if not _has_phase(stack, ONE_BOX):
        return ()
    together = [{name, *before} for name, before in earlier.items()]
    joined = set().union(*(each for each in together if stack.name in each))
    loose = joined - earlier[stack.name] - {stack.name}
    return tuple(sorted(each.name for each in others if each.name in loose and _has_phase(each, BACKEND)))


def not_ordered(stack: StackTemplate, backends: Sequence[str]) -> Iterator[str]:
    """Says that a front end may be out before its backend.

    Args:
        stack: The front end's stack.
        backends: The stacks that `loose_backends` found.
    """
    if backends:
        yield (
            f"nothing orders {', '.join(backends)} before {stack.name}: its front end may be out before that backend; "
            "give the alias to `after`"
        )


def _release(
    new: StackTemplate, deployed: Sequence[StackTemplate] | None, assumptions: Assumptions, links: Links
) -> ReleasePlan:
    old = None if deployed is None else next((each for each in deployed if each.name == new.name), None)
    if deployed is not None and old is None:
        # A stack that is not deployed yet has no visitors: its first deployment is no release.
        old = replace(new, resources={})
    return read_release(new, old, poll_seconds=assumptions.poll_seconds, links=links)


def unrelated(released: Sequence[StackTemplate], stacks: Sequence[StackTemplate]) -> Iterator[str]:
    """Say that stacks hold several releases: no stack depends on both, so nothing says that they go together.

    Args:
        released: The stacks with a release, at least one.
        stacks: All stacks of the assembly.
    """
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


def _beside(plan: ReleasePlan, plans: Sequence[ReleasePlan], stacks: Sequence[StackTemplate]) -> list[str]:
    """Says what else may move with a release."""
    played = {each.new.name for each in plans}
    others = sorted(each.name for each in stacks if each.name not in played and _takes_part(each))
    before = plans[: [each.new.name for each in plans].index(plan.new.name)]
    said: list[str] = list(not_before(plan.new, [each.new for each in before]))
    if plan.new.nested_in:
        said.append(f"{plan.new.name} is nested in {plan.new.nested_in[0]}, of which nothing else is played")
    if others:
        said.append(f"Other stacks with a release of their own are not played: {', '.join(others)}")
    return said


def _takes_part(stack: StackTemplate) -> bool:
    return any("Phase" in resource.role for resource in stack.resources.values())


def _has_phase(stack: StackTemplate, phase: str) -> bool:
    return any(resource.role.get("Phase") == phase for resource in stack.resources.values())
