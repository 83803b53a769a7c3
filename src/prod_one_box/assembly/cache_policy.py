"""What a behavior says of copies: how long they are kept, and under which key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final, TypeAlias

from .cloud_assembly import Json
from .http_message import HttpRequest
from .request_parts import ALL, NONE, Parts, only, read_parts
from .template_parts import listing, mapping

CacheKey: TypeAlias = "tuple[object, ...]"

# CloudFront API reference, "CachePolicyConfig" and "CacheBehavior": what holds where nothing is said.
_DAY: Final = 86_400.0
_YEAR: Final = 31_536_000.0


@dataclass(frozen=True, kw_only=True)
class CachePolicy:
    """A cache policy.

    Attributes:
        name: The name of a managed policy; default: "", which means that it is none.
        least: The shortest time that a copy is kept, in seconds; default: 0.
        usual: The time for answers whose origin says nothing, in seconds; default: a day.
        most: The longest time, in seconds; default: a year.
        parts: What is in the cache key, besides the method and the path; default: nothing.
        encodings: The encodings by which copies are kept apart; default: none.
    """

    name: str = ""
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


NO_CACHE: Final = CachePolicy(usual=0.0, most=0.0)
"""A policy by which nothing is kept."""


def read_cache_policy(config: Mapping[str, Json], name: str, notes: list[str]) -> CachePolicy:
    """Reads a policy's configuration.

    Args:
        config: Its `CachePolicyConfig`.
        name: Whose policy it is, for the notes.
        notes: Gets a line for times that are not known before the policy is deployed.
    """
    parameters = mapping(config.get("ParametersInCacheKeyAndForwardedToOrigin"))
    wanted = (("br", "EnableAcceptEncodingBrotli"), ("gzip", "EnableAcceptEncodingGzip"))
    encodings = tuple(encoding for encoding, setting in wanted if parameters.get(setting) is True)
    return _timed(config, read_parts(parameters), encodings, name, notes)


def read_forwarded_values(behavior: Mapping[str, Json], name: str, notes: list[str]) -> CachePolicy:
    """Reads a behavior of the older kind, which has `ForwardedValues` and no cache policy.

    Args:
        behavior: The behavior.
        name: Which one it is, for the notes.
        notes: Gets a line for times that are not known before the distribution is deployed.
    """
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
        # CloudFront developer guide, 'Cache content based on request headers': with all of them nothing is kept.
        return CachePolicy(usual=0.0, most=0.0, parts=parts)
    return _timed(behavior, parts, (), name, notes)


def _timed(
    said: Mapping[str, Json], parts: Parts, encodings: tuple[str, ...], name: str, notes: list[str]
) -> CachePolicy:
    least, most = _seconds(said.get("MinTTL", 0)), _seconds(said.get("MaxTTL", _YEAR))
    usual = _seconds(said.get("DefaultTTL", _DAY))
    if least is None or usual is None:
        notes.append(f"{name}: how long its cache policy keeps pages is not known before it is deployed")
        least, usual = 0.0, _DAY
    usual = max(least, usual)
    return CachePolicy(least=least, usual=usual, most=_YEAR if most is None else most, parts=parts, encodings=encodings)


def _seconds(value: Json) -> float | None:
    """A time, not below 0; None for what is no number."""
    try:
        seconds = float(value) if isinstance(value, (int, float, str)) else None
    except (ValueError, OverflowError):
        return None
    return max(seconds, 0.0) if seconds is not None and isfinite(seconds) else None
