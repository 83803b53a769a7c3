"""What a release changes at the edge, for everybody at once: a rehearsal knows one edge, the new one.

Which distribution's visitors a release meets.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from ...template.cloud_assembly import StackTemplate
from ...template.distributions import Distribution, distribution_called, distributions, only_one
from ...template.links import Links, Place
from ..plan.release_changes import difference

_OWN: Final = "AWS::CloudFront::"
_VERSION: Final = "AWS::Lambda::Version"
# Lambda@Edge: a distribution calls a version of a function.
_AT_LAMBDA: Final = {"AWS::CloudFront::Distribution": _VERSION, _VERSION: "AWS::Lambda::Function"}


def changed_edge(edge: Distribution, links: Links, deployed: Sequence[StackTemplate]) -> Iterator[str]:
    """Names the parts of a distribution that a release makes or changes; yields nothing if it leaves all as they are.

    Args:
        edge: The distribution as it is to be.
        links: The assembly's stacks.
        deployed: The stacks that are deployed now.
    """
    changed = frozenset(_changed(links, deployed)) & _parts(edge, links)
    names = sorted(each.logical_id for each in changed if links.resource(each).type != _VERSION)
    if names:
        yield (
            f"{', '.join(names)}: this release changes the edge, for everybody at once. The new one is played from the "
            "beginning: visitors whom the change moves to another partition are not counted"
        )


def _changed(links: Links, deployed: Sequence[StackTemplate]) -> Iterator[Place]:
    before = {each.name: each for each in deployed}
    for name, stack in links.stacks.items():
        created, updated, _ = difference(stack, before.get(name) or replace(stack, resources={}))
        yield from (Place(name, each) for each in created | updated)


def _parts(edge: Distribution, links: Links) -> frozenset[Place]:
    """The distribution, and what CloudFront has of its own behind it: functions, policies, access controls."""
    found: set[Place] = set()
    waiting = {Place(edge.stack.name, edge.resource.logical_id)}
    while waiting:
        place = waiting.pop()
        found.add(place)
        resource = links.resource(place)
        for each in links.led_to(links.stacks[place.stack], resource.body.get("Properties")) - found:
            type_ = links.resource(each).type
            if type_.startswith(_OWN) or type_ == _AT_LAMBDA.get(resource.type):
                waiting.add(each)
    return frozenset(found)


def edge_of_release(
    links: Links, stack: str, aliases: Collection[str], *, name: str | None, notes: list[str]
) -> Distribution | None:
    """Finds the distribution whose partitions lead to a release's aliases.

    Args:
        links: The assembly's stacks.
        stack: The name of the release's stack.
        aliases: The logical ids of its aliases.
        name: The distribution's name, if the user says it; None if not.
        notes: Gets a line for each distribution that was taken without a way to the aliases, or left out.

    Returns:
        The distribution; None if none leads there.

    Raises:
        AssemblyError: If several lead there, or there is none of that name.
    """
    found = distributions(links)
    if name is not None:
        return distribution_called(found, name)
    release = {Place(stack, alias) for alias in aliases}
    leading = [each for each in found if each.aliases & release]
    if leading:
        return only_one(leading, f"lead to the aliases of {stack}")
    unknown = [each for each in found if not each.aliases]
    near = [each for each in unknown if each.stack.name == stack]
    for each in near or unknown:
        taken = (
            "it is used, because it is in the same stack"
            if near
            else "choose it with --distribution if it is the site's"
        )
        notes.append(f"{each.name}: no origin of it is known to lead to an alias of this assembly; {taken}")
    return only_one(near, f"are in {stack}") if near else None
