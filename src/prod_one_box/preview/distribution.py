"""What a synthesized distribution says: its behaviors, origins and error responses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..assembly.cache_policy import NO_CACHE, CachePolicy, read_cache_policy, read_forwarded_values
from ..assembly.cloud_assembly import Json, Resource
from ..assembly.http_message import Fields
from ..assembly.managed_cache_policies import MANAGED
from ..assembly.request_parts import Parts
from ..assembly.template_parts import listing, mapping, properties, referred
from ..references import references
from .forwarding import read_forwarding
from .path_pattern import matches
from .stand_in import stand_in

_ERROR_SECONDS: Final = 10.0
"""Without a word of the distribution's (CloudFront developer guide, 'Control how long CloudFront caches errors')."""

_READ_SECONDS: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """How requests of some paths are treated.

    Attributes:
        pattern: Which paths; None for the default behavior.
        origin_id: Where they go unless edge code chooses.
        methods: The allowed methods.
        kept_methods: The methods whose answers may be kept.
        cache: The cache policy.
        forwarded: What the origin gets besides what is in the cache key.
        functions: The logical id of the edge function for each event.
    """

    pattern: str | None
    origin_id: str
    methods: frozenset[str]
    kept_methods: frozenset[str]
    cache: CachePolicy
    forwarded: Parts
    functions: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """An origin of a distribution.

    Attributes:
        id: Its id in the distribution.
        domain: What stands for its domain name.
        path: What is put before a request's path.
        fields: Its custom headers.
        resources: The logical ids that its domain name refers to.
        partition: The partition whose origin it is; "" for none.
        travelling: What its custom headers' values refer to: Lambda@Edge learns from them of further origins.
        seconds: How long an answer may take.
    """

    id: str
    domain: str
    path: str
    fields: Fields
    resources: tuple[str, ...]
    partition: str = ""
    travelling: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: float = _READ_SECONDS

    @property
    def name(self) -> str:
        """What people know it by: the API or the bucket behind it; its id if it is neither."""
        return next((name for name in self.resources if not name.startswith("AWS::")), self.id)


@dataclass(frozen=True, kw_only=True)
class ErrorRule:
    """What the distribution does about an error.

    Attributes:
        seconds: How long it is kept at least.
        page: The path of the page that is shown instead; None: the origin's own.
        status: The status that the viewer gets with that page; None: the origin's.
    """

    seconds: float = _ERROR_SECONDS
    page: str | None = None
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """A distribution.

    Attributes:
        logical_id: Its name in the template.
        behaviors: In their order, the default behavior last.
        origins: By their id.
        errors: By status code.
        share: The percentage of visitors in the one-box.
        root: The object that stands for "/"; "" for none.
        notes: What was taken for what, and what was not understood.
    """

    logical_id: str
    behaviors: tuple[Behavior, ...]
    origins: dict[str, Origin]
    errors: dict[int, ErrorRule]
    share: float
    root: str = ""
    notes: list[str] = field(default_factory=list)

    def behavior(self, path: str) -> Behavior:
        """The first behavior that takes a path; the order is the distribution's."""
        return next(each for each in self.behaviors if each.pattern is None or matches(each.pattern, path))

    def error(self, status: int) -> ErrorRule:
        """What is done about a status."""
        return self.errors.get(status, ErrorRule())


def read_distribution(distribution: Resource, resources: Mapping[str, Resource]) -> Distribution:
    """Reads a distribution.

    Args:
        distribution: The resource.
        resources: The resources of the assembly by logical id.
    """
    notes: list[str] = []
    config = mapping(properties(distribution).get("DistributionConfig"))
    behaviors = [mapping(each) for each in listing(config.get("CacheBehaviors"))]
    share = distribution.role.get("Share")
    partitions = {str(origin): name for name, origin in mapping(distribution.role.get("Partitions")).items()}
    origins = {origin.id: origin for origin in (_origin(each, partitions) for each in listing(config.get("Origins")))}
    return Distribution(
        logical_id=distribution.logical_id,
        behaviors=tuple(
            _behavior(each, resources, notes) for each in (*behaviors, mapping(config.get("DefaultCacheBehavior")))
        ),
        origins={**origins, **_groups(config, origins, notes)},
        errors=dict(map(_error, listing(config.get("CustomErrorResponses")))),
        share=float(share) if isinstance(share, (int, float)) else 0.0,
        root=str(config.get("DefaultRootObject", "")),
        notes=list(dict.fromkeys(notes)),
    )


def _behavior(behavior: Mapping[str, Json], resources: Mapping[str, Resource], notes: list[str]) -> Behavior:
    pattern = behavior.get("PathPattern")
    name = str(pattern or "the default behavior")
    if "ResponseHeadersPolicyId" in behavior:
        notes.append(f"{name}: its response headers policy is not applied")
    return Behavior(
        pattern=None if pattern is None else str(pattern),
        origin_id=str(behavior.get("TargetOriginId")),
        methods=frozenset(str(each) for each in listing(behavior.get("AllowedMethods"))) or frozenset({"GET", "HEAD"}),
        kept_methods=frozenset(str(each) for each in listing(behavior.get("CachedMethods"))) | {"GET", "HEAD"},
        cache=_cached(behavior, name, resources, notes),
        forwarded=read_forwarding(behavior.get("OriginRequestPolicyId"), resources, notes),
        functions=dict(_functions(behavior)),
    )


def _cached(
    behavior: Mapping[str, Json], name: str, resources: Mapping[str, Resource], notes: list[str]
) -> CachePolicy:
    policy = behavior.get("CachePolicyId")
    if policy is None and "ForwardedValues" in behavior:
        return read_forwarded_values(behavior, name, notes)
    if isinstance(policy, str) and policy in MANAGED:
        return MANAGED[policy]
    own = referred(policy)
    if own is None or own not in resources:
        notes.append(f"the cache policy {policy!r} is not in this assembly; taken as: nothing is kept")
        return NO_CACHE
    return read_cache_policy(mapping(properties(resources[own]).get("CachePolicyConfig")), name, notes)


def _functions(behavior: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    kinds = (("FunctionAssociations", "FunctionARN"), ("LambdaFunctionAssociations", "LambdaFunctionARN"))
    for kind, place in kinds:
        for association in map(mapping, listing(behavior.get(kind))):
            for name in references(association.get(place)):
                yield str(association.get("EventType")), name


def _origin(body: Json, partitions: Mapping[str, str]) -> Origin:
    origin = mapping(body)
    headers = [mapping(each) for each in listing(origin.get("OriginCustomHeaders"))]
    settings = mapping(origin.get("CustomOriginConfig"))
    seconds = settings.get("OriginReadTimeout")
    return Origin(
        id=str(origin.get("Id")),
        domain=stand_in(origin.get("DomainName")),
        path=stand_in(origin.get("OriginPath", "")),
        fields=tuple((stand_in(each.get("HeaderName")).lower(), stand_in(each.get("HeaderValue"))) for each in headers),
        resources=tuple(dict.fromkeys(references(origin.get("DomainName")))),
        partition=partitions.get(str(origin.get("Id")), ""),
        travelling={
            stand_in(each.get("HeaderValue")): tuple(dict.fromkeys(references(each.get("HeaderValue"))))
            for each in headers
        },
        seconds=float(seconds) if isinstance(seconds, (int, float)) else _READ_SECONDS,
    )


def _groups(config: Mapping[str, Json], origins: Mapping[str, Origin], notes: list[str]) -> dict[str, Origin]:
    """What stands for origin groups: the first origin of each."""
    firsts: dict[str, Origin] = {}
    for group in map(mapping, listing(mapping(config.get("OriginGroups")).get("Items"))):
        members = [mapping(each).get("OriginId") for each in listing(mapping(group.get("Members")).get("Items"))]
        firsts[str(group.get("Id"))] = origins[str(members[0])]
        notes.append(f"the origin group {group.get('Id')}: its second origin is never asked")
    return firsts


def _error(body: Json) -> tuple[int, ErrorRule]:
    rule = mapping(body)
    page, status, seconds = rule.get("ResponsePagePath"), rule.get("ResponseCode"), rule.get("ErrorCachingMinTTL")
    return int(str(rule.get("ErrorCode"))), ErrorRule(
        seconds=float(seconds) if isinstance(seconds, (int, float)) else _ERROR_SECONDS,
        page=None if page is None else str(page),
        status=None if status is None else int(str(status)),
    )
