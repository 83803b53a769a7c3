"""What a synthesized distribution says: its behaviors, origins and error responses.

What an origin gets of a request besides what is in the cache key: origin request policies.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ...template.cache_policies import (
    ALL,
    MANAGED,
    NO_CACHE,
    CachePolicy,
    Choice,
    Parts,
    only,
    read_cache_policy,
    read_forwarded_values,
    read_parts,
)
from ...template.cloud_assembly import Json, Resource, StackTemplate, listing, mapping, properties
from ...template.links import Links, Place
from ...template.mixed_releases import matches, normalized
from ...vocabulary import PARTITIONS
from ..origins.origin import Origin, read_origin

_CORS: Final = ("origin", "access-control-request-headers", "access-control-request-method")

_MANAGED: Final[Mapping[str, Parts]] = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": Parts(headers=ALL, cookies=ALL, queries=ALL),
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": Parts(headers=ALL, cookies=ALL, queries=ALL),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": Parts(
        headers=Choice(behavior="allExcept", names=frozenset({"host"})), cookies=ALL, queries=ALL
    ),
    "59781a5b-3903-41f3-afcb-af62929ccde1": Parts(headers=only("origin")),
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": Parts(headers=only(*_CORS)),
    "acba4595-bd28-49b8-b9fe-13317c0390fa": Parts(headers=only("user-agent", "referer")),
    "775133bc-15f2-49f9-abea-afb2e0bf67d2": Parts(headers=only(*_CORS, "user-agent", "x-forwarded-for"), queries=ALL),
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": Parts(headers=only("host")),
}
"""CloudFront's own origin request policies (developer guide, 'Use managed origin request policies').

In order AllViewer, AllViewerAndCloudFrontHeaders-2022-06, AllViewerExceptHostHeader, CORS-CustomOrigin, CORS-S3Origin,
UserAgentRefererHeaders, Elemental-MediaTailor-PersonalizedManifests and HostHeaderOnly.
"""


def read_forwarding(policy: Json, stack: StackTemplate, links: Links, notes: list[str]) -> Parts:
    """Reads the policy that a behavior names.

    Args:
        policy: The behavior's `OriginRequestPolicyId`.
        stack: The stack that holds the distribution.
        links: The references between the assembly's stacks.
        notes: Gets a line for a policy that cannot be read.
    """
    if policy is None:
        return Parts()
    if isinstance(policy, str) and policy in _MANAGED:
        return _MANAGED[policy]
    own = next(iter(links.led_to(stack, policy)), None)
    if own is None:
        notes.append(f"the origin request policy {policy!r} is not in this assembly; taken as: nothing is forwarded")
        return Parts()
    return read_parts(mapping(properties(links.resource(own)).get("OriginRequestPolicyConfig")))


_ERROR_SECONDS: Final = 10.0
"""Without a word of the distribution's (CloudFront developer guide, 'Control how long CloudFront caches errors')."""


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
        functions: The edge function for each event.
    """

    pattern: str | None
    origin_id: str
    methods: frozenset[str]
    kept_methods: frozenset[str]
    cache: CachePolicy
    forwarded: Parts
    functions: dict[str, Place]


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
        plain = normalized(path)
        return next(each for each in self.behaviors if each.pattern is None or matches(each.pattern, plain))

    @property
    def has_partitions(self) -> bool:
        """Whether any of its origins is a partition's."""
        return any(each.partition for each in self.origins.values())

    def origin_names(self) -> list[tuple[str, ...]]:
        """What each origin can be called, what people know it by first: its partition, what is behind it, or its id."""
        parted = [(name,) for name in PARTITIONS if self.has_partitions]
        learned = [one for each in self.origins.values() for one in each.travelling.values() if one.places]
        return [*parted, *((*each.names, each.id) for each in (*self.origins.values(), *learned))]

    def error(self, status: int) -> ErrorRule:
        """What is done about a status."""
        return self.errors.get(status, ErrorRule())


def read_distribution(stack: StackTemplate, distribution: Resource, links: Links) -> Distribution:
    """Reads a distribution.

    Args:
        stack: The stack that holds it.
        distribution: The resource.
        links: The references between the assembly's stacks.
    """
    notes: list[str] = []
    config = mapping(properties(distribution).get("DistributionConfig"))
    behaviors = [mapping(each) for each in listing(config.get("CacheBehaviors"))]
    share = distribution.role.get("Share")
    partitions = {str(origin): name for name, origin in mapping(distribution.role.get("Partitions")).items()}
    read = [read_origin(mapping(each), partitions, stack, links) for each in listing(config.get("Origins"))]
    origins = {origin.id: origin for origin in read}
    return Distribution(
        logical_id=distribution.logical_id,
        behaviors=tuple(
            _behavior(each, stack, links, notes) for each in (*behaviors, mapping(config.get("DefaultCacheBehavior")))
        ),
        origins={**origins, **_groups(config, origins, notes)},
        errors=dict(map(_error, listing(config.get("CustomErrorResponses")))),
        share=float(share) if isinstance(share, (int, float)) else 0.0,
        root=str(config.get("DefaultRootObject", "")),
        notes=list(dict.fromkeys(notes)),
    )


def _behavior(behavior: Mapping[str, Json], stack: StackTemplate, links: Links, notes: list[str]) -> Behavior:
    pattern = behavior.get("PathPattern")
    name = str(pattern or "the default behavior")
    if "ResponseHeadersPolicyId" in behavior:
        notes.append(f"{name}: its response headers policy is not applied")
    return Behavior(
        pattern=None if pattern is None else str(pattern),
        origin_id=str(behavior.get("TargetOriginId")),
        methods=frozenset(str(each) for each in listing(behavior.get("AllowedMethods"))) or frozenset({"GET", "HEAD"}),
        kept_methods=frozenset(str(each) for each in listing(behavior.get("CachedMethods"))) | {"GET", "HEAD"},
        cache=_cached(behavior, name, stack, links, notes),
        forwarded=read_forwarding(behavior.get("OriginRequestPolicyId"), stack, links, notes),
        functions=dict(_functions(behavior, stack, links)),
    )


def _cached(
    behavior: Mapping[str, Json], name: str, stack: StackTemplate, links: Links, notes: list[str]
) -> CachePolicy:
    policy = behavior.get("CachePolicyId")
    if policy is None and "ForwardedValues" in behavior:
        return read_forwarded_values(behavior, name, notes)
    if isinstance(policy, str) and policy in MANAGED:
        return MANAGED[policy]
    own = next(iter(links.led_to(stack, policy)), None)
    if own is None:
        notes.append(f"the cache policy {policy!r} is not in this assembly; taken as: nothing is kept")
        return NO_CACHE
    return read_cache_policy(mapping(properties(links.resource(own)).get("CachePolicyConfig")), name, notes)


def _functions(behavior: Mapping[str, Json], stack: StackTemplate, links: Links) -> Iterator[tuple[str, Place]]:
    kinds = (("FunctionAssociations", "FunctionARN"), ("LambdaFunctionAssociations", "LambdaFunctionARN"))
    for kind, arn in kinds:
        for association in map(mapping, listing(behavior.get(kind))):
            event, found = str(association.get("EventType")), sorted(links.led_to(stack, association.get(arn)))
            yield event, found[0] if found else Place(stack.name, f"the {event} function")


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
