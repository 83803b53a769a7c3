"""The stack of an assembly that is served: its distribution and what stands behind it, in whatever stack."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from ..template.cloud_assembly import AssemblyError, Json, Resource, StackTemplate, properties, read_assembly
from ..template.construct_names import construct_names, with_constructs
from ..template.distributions import Distribution as Chosen
from ..template.distributions import distribution_called, distributions_of, every_distribution, only_one
from ..template.links import Links, Place
from ..template.routing import routing_of
from ..template.stacks import stacks_called
from .edge.distribution import Distribution, read_distribution

ALIAS: Final = "AWS::Lambda::Alias"

_VERSION: Final = "AWS::Lambda::Version"
_FUNCTION: Final = "AWS::Lambda::Function"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A synthesized site. Its resources are known by their places: two of its stacks may use the same logical ids.

    Attributes:
        folder: The assembly's folder.
        links: The references between the assembly's stacks.
        stacks: The stack that holds the distribution, and then those that lead to it or that it leads to.
        distribution: What is served.
    """

    folder: Path
    links: Links
    stacks: tuple[StackTemplate, ...]
    distribution: Distribution

    @cached_property
    def assets(self) -> dict[str, Path]:
        """The files and folders that are uploaded, by hash and by object key."""
        return {name: path for stack in self.stacks for name, path in stack.assets.items()}

    @cached_property
    def phases(self) -> dict[Place, str]:
        """For each alias that the constructs made, its phase in a release."""
        return {place: str(self.links.resource(place).role.get("Phase", "")) for place in self.of_type(ALIAS)}

    def resource(self, place: Place) -> Resource | None:
        """The resource at a place; None: this assembly has none there."""
        stack = self.links.stacks.get(place.stack)
        return stack.resources.get(place.logical_id) if stack else None

    def properties(self, place: Place) -> dict[str, Json]:
        """What a resource's properties say; empty when there is none."""
        resource = self.resource(place)
        return properties(resource) if resource else {}

    def led_to(self, place: Place, value: Json) -> list[Place]:
        """The resources that a part of the template around a place names."""
        return sorted(self.links.led_to(self.links.stacks[place.stack], value))

    def function_of(self, target: Place) -> Place | None:
        """The function that an alias, a version or a function itself leads to; None: it leads to none."""
        resource = self.resource(target)
        places = [target]
        if resource is not None and resource.type in (ALIAS, _VERSION):
            places = self.led_to(target, properties(resource).get("FunctionName"))
        return next((place for place in places if self.links.resource(place).type == _FUNCTION), None)

    def of_type(self, *types: str) -> Iterator[Place]:
        """The resources of some types."""
        for stack in self.stacks:
            for name, resource in stack.resources.items():
                if resource.type in types:
                    yield Place(stack.name, name)

    def owned(self, owner: Place, attribute: str, *types: str) -> Iterator[Place]:
        """The resources of some types that name an owner, as a route names its API."""
        return (
            each for each in self.of_type(*types) if owner in self.led_to(each, self.properties(each).get(attribute))
        )


def read_site(folder: Path, stack: str | None = None, distribution: str | None = None) -> Site:
    """Reads the site of an assembly.

    Args:
        folder: The folder of a cloud assembly, such as `cdk.out`.
        stack: The stack that holds the distribution, or to which it leads, by any of its names; default: None, which
            means any stack.
        distribution: The distribution's name; default: None, which means the only one that has partitions, or the only
            one at all.

    Raises:
        AssemblyError: If the assembly cannot be read, or holds no such distribution, or several.
    """
    stacks = read_assembly(folder)
    meant = [each.name for each in stacks_called(stacks, stack)]
    links = Links(stacks)
    found = every_distribution(links)
    if distribution is not None:
        return _site(folder, links, distribution_called(found, distribution))
    if stack is not None:
        found = distributions_of(found, meant)
    parted = [each for each in found if each.has_partitions]
    if not found:
        raise AssemblyError(
            f"{folder}: {'its stacks hold' if stack is None else f'{stack} holds'} no CloudFront distribution"
        )
    return _site(folder, links, only_one(parted or found, "have partitions" if parted else "have no partitions"))


def _site(folder: Path, links: Links, chosen: Chosen) -> Site:
    stacks = tuple(links.joined(chosen.stack))
    distribution = read_distribution(chosen.stack, chosen.resource, links)
    found = routing_of(links, [each.name for each in stacks], chosen.name if chosen.has_partitions else None)
    names = construct_names(stacks)
    distribution.notes.extend(with_constructs(sentence, names) for sentence in (*found.past, *found.meant))
    return Site(folder=folder, links=links, stacks=stacks, distribution=distribution)
