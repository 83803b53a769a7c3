"""The site that an assembly deploys: a distribution and the stacks around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from ...template.callers import ALIAS, VERSION
from ...template.cloud_assembly import AssemblyError, Json, Resource, StackTemplate, properties, read_assembly
from ...template.construct_names import construct_names, with_constructs
from ...template.distributions import Distribution, distribution_called, distributions_of, every_distribution, only_one
from ...template.links import Links, Place
from ...template.routing import routing_of
from ...template.stacks import stacks_called
from .distribution import DistributionConfig, read_distribution

_FUNCTION: Final = "AWS::Lambda::Function"


@dataclass(frozen=True, kw_only=True)
class ServedSite:
    """A synthesized site. A `Place` identifies a resource, since two stacks may use the same logical id.

    Attributes:
        folder: The assembly's folder.
        links: The references between the assembly's stacks.
        stacks: The stack that holds the distribution, followed by the stacks that it refers to or that refer to it.
        distribution: The distribution that is served.
    """

    folder: Path
    links: Links
    stacks: tuple[StackTemplate, ...]
    distribution: DistributionConfig

    @cached_property
    def assets(self) -> dict[str, Path]:
        """The assets, by hash and by object key."""
        return {name: path for stack in self.stacks for name, path in stack.assets.items()}

    @cached_property
    def phases(self) -> dict[Place, str]:
        """The release phase of each alias; "" for an alias that is not part of a release."""
        return {place: str(self.links.resource(place).role.get("Phase", "")) for place in self.of_type(ALIAS)}

    def resource(self, place: Place) -> Resource | None:
        """Return the resource at a place, or None if this assembly has none there."""
        stack = self.links.stacks.get(place.stack)
        return stack.resources.get(place.logical_id) if stack else None

    def properties(self, place: Place) -> dict[str, Json]:
        """Return a resource's properties; empty if there is no such resource."""
        resource = self.resource(place)
        return properties(resource) if resource else {}

    def led_to(self, place: Place, value: Json) -> list[Place]:
        """Return the resources that a value in the resource at `place` refers to."""
        return sorted(self.links.led_to(self.links.stacks[place.stack], value))

    def function_of(self, target: Place) -> Place | None:
        """Return the function behind an alias, a version or the function itself; None if there is none."""
        resource = self.resource(target)
        places = [target]
        if resource is not None and resource.type in (ALIAS, VERSION):
            places = self.led_to(target, properties(resource).get("FunctionName"))
        return next((place for place in places if self.links.resource(place).type == _FUNCTION), None)

    def of_type(self, *types: str) -> Iterator[Place]:
        """Yield the resources of some types."""
        for stack in self.stacks:
            for name, resource in stack.resources.items():
                if resource.type in types:
                    yield Place(stack.name, name)

    def owned(self, owner: Place, attribute: str, *types: str) -> Iterator[Place]:
        """Yield the resources of some types that refer to an owner, as a route refers to its API."""
        return (
            each for each in self.of_type(*types) if owner in self.led_to(each, self.properties(each).get(attribute))
        )


def read_site(folder: Path, stack: str | None = None, distribution: str | None = None) -> ServedSite:
    """Read the site of an assembly.

    The stack holds the distribution or refers to it; None means any stack. Without a name, the distribution is the only
    one with partitions, or else the only one.

    Raises:
        AssemblyError: If the assembly cannot be read, or holds no such distribution, or several.
    """
    stacks = read_assembly(folder)
    wanted = [each.name for each in stacks_called(stacks, stack)]
    links = Links(stacks)
    found = every_distribution(links)
    if distribution is not None:
        return _site(folder, links, distribution_called(found, distribution))
    if stack is not None:
        found = distributions_of(found, wanted)
    partitioned = [each for each in found if each.has_partitions]
    if not found:
        raise AssemblyError(
            f"{folder}: {'its stacks hold' if stack is None else f'{stack} holds'} no CloudFront distribution"
        )
    kind = "have partitions" if partitioned else "have no partitions"
    return _site(folder, links, only_one(partitioned or found, kind))


def _site(folder: Path, links: Links, chosen: Distribution) -> ServedSite:
    stacks = tuple(links.joined(chosen.stack))
    distribution = read_distribution(chosen.stack, chosen.resource, links)
    found = routing_of(links, [each.name for each in stacks], chosen.name if chosen.has_partitions else None)
    names = construct_names(stacks)
    distribution.notes.extend(with_constructs(sentence, names) for sentence in (*found.past, *found.meant))
    return ServedSite(folder=folder, links=links, stacks=stacks, distribution=distribution)
