"""Finds the distribution that a release belongs to, and what the release changes about it immediately."""

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
    """Return a sentence that names the parts of a distribution that a release creates or changes, if there are any."""
    changed = frozenset(_changed(links, deployed)) & _parts(edge, links)
    names = sorted(each.logical_id for each in changed if links.resource(each).type != _VERSION)
    if names:
        yield (
            f"{', '.join(names)}: this release changes the edge, for all visitors at once. The new edge is played from "
            "the start: visitors whom the change moves to another partition are not counted"
        )


def _changed(links: Links, deployed: Sequence[StackTemplate]) -> Iterator[Place]:
    before = {each.name: each for each in deployed}
    for name, stack in links.stacks.items():
        created, updated, _ = difference(stack, before.get(name) or replace(stack, resources={}))
        yield from (Place(name, each) for each in created | updated)


def _parts(edge: Distribution, links: Links) -> frozenset[Place]:
    """Return the distribution and the CloudFront resources behind it: functions, policies, access controls."""
    found: set[Place] = set()
    pending = {Place(edge.stack.name, edge.resource.logical_id)}
    while pending:
        place = pending.pop()
        found.add(place)
        resource = links.resource(place)
        for each in links.led_to(links.stacks[place.stack], resource.body.get("Properties")) - found:
            type_ = links.resource(each).type
            if type_.startswith(_OWN) or type_ == _AT_LAMBDA.get(resource.type):
                pending.add(each)
    return frozenset(found)


def edge_of_release(
    links: Links, stack: str, aliases: Collection[str], *, name: str | None, notes: list[str]
) -> Distribution | None:
    """Return the distribution of a name, or whose partitions lead to the release's aliases; None if there is none.

    `notes` receives a line for each distribution without a known way to the aliases.

    Raises:
        AssemblyError: If several lead there, or none has that name.
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
        use = "it is used as it is in the same stack" if near else "choose it with --distribution if it is the site's"
        notes.append(f"{each.name}: none of its origins is known to lead to an alias of this assembly; {use}")
    return only_one(near, f"are in {stack}") if near else None
