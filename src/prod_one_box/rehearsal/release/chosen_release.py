"""Which stack's release is meant."""

from collections.abc import Sequence
from dataclasses import replace

from ...assembly.cloud_assembly import AssemblyError, StackTemplate
from ...assembly.links import Links
from ...assembly.stack_names import stacks_called
from ..assumptions import Assumptions
from .release_plan import ReleasePlan, read_release
from .unreleased import unreleased_changes


def chosen_release(
    stacks: Sequence[StackTemplate],
    deployed: Sequence[StackTemplate] | None,
    name: str | None,
    assumptions: Assumptions,
) -> ReleasePlan:
    """Reads the one release of an assembly, or of one of its stacks.

    Args:
        stacks: The assembly's stacks.
        deployed: The stacks that are deployed now; None means that nobody says it.
        name: The stack's name; None means all stacks.
        assumptions: The modelled numbers.

    Raises:
        AssemblyError: If there is no release, or several.
    """
    meant = stacks_called(stacks, name)
    links = Links(stacks)
    releases = [plan for plan in (_release(new, deployed, assumptions, links) for new in meant) if plan.moving]
    unreleased = _unreleased(meant, deployed or (), links)
    names = ", ".join(sorted(plan.new.name for plan in releases))
    if len(releases) > 1:
        raise AssemblyError(f"several stacks hold a release: {names}; name one of them with --stack")
    if not releases:
        known = ", ".join(sorted(each.name for each in meant))
        changes = "".join(f"\n  {sentence}" for sentence in unreleased)
        raise AssemblyError(f"nothing to rehearse: no stack puts an alias on another version ({known}){changes}")
    said = (*unreleased, *_beside(releases[0].new, stacks), *releases[0].not_understood)
    return replace(releases[0], not_understood=said)


def _unreleased(meant: Sequence[StackTemplate], deployed: Sequence[StackTemplate], links: Links) -> list[str]:
    """Names the changes that no release of these stacks brings to anybody."""
    before = Links(deployed)
    return [
        sentence
        for new in meant
        if new.name in before.stacks
        for sentence in unreleased_changes(new, before.stacks[new.name], links, before)
    ]


def _release(
    new: StackTemplate, deployed: Sequence[StackTemplate] | None, assumptions: Assumptions, links: Links
) -> ReleasePlan:
    old = None if deployed is None else next((each for each in deployed if each.name == new.name), None)
    if deployed is not None and old is None:
        # A stack that is not deployed yet has no visitors: its first deployment is no release.
        old = replace(new, resources={})
    return read_release(new, old, poll_seconds=assumptions.poll_seconds, links=links)


def _beside(new: StackTemplate, stacks: Sequence[StackTemplate]) -> list[str]:
    """Says what else may move with a release."""
    others = sorted(each.name for each in stacks if each.name != new.name and _takes_part(each))
    said: list[str] = []
    if new.nested_in:
        said.append(f"{new.name} is nested in {new.nested_in[0]}, of which nothing else is played")
    if others:
        said.append(f"Other stacks with a release of their own are not played: {', '.join(others)}")
    return said


def _takes_part(stack: StackTemplate) -> bool:
    return any("Phase" in resource.role for resource in stack.resources.values())
