"""What a behavior's cache policy says: how long copies are kept, and under which key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ..assembly.cloud_assembly import Json, Resource
from ..assembly.http_message import HttpRequest
from ..assembly.template_parts import mapping, properties, referred
from .forwarding import ALL, Parts, only, read_parts

CacheKey: TypeAlias = "tuple[object, ...]"

_DAY: Final = 86_400.0
_YEAR: Final = 31_536_000.0


@dataclass(frozen=True, kw_only=True)
class CachePolicy:
    """A cache policy.

    Attributes:
        least: The shortest time that a copy is kept, in seconds.
        usual: The time for answers whose origin says nothing.
        most: The longest time.
        parts: What is in the cache key, besides the method and the path.
        encodings: The encodings by which copies are kept apart.
    """

    least: float = 0.0
    usual: float = _DAY
    most: float = _YEAR
    parts: Parts = field(default_factory=Parts)
    encodings: tuple[str, ...] = ()

    def key(self, request: HttpRequest) -> CacheKey:
        """The key under which an answer to a request is kept."""
        return (
            request.method,
            request.path,
            tuple(sorted(self.parts.of_headers(request))),
            tuple(self.parts.of_cookies(request)),
            tuple(self.parts.of_query(request)),
            self.encoding(request),
        )

    def encoding(self, request: HttpRequest) -> str | None:
        """The viewer's `Accept-Encoding` as CloudFront puts it in order; None: it is no part of the key."""
        if not self.encodings:
            return None
        accepted = [part.split(";")[0].strip() for part in ",".join(request.values("accept-encoding")).split(",")]
        return ",".join(name for name in self.encodings if name in accepted)


_BOTH: Final = ("br", "gzip")
_ORIGIN_HEADERS: Final = only("host", "origin", "x-http-method-override", "x-http-method", "x-method-override")
_NO_CACHE: Final = CachePolicy(usual=0.0, most=0.0)

MANAGED_CACHES: Final[Mapping[str, CachePolicy]] = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": CachePolicy(least=1.0, encodings=_BOTH),
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": CachePolicy(least=1.0),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": _NO_CACHE,
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": CachePolicy(
        usual=0.0, parts=Parts(headers=_ORIGIN_HEADERS, cookies=ALL), encodings=_BOTH
    ),
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": CachePolicy(
        usual=0.0, parts=Parts(headers=_ORIGIN_HEADERS, cookies=ALL, queries=ALL), encodings=_BOTH
    ),
}
"""CloudFront's own cache policies (developer guide, 'Use managed cache policies'): in order CachingOptimized,
CachingOptimizedForUncompressedObjects, CachingDisabled, UseOriginCacheControlHeaders and it with query strings."""


def read_cache_policy(policy: Json, resources: Mapping[str, Resource], notes: list[str]) -> CachePolicy:
    """Reads the policy that a behavior names.

    Args:
        policy: The behavior's `CachePolicyId`.
        resources: The resources of the assembly by logical id.
        notes: Gets a line for a policy that cannot be read.
    """
    if isinstance(policy, str) and policy in MANAGED_CACHES:
        return MANAGED_CACHES[policy]
    name = referred(policy)
    if name is None or name not in resources:
        notes.append(f"the cache policy {policy!r} is not in this assembly; taken as: nothing is kept")
        return _NO_CACHE
    config = mapping(properties(resources[name]).get("CachePolicyConfig"))
    parameters = mapping(config.get("ParametersInCacheKeyAndForwardedToOrigin"))
    wanted = (("br", "EnableAcceptEncodingBrotli"), ("gzip", "EnableAcceptEncodingGzip"))
    least = _seconds(config, "MinTTL", 0.0)
    usual = _seconds(config, "DefaultTTL", max(_DAY, least))
    return CachePolicy(
        least=least,
        usual=usual,
        most=_seconds(config, "MaxTTL", max(_YEAR, usual)),
        parts=read_parts(parameters),
        encodings=tuple(name for name, setting in wanted if parameters.get(setting) is True),
    )


def _seconds(config: Mapping[str, Json], name: str, default: float) -> float:
    value = config.get(name)
    return float(value) if isinstance(value, (int, float, str)) else default
