"""The stack of an assembly that is served: its distribution and what stands behind it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from ..assembly.cloud_assembly import AssemblyError, Resource, StackTemplate, read_assembly
from ..assembly.links import Links
from ..assembly.stack_names import stacks_called
from ..assembly.template_parts import properties, referred
from ..references import references
from .distribution import Distribution, read_distribution

_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_ALIAS: Final = "AWS::Lambda::Alias"
_VERSION: Final = "AWS::Lambda::Version"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A synthesized site.

    Attributes:
        folder: The assembly's folder.
        stack: The name of the stack that holds the distribution.
        resources: The resources of the distribution's stack and of those that lead to it or from it, by logical id;
            its own stack goes first.
        assets: The files and folders that are uploaded, by their hash.
        distribution: What is served.
    """

    folder: Path
    stack: str
    resources: dict[str, Resource]
    assets: dict[str, Path] = field(repr=False)
    distribution: Distribution

    @cached_property
    def phases(self) -> dict[str, str]:
        """For each alias that the constructs made, its phase in a release."""
        return {
            name: str(resource.role.get("Phase", ""))
            for name, resource in self.resources.items()
            if resource.type == _ALIAS
        }

    def function_of(self, target: str) -> Resource | None:
        """The function that an alias, a version or a function's own name leads to; None: it leads to none."""
        resource = self.resources.get(target)
        if resource is not None and resource.type in (_ALIAS, _VERSION):
            resource = self.resources.get(referred(properties(resource).get("FunctionName")) or "")
        return resource if resource is not None and resource.type == "AWS::Lambda::Function" else None

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of some types."""
        return (resource for resource in self.resources.values() if resource.type in types)

    def owned(self, owner: str, attribute: str, *types: str) -> Iterator[Resource]:
        """The resources of some types that name an owner, as a route names its API."""
        return (each for each in self.of_type(*types) if owner in references(properties(each).get(attribute)))


def read_site(folder: Path, stack: str | None = None) -> Site:
    """Reads the site of an assembly.

    Args:
        folder: The folder of a cloud assembly, such as `cdk.out`.
        stack: The stack that holds the distribution, by any of its names; default: None, which means the only one that
            has a distribution with partitions, or the only one that has a distribution at all.

    Raises:
        AssemblyError: If the assembly cannot be read, or holds no such distribution, or several.
    """
    stacks = read_assembly(folder)
    found = [
        (each, resource)
        for each in stacks_called(stacks, stack)
        for resource in each.resources.values()
        if resource.type == _DISTRIBUTION
    ]
    chosen = [pair for pair in found if "Partitions" in pair[1].role] or found
    if not chosen:
        raise AssemblyError(
            f"{folder}: {'its stacks hold' if stack is None else f'{stack} holds'} no CloudFront distribution"
        )
    if len(chosen) > 1:
        names = ", ".join(f"{each.name}/{resource.logical_id}" for each, resource in chosen)
        raise AssemblyError(f"{folder} holds several distributions ({names}); name one's stack: --stack")
    return _site(folder, stacks, *chosen[0])


def _site(folder: Path, stacks: list[StackTemplate], own: StackTemplate, distribution: Resource) -> Site:
    joined = Links(stacks).joined(own)
    resources = {name: resource for stack in reversed(joined) for name, resource in stack.resources.items()}
    return Site(
        folder=folder,
        stack=own.name,
        resources=resources,
        assets={name: path for stack in reversed(joined) for name, path in stack.assets.items()},
        distribution=read_distribution(distribution, resources),
    )
