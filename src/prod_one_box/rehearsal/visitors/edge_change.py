"""What a release changes at the edge, for everybody at once: a rehearsal knows one edge, the new one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from ...assembly.cloud_assembly import StackTemplate
from ...assembly.distributions import Distribution
from ...assembly.links import Links, Place
from ..release.release_reading import difference

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
