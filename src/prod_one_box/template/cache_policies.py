"""Read cache policies and origin request policies, and apply them to requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Final, TypeAlias

from ..http_message import Fields, HttpRequest, cookie_pairs
from .cloud_assembly import Json, StackTemplate, listing, mapping, properties

if TYPE_CHECKING:  # a synth reads only the managed policies here
    from .links import Links


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which headers, cookies or query parameters a policy includes.

    Attributes:
        behavior: `none`, `all`, `whitelist` (the named ones) or `allExcept` (all others).
        names: The names, of headers in lower case.
    """

    behavior: str = "none"
    names: frozenset[str] = frozenset()

    def takes(self, name: str) -> bool:
        """Check whether a name is included."""
        if self.behavior == "whitelist":
            return name in self.names
        return self.behavior == "all" or (self.behavior == "allExcept" and name not in self.names)


NONE: Final = Selection()
ALL: Final = Selection(behavior="all")


def only(*names: str) -> Selection:
    """Include the named ones."""
    return Selection(behavior="whitelist", names=frozenset(names))


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of a request that a policy includes: headers, cookies and query parameters."""

    headers: Selection = NONE
    cookies: Selection = NONE
    queries: Selection = NONE

    def of_headers(self, request: HttpRequest) -> Fields:
        """Return the included headers, without cookies."""
        return tuple(field for field in request.fields if field[0] != "cookie" and self.headers.takes(field[0]))

    def of_cookies(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return the included cookies."""
        return [pair for pair in cookie_pairs(request.values("cookie")) if self.cookies.takes(pair[0])]

    def of_query(self, request: HttpRequest) -> list[str]:
        """Return the included query parameters as they are written."""
        return [part for part in request.query.split("&") if part and self.queries.takes(part.partition("=")[0])]


def read_parts(config: Mapping[str, Json]) -> Parts:
    """Read the parts that a policy's configuration includes."""
    return Parts(
        headers=_selection(config, "Header", lower=True),
        cookies=_selection(config, "Cookie", lower=False),
        queries=_selection(config, "QueryString", lower=False),
    )


def _selection(config: Mapping[str, Json], kind: str, *, lower: bool) -> Selection:
    part = mapping(config.get(f"{kind}sConfig"))
    named = [str(name) for name in listing(part.get(f"{kind}s"))]
    behavior = str(part.get(f"{kind}Behavior", "none"))
    return Selection(
        behavior="all" if behavior.startswith("allViewer") else behavior,
        names=frozenset(name.lower() for name in named) if lower else frozenset(named),
    )


CacheKey: TypeAlias = "tuple[object, ...]"

# CloudFront API reference, "CachePolicyConfig" and "CacheBehavior": the defaults.
_DAY: Final = 86_400.0
_YEAR: Final = 31_536_000.0


@dataclass(frozen=True, kw_only=True)
class CachePolicy:
    """A cache policy.

    Attributes:
        name: The name of a managed policy; default: "", for other policies.
        least: The minimum TTL in seconds; default: 0.
        usual: The default TTL in seconds; default: a day.
        most: The maximum TTL in seconds; default: a year.
        parts: What is in the cache key, besides the method and the path; default: nothing.
        encodings: The encodings in the cache key; default: none.
    """

    name: str = ""
    least: float = 0.0
    usual: float = _DAY
    most: float = _YEAR
    parts: Parts = field(default_factory=Parts)
    encodings: tuple[str, ...] = ()

    def key(self, request: HttpRequest) -> CacheKey:
        """Return the cache key of a request."""
        return (
            request.method,
            request.path,
            tuple(sorted(self.parts.of_headers(request))),
            tuple(self.parts.of_cookies(request)),
            tuple(self.parts.of_query(request)),
            self.encoding(request),
        )

    def encoding(self, request: HttpRequest) -> str | None:
        """Return the viewer's `Accept-Encoding` as CloudFront normalizes it; None if it is not in the key."""
        if not self.encodings:
            return None
        accepted = [part.split(";")[0].strip() for part in ",".join(request.values("accept-encoding")).split(",")]
        return ",".join(name for name in self.encodings if name in accepted)


NO_CACHE: Final = CachePolicy(usual=0.0, most=0.0)
"""A policy that caches nothing."""


def read_caching(
    behavior: Mapping[str, Json], name: str, stack: StackTemplate, links: "Links", notes: list[str]
) -> CachePolicy | None:
    """Return how a behavior of a stack's distribution caches; None if its cache policy is not in the assembly.

    `notes` gets a line, which starts with `name`, for TTLs that are known only after deployment.
    """
    policy = behavior.get("CachePolicyId")
    if policy is None and "ForwardedValues" in behavior:
        return _read_forwarded_values(behavior, name, notes)
    if isinstance(policy, str) and policy in MANAGED:
        return MANAGED[policy]
    config = _config(policy, "CachePolicy", stack, links)
    return None if config is None else read_cache_policy(config, name, notes)


def read_forwarding(behavior: Mapping[str, Json], stack: StackTemplate, links: "Links") -> Parts | None:
    """Return what a behavior's origin request policy adds; None if that policy is not in the assembly."""
    policy = behavior.get("OriginRequestPolicyId")
    if policy is None:
        return Parts()
    if isinstance(policy, str) and policy in MANAGED_FORWARDING:
        return MANAGED_FORWARDING[policy]
    config = _config(policy, "OriginRequestPolicy", stack, links)
    return None if config is None else read_parts(config)


def _config(policy: Json, kind: str, stack: StackTemplate, links: "Links") -> Mapping[str, Json] | None:
    for resource in map(links.resource, sorted(links.led_to(stack, policy))):
        if resource.type == f"AWS::CloudFront::{kind}":
            return mapping(properties(resource).get(f"{kind}Config"))
    return None


def read_cache_policy(config: Mapping[str, Json], name: str, notes: list[str]) -> CachePolicy:
    """Read a `CachePolicyConfig`; `notes` gets a line for TTLs that are known only after deployment."""
    parameters = mapping(config.get("ParametersInCacheKeyAndForwardedToOrigin"))
    wanted = (("br", "EnableAcceptEncodingBrotli"), ("gzip", "EnableAcceptEncodingGzip"))
    encodings = tuple(encoding for encoding, setting in wanted if parameters.get(setting) is True)
    return _timed(config, read_parts(parameters), encodings, name, notes)


def _read_forwarded_values(behavior: Mapping[str, Json], name: str, notes: list[str]) -> CachePolicy:
    values = mapping(behavior.get("ForwardedValues"))
    headers = [str(each).lower() for each in listing(values.get("Headers"))]
    cookies = mapping(values.get("Cookies"))
    named = {"all": ALL, "whitelist": only(*map(str, listing(cookies.get("WhitelistedNames"))))}
    keys = [str(each) for each in listing(values.get("QueryStringCacheKeys"))]
    parts = Parts(
        headers=ALL if "*" in headers else only(*headers),
        cookies=named.get(str(cookies.get("Forward")), NONE),
        queries=NONE if values.get("QueryString") is not True else only(*keys) if keys else ALL,
    )
    if "*" in headers:
        # CloudFront developer guide, 'Cache content based on request headers': with all of them nothing is cached.
        return CachePolicy(usual=0.0, most=0.0, parts=parts)
    return _timed(behavior, parts, (), name, notes)


def _timed(
    config: Mapping[str, Json], parts: Parts, encodings: tuple[str, ...], name: str, notes: list[str]
) -> CachePolicy:
    least, most = _seconds(config.get("MinTTL", 0)), _seconds(config.get("MaxTTL", _YEAR))
    usual = _seconds(config.get("DefaultTTL", _DAY))
    if least is None or usual is None:
        notes.append(f"{name}: how long its cache policy keeps pages is not known before it is deployed")
        least, usual = 0.0, _DAY
    usual = max(least, usual)
    return CachePolicy(least=least, usual=usual, most=_YEAR if most is None else most, parts=parts, encodings=encodings)


def _seconds(value: Json) -> float | None:
    """Return a time of at least 0; None for a value that is not a number."""
    try:
        seconds = float(value) if isinstance(value, (int, float, str)) else None
    except (ValueError, OverflowError):
        return None
    return max(seconds, 0.0) if seconds is not None and isfinite(seconds) else None


_BOTH: Final = ("br", "gzip")
_METHODS: Final = only("host", "origin", "x-http-method-override", "x-http-method", "x-method-override")

MANAGED: Final = {
    "2e54312d-136d-493c-8eb9-b001f22f67d2": CachePolicy(
        name="Amplify",
        least=2.0,
        usual=2.0,
        most=600.0,
        parts=Parts(headers=only("authorization", "cloudfront-viewer-country", "host"), cookies=ALL, queries=ALL),
        encodings=_BOTH,
    ),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": CachePolicy(name="CachingDisabled", usual=0.0, most=0.0),
    "658327ea-f89d-4fab-a63d-7e88639e58f6": CachePolicy(name="CachingOptimized", least=1.0, encodings=_BOTH),
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": CachePolicy(name="CachingOptimizedForUncompressedObjects", least=1.0),
    "08627262-05a9-4f76-9ded-b50ca2e3a84f": CachePolicy(
        name="Elemental-MediaPackage",
        parts=Parts(headers=only("origin"), queries=only("aws.manifestfilter", "start", "end", "m")),
        encodings=("gzip",),
    ),
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": CachePolicy(
        name="UseOriginCacheControlHeaders",
        usual=0.0,
        parts=Parts(headers=_METHODS, cookies=ALL),
        encodings=_BOTH,
    ),
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": CachePolicy(
        name="UseOriginCacheControlHeaders-QueryStrings",
        usual=0.0,
        parts=Parts(headers=_METHODS, cookies=ALL, queries=ALL),
        encodings=_BOTH,
    ),
}
"""The managed cache policies by their ids (CloudFront developer guide, 'Use managed cache policies')."""

_CORS: Final = ("origin", "access-control-request-headers", "access-control-request-method")

MANAGED_FORWARDING: Final[Mapping[str, Parts]] = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": Parts(headers=ALL, cookies=ALL, queries=ALL),
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": Parts(headers=ALL, cookies=ALL, queries=ALL),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": Parts(
        headers=Selection(behavior="allExcept", names=frozenset({"host"})), cookies=ALL, queries=ALL
    ),
    "59781a5b-3903-41f3-afcb-af62929ccde1": Parts(headers=only("origin")),
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": Parts(headers=only(*_CORS)),
    "acba4595-bd28-49b8-b9fe-13317c0390fa": Parts(headers=only("user-agent", "referer")),
    "775133bc-15f2-49f9-abea-afb2e0bf67d2": Parts(headers=only(*_CORS, "user-agent", "x-forwarded-for"), queries=ALL),
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": Parts(headers=only("host")),
}
"""CloudFront's managed origin request policies (developer guide, 'Use managed origin request policies').

In order: AllViewer, AllViewerAndCloudFrontHeaders-2022-06, AllViewerExceptHostHeader, CORS-CustomOrigin, CORS-S3Origin,
UserAgentRefererHeaders, Elemental-MediaTailor-PersonalizedManifests and HostHeaderOnly.
"""
