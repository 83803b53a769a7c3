"""Finds the distributions, above all those whose visitors are split into partitions, and where they lead."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from ..release_rules.mixed_releases import TRAVELLING
from ..vocabulary import ONE_BOX, PARTITIONS, REGULAR
from .cloud_assembly import AssemblyError, Json, Resource, StackTemplate
from .links import Links, Place
from .template_parts import listing, mapping, properties
from .ways_in import WaysIn

_ALL: Final = 100
_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_PARTITIONS: Final = "Partitions"


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """A distribution.

    Attributes:
        stack: The stack that holds it.
        resource: The resource.
        addresses: What each partition's origin names, such as an API.
        leads_to: The aliases that answer behind each partition's origin; a partition that leads nowhere is left out.
        origins: The aliases that answer behind each origin, by its id.
    """

    stack: StackTemplate
    resource: Resource
    addresses: dict[str, frozenset[Place]]
    leads_to: dict[str, frozenset[Place]]
    origins: dict[str, frozenset[Place]]

    @property
    def name(self) -> str:
        """Its construct's path, or else its logical id after its stack's name."""
        return self.resource.path or f"{self.stack.name}/{self.resource.logical_id}"

    @property
    def has_partitions(self) -> bool:
        """Whether its metadata says that its visitors are split."""
        return _PARTITIONS in self.resource.role

    @property
    def share(self) -> float:
        """The percentage of visitors in the one-box.

        Raises:
            AssemblyError: If the metadata does not say it.
        """
        return share_said_by(self.resource)

    @property
    def default_behavior(self) -> dict[str, Json]:
        """The behavior of its pages."""
        return mapping(mapping(properties(self.resource).get("DistributionConfig")).get("DefaultCacheBehavior"))

    @property
    def aliases(self) -> frozenset[Place]:
        """All aliases that it leads to."""
        return frozenset(alias for each in self.leads_to.values() for alias in each)

    def leads_to_any(self, stacks: Collection[str]) -> bool:
        """Whether an origin leads to an alias of some stacks."""
        return any(alias.stack in stacks for each in (self.aliases, *self.origins.values()) for alias in each)

    def is_called(self, name: str | None) -> bool:
        """Whether a user may mean it by a name."""
        return name in (self.name, self.resource.logical_id, f"{self.stack.name}/{self.resource.logical_id}")


def distributions(links: Links) -> list[Distribution]:
    """Finds an assembly's distributions with partitions."""
    return [each for each in every_distribution(links) if each.has_partitions]


def every_distribution(links: Links) -> list[Distribution]:
    """Finds an assembly's distributions, those without partitions among them."""
    ways_in = WaysIn(links)
    return [
        _read(links, ways_in, stack, resource)
        for stack in links.stacks.values()
        for resource in stack.resources.values()
        if resource.type == _DISTRIBUTION or _PARTITIONS in resource.role
    ]


def share_said_by(resource: Resource) -> float:
    """The percentage of visitors in the one-box, as a resource's metadata says it.

    Raises:
        AssemblyError: If it does not.
    """
    share = resource.role.get("Share")
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= _ALL:
        raise AssemblyError(f"{resource.logical_id}: its metadata does not say the share of visitors")
    return float(share)


def _read(links: Links, ways_in: WaysIn, stack: StackTemplate, resource: Resource) -> Distribution:
    addresses = {partition: links.led_to(stack, _domains(resource, partition)) for partition in PARTITIONS}
    found = {partition: ways_in.aliases(places) for partition, places in addresses.items()}
    leads_to = {partition: aliases for partition, aliases in found.items() if aliases}
    origins = {
        str(each["Id"]): ways_in.aliases(links.led_to(stack, each.get("DomainName"))) for each in _origins(resource)
    }
    return Distribution(stack=stack, resource=resource, addresses=addresses, leads_to=leads_to, origins=origins)


def _origins(distribution: Resource) -> list[dict[str, Json]]:
    listed = listing(mapping(properties(distribution).get("DistributionConfig")).get("Origins"))
    return [mapping(each) for each in listed if mapping(each).get("Id") is not None]


def _domains(distribution: Resource, partition: str) -> list[Json]:
    """The domain names of a partition's origin: one, in a distribution that CloudFront takes."""
    partitions = mapping(distribution.role.get(_PARTITIONS))
    origins = _origins(distribution)
    if partition in partitions:
        return [each.get("DomainName") for each in origins if each["Id"] == partitions[partition]]
    if partition != ONE_BOX:
        return []
    regular = [each for each in origins if each["Id"] == partitions.get(REGULAR)]
    headers = [mapping(header) for each in regular for header in listing(each.get("OriginCustomHeaders"))]
    return [each.get("HeaderValue") for each in headers if str(each.get("HeaderName")).lower() == TRAVELLING]
