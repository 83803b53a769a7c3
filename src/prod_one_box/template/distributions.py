"""Find distributions, and the aliases that answer behind their origins."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..vocabulary import BUCKETS, ONE_BOX, REGULAR, buckets_of_share, in_release_order, is_partition, regular_share
from .callers import ALIAS
from .cloud_assembly import AssemblyError, Json, Resource, StackTemplate, listing, mapping, properties
from .intrinsics import text
from .links import Links, Place
from .mixed_releases import travelling_header

_URL: Final = "AWS::Lambda::Url"
_SEPARATOR: Final = ":"
# What forwards requests, and the property that names what it belongs to; "" if it has the address itself.
_FORWARDING: Final = {
    "AWS::ApiGatewayV2::Integration": "ApiId",
    "AWS::ApiGatewayV2::Api": "",
    "AWS::ApiGateway::Method": "RestApiId",
    "AWS::ApiGateway::RestApi": "",
    _URL: "",
    "AWS::ElasticLoadBalancingV2::Listener": "LoadBalancerArn",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "",
}


class WaysIn:
    """The ways from an API, a function URL or a load balancer to the aliases that answer there."""

    def __init__(self, links: Links) -> None:
        """Read what forwards requests, in every stack."""
        self._links = links
        self._targets: dict[Place, set[Place]] = {}
        for stack in links.stacks.values():
            for name, resource in stack.resources.items():
                if resource.type in _FORWARDING:
                    for place in self._owners(stack, resource):
                        self._targets.setdefault(place, set()).update(self._next(stack, resource))
                elif resource.type == ALIAS:
                    self._note_alias(stack, resource, Place(stack.name, name))

    def aliases(self, addresses: Iterable[Place]) -> frozenset[Place]:
        """Return the aliases that answer at some addresses."""
        return frozenset(self._followed(addresses))

    def reached(self) -> frozenset[Place]:
        """Return every alias that answers at any address."""
        return self.aliases(place for place in self._targets if _SEPARATOR not in place.logical_id)

    def _owners(self, stack: StackTemplate, resource: Resource) -> Iterable[Place]:
        owner = _FORWARDING[resource.type]
        if not owner:
            return [Place(stack.name, resource.logical_id)]
        return self._links.led_to(stack, properties(resource).get(owner))

    def _next(self, stack: StackTemplate, resource: Resource) -> Iterator[Place]:
        settings = properties(resource)
        yield from self._links.led_to(
            stack, {key: settings[key] for key in settings if key != _FORWARDING[resource.type]}
        )
        if resource.type == _URL:
            for function in self._links.led_to(stack, settings.get("TargetFunctionArn")):
                yield _qualified(function, text(settings.get("Qualifier")))

    def _note_alias(self, stack: StackTemplate, alias: Resource, place: Place) -> None:
        """Note an alias by its function and its own name, as a function URL names it."""
        for function in self._links.led_to(stack, properties(alias).get("FunctionName")):
            qualified = _qualified(function, text(properties(alias).get("Name")))
            self._targets.setdefault(qualified, set()).add(place)

    def _followed(self, addresses: Iterable[Place]) -> Iterator[Place]:
        seen: set[Place] = set()
        waiting = list(addresses)
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting.extend(self._targets.get(place, ()))
                resource = self._links.stacks[place.stack].resources.get(place.logical_id)
                if resource and resource.type == ALIAS:
                    yield place


def _qualified(function: Place, name: str) -> Place:
    """Return a place for an alias by its function and its own name; no logical id contains a colon."""
    return Place(function.stack, f"{function.logical_id}{_SEPARATOR}{name}")


_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_PARTITIONS: Final = "Partitions"


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """A distribution.

    Attributes:
        stack: The stack that holds it.
        resource: The resource.
        addresses: The resources that each partition's origin names, such as an API.
        leads_to: The aliases that answer behind each partition's origin; without partitions that lead nowhere.
        origins: The aliases that answer behind each origin, by its id.
    """

    stack: StackTemplate
    resource: Resource
    addresses: dict[str, frozenset[Place]]
    leads_to: dict[str, frozenset[Place]]
    origins: dict[str, frozenset[Place]]

    @property
    def name(self) -> str:
        """Its construct's path, or its stack's name and its logical id."""
        return self.resource.path or f"{self.stack.name}/{self.resource.logical_id}"

    @property
    def has_partitions(self) -> bool:
        """Whether its visitors are split into partitions, by its metadata."""
        return _PARTITIONS in self.resource.role

    @property
    def shares(self) -> dict[str, float]:
        """The percentage of visitors in each partition, in the order of a release.

        Raises:
            AssemblyError: If the metadata does not give them.
        """
        return shares_said_by(self.resource)

    @property
    def default_behavior(self) -> dict[str, Json]:
        """The behavior of its pages."""
        return mapping(mapping(properties(self.resource).get("DistributionConfig")).get("DefaultCacheBehavior"))

    @property
    def aliases(self) -> frozenset[Place]:
        """All aliases behind its partitions' origins."""
        return frozenset(alias for each in self.leads_to.values() for alias in each)

    def leads_to_any(self, stacks: Collection[str]) -> bool:
        """Check whether an origin leads to an alias of some stacks."""
        return any(alias.stack in stacks for each in (self.aliases, *self.origins.values()) for alias in each)

    def is_called(self, name: str | None) -> bool:
        """Check whether a name is one of this distribution's."""
        return name in (self.name, self.resource.logical_id, f"{self.stack.name}/{self.resource.logical_id}")


def distributions(links: Links) -> list[Distribution]:
    """Return an assembly's distributions with partitions."""
    return [each for each in every_distribution(links) if each.has_partitions]


def every_distribution(links: Links) -> list[Distribution]:
    """Return all distributions of an assembly."""
    ways_in = WaysIn(links)
    return [
        _read(links, ways_in, stack, resource)
        for stack in links.stacks.values()
        for resource in stack.resources.values()
        if resource.type == _DISTRIBUTION or _PARTITIONS in resource.role
    ]


def shares_said_by(resource: Resource) -> dict[str, float]:
    """Return the percentage of visitors in each partition, in the order of a release, from a resource's metadata.

    Raises:
        AssemblyError: If the metadata does not give them, or they are not 100 % in all.
    """
    said = mapping(resource.role.get("Shares")) or _share_of_an_earlier_library(resource)
    try:
        shares = {name: _share(said[name]) for name in in_release_order(said)}
    except ValueError as error:
        raise AssemblyError(f"{resource.name}: the shares of visitors in its metadata are wrong: {error}") from error
    if not shares:
        raise AssemblyError(f"{resource.name}: its metadata does not give the shares of visitors")
    if sum(map(buckets_of_share, shares.values())) != BUCKETS:
        text_of_all = " + ".join(f"{share:g}" for share in shares.values())
        raise AssemblyError(f"{resource.name}: the shares of visitors in its metadata are not 100 %: {text_of_all}")
    return shares


def _share_of_an_earlier_library(resource: Resource) -> dict[str, Json]:
    """Return the shares as the library said them when it had no waves, for an assembly that is deployed."""
    share = resource.role.get("Share")
    return {ONE_BOX: share, REGULAR: regular_share([share])} if isinstance(share, int | float) else {}


def _share(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number")
    buckets_of_share(value)
    return float(value)


def _read(links: Links, ways_in: WaysIn, stack: StackTemplate, resource: Resource) -> Distribution:
    addresses = {partition: links.led_to(stack, _domains(resource, partition)) for partition in _partitions(resource)}
    found = {partition: ways_in.aliases(places) for partition, places in addresses.items()}
    leads_to = {partition: aliases for partition, aliases in found.items() if aliases}
    origins = {
        str(each["Id"]): ways_in.aliases(links.led_to(stack, each.get("DomainName"))) for each in _origins(resource)
    }
    return Distribution(stack=stack, resource=resource, addresses=addresses, leads_to=leads_to, origins=origins)


def _partitions(distribution: Resource) -> list[str]:
    """Return the names of a distribution's partitions, in the order of a release."""
    named = mapping(distribution.role.get(_PARTITIONS)).keys() | mapping(distribution.role.get("Shares")).keys()
    return in_release_order(name for name in named if is_partition(name))


def _origins(distribution: Resource) -> list[dict[str, Json]]:
    listed = listing(mapping(properties(distribution).get("DistributionConfig")).get("Origins"))
    return [mapping(each) for each in listed if mapping(each).get("Id") is not None]


def _domains(distribution: Resource, partition: str) -> list[Json]:
    """Return the domain names of a partition's origin: one, in a distribution that CloudFront accepts."""
    partitions = mapping(distribution.role.get(_PARTITIONS))
    origins = _origins(distribution)
    if partition in partitions:
        return [each.get("DomainName") for each in origins if each["Id"] == partitions[partition]]
    regular = [each for each in origins if each["Id"] == partitions.get(REGULAR)]
    headers = [mapping(header) for each in regular for header in listing(each.get("OriginCustomHeaders"))]
    name = travelling_header(partition)
    return [each.get("HeaderValue") for each in headers if str(each.get("HeaderName")).lower() == name]


def distribution_called(found: Sequence[Distribution], name: str) -> Distribution:
    """Return the distribution of a name.

    Raises:
        AssemblyError: If no distribution or several distributions have that name.
    """
    called = [each for each in found if each.is_called(name)]
    if not called:
        known = ", ".join(sorted(each.name for each in found)) or "none"
        raise AssemblyError(f"this assembly has no distribution {name}; it has {known}")
    return only_one(called, f"are called {name}")


def distributions_of(found: Sequence[Distribution], stacks: Collection[str]) -> list[Distribution]:
    """Return the distributions in some stacks, or, without any, those that lead to the stacks' aliases."""
    held = [each for each in found if each.stack.name in stacks]
    return held or [each for each in found if {alias.stack for alias in each.aliases} & set(stacks)]


def only_one(found: Sequence[Distribution], what: str) -> Distribution:
    """Return the only distribution.

    Raises:
        AssemblyError: If there are several; it lists their names.
    """
    if len(found) > 1:
        names = ", ".join(sorted(each.name for each in found))
        raise AssemblyError(f"several distributions {what}; choose one with --distribution: {names}")
    return found[0]


def retained_path(edge: Distribution, links: Links) -> str | None:
    """Return the path pattern under which a bucket serves the assets of every release; None without one.

    The metadata of a bucket's upload gives the path, which counts if the distribution has a behavior for it.
    """
    config = mapping(properties(edge.resource).get("DistributionConfig"))
    served = [mapping(each).get("PathPattern") for each in listing(config.get("CacheBehaviors"))]
    uploads = [each for stack in links.stacks.values() for each in stack.resources.values()]
    paths = [mapping(each.role.get("RetainedAssets")).get("Path") for each in uploads]
    return next((path for path in paths if isinstance(path, str) and path in served), None)
