"""The configuration of a synthesized distribution: its behaviors, origins and error responses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ...template.cache_policies import NO_CACHE, CachePolicy, Parts, read_caching, read_forwarding
from ...template.cloud_assembly import Json, Resource, StackTemplate, listing, mapping, properties
from ...template.distributions import shares_said_by
from ...template.links import Links, Place
from ...template.mixed_releases import ASSOCIATIONS
from ...template.path_pattern import matches, normalized
from ...vocabulary import partition_names
from .origin import Origin, read_origin

_ERROR_SECONDS: Final = 10.0
"""CloudFront's default (CloudFront developer guide, 'Control how long CloudFront caches errors')."""


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """A cache behavior.

    Attributes:
        pattern: The path pattern; None for the default behavior.
        origin_id: The origin, unless edge code selects another.
        methods: The allowed methods.
        cached_methods: The methods whose responses may be cached.
        cache: The cache policy.
        forwarded: What the origin gets besides what is in the cache key.
        functions: The edge function for each event.
    """

    pattern: str | None
    origin_id: str
    methods: frozenset[str]
    cached_methods: frozenset[str]
    cache: CachePolicy
    forwarded: Parts
    functions: dict[str, Place]


@dataclass(frozen=True, kw_only=True)
class ErrorResponse:
    """A custom error response.

    Attributes:
        seconds: The error caching minimum TTL.
        page: The path of the error page; None: the origin's own response is shown.
        status: The status that the viewer gets with the page; None: the origin's.
    """

    seconds: float = _ERROR_SECONDS
    page: str | None = None
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class DistributionConfig:
    """The configuration of a distribution.

    Attributes:
        logical_id: Its logical id.
        behaviors: Its behaviors in order, the default behavior last.
        origins: Its origins by id.
        errors: Its custom error responses by status code.
        shares: The percentage of visitors in each partition, in the order of a release; empty without partitions.
        root: The default root object; "" for none.
        notes: Settings that the preview ignores or could not read, and what it assumes instead.
    """

    logical_id: str
    behaviors: tuple[Behavior, ...]
    origins: dict[str, Origin]
    errors: dict[int, ErrorResponse]
    shares: dict[str, float]
    root: str = ""
    notes: list[str] = field(default_factory=list)

    def behavior_for(self, path: str) -> Behavior:
        """Return the first behavior that matches a path."""
        plain = normalized(path)
        return next(each for each in self.behaviors if each.pattern is None or matches(each.pattern, plain))

    @property
    def has_partitions(self) -> bool:
        """Whether any origin belongs to a partition."""
        return any(each.partition for each in self.origins.values())

    @property
    def partitions(self) -> tuple[str, ...]:
        """The partitions in the order of a release; the two of the default where the metadata does not give them."""
        return tuple(self.shares) if len(self.shares) > 1 else partition_names(waves=1)

    def origin_names(self) -> list[tuple[str, ...]]:
        """Return the names of each origin, the most familiar first: partition, construct, id."""
        partitions = [(name,) for name in self.partitions if self.has_partitions]
        in_headers = [one for each in self.origins.values() for one in each.header_origins.values() if one.places]
        return [*partitions, *((*each.names, each.id) for each in (*self.origins.values(), *in_headers))]

    def error_response(self, status: int) -> ErrorResponse:
        """Return the error response for a status."""
        return self.errors.get(status, ErrorResponse())


def read_distribution(stack: StackTemplate, distribution: Resource, links: Links) -> DistributionConfig:
    """Read a distribution of a stack.

    Raises:
        AssemblyError: If its metadata has shares of visitors that are wrong.
    """
    notes: list[str] = []
    config = mapping(properties(distribution).get("DistributionConfig"))
    behaviors = [*listing(config.get("CacheBehaviors")), config.get("DefaultCacheBehavior")]
    partitions = {str(origin): name for name, origin in mapping(distribution.role.get("Partitions")).items()}
    read = [read_origin(mapping(each), partitions, stack, links) for each in listing(config.get("Origins"))]
    origins = {origin.id: origin for origin in read}
    return DistributionConfig(
        logical_id=distribution.logical_id,
        behaviors=tuple(_behavior(mapping(each), stack, links, notes) for each in behaviors),
        origins={**origins, **_origin_groups(config, origins, notes)},
        errors=dict(_error_response(mapping(each)) for each in listing(config.get("CustomErrorResponses"))),
        shares=shares_said_by(distribution) if "Shares" in distribution.role else {},
        root=str(config.get("DefaultRootObject", "")),
        notes=list(dict.fromkeys(notes)),
    )


def _behavior(behavior: Mapping[str, Json], stack: StackTemplate, links: Links, notes: list[str]) -> Behavior:
    pattern = behavior.get("PathPattern")
    name = str(pattern or "the default behavior")
    if "ResponseHeadersPolicyId" in behavior:
        notes.append(f"{name}: its response headers policy is not applied")
    cache, forwarded = read_caching(behavior, name, stack, links, notes), read_forwarding(behavior, stack, links)
    if cache is None:
        id_ = behavior.get("CachePolicyId")
        notes.append(f"the cache policy {id_!r} is not in this assembly; taken as: nothing is kept")
    if forwarded is None:
        id_ = behavior.get("OriginRequestPolicyId")
        notes.append(f"the origin request policy {id_!r} is not in this assembly; taken as: nothing is forwarded")
    return Behavior(
        pattern=None if pattern is None else str(pattern),
        origin_id=str(behavior.get("TargetOriginId")),
        methods=frozenset(str(each) for each in listing(behavior.get("AllowedMethods"))) or frozenset({"GET", "HEAD"}),
        cached_methods=frozenset(str(each) for each in listing(behavior.get("CachedMethods"))) | {"GET", "HEAD"},
        cache=cache or NO_CACHE,
        forwarded=forwarded or Parts(),
        functions=dict(_functions(behavior, stack, links)),
    )


def _functions(behavior: Mapping[str, Json], stack: StackTemplate, links: Links) -> Iterator[tuple[str, Place]]:
    for kind, arn in ASSOCIATIONS.items():
        for association in map(mapping, listing(behavior.get(kind))):
            event, found = str(association.get("EventType")), sorted(links.led_to(stack, association.get(arn)))
            yield event, found[0] if found else Place(stack.name, f"the {event} function")


def _origin_groups(config: Mapping[str, Json], origins: Mapping[str, Origin], notes: list[str]) -> dict[str, Origin]:
    """Return the first origin of each origin group, by the group's id."""
    firsts: dict[str, Origin] = {}
    for group in map(mapping, listing(mapping(config.get("OriginGroups")).get("Items"))):
        members = [mapping(each).get("OriginId") for each in listing(mapping(group.get("Members")).get("Items"))]
        firsts[str(group.get("Id"))] = origins[str(members[0])]
        notes.append(f"the origin group {group.get('Id')}: its second origin is never asked")
    return firsts


def _error_response(rule: Mapping[str, Json]) -> tuple[int, ErrorResponse]:
    page, status, seconds = rule.get("ResponsePagePath"), rule.get("ResponseCode"), rule.get("ErrorCachingMinTTL")
    return int(str(rule.get("ErrorCode"))), ErrorResponse(
        seconds=float(seconds) if isinstance(seconds, (int, float)) else _ERROR_SECONDS,
        page=None if page is None else str(page),
        status=None if status is None else int(str(status)),
    )
