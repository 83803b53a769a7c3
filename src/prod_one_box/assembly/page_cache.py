"""How a distribution keeps pages."""

from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

from ..vocabulary import PARTITION_HEADER
from .cloud_assembly import Json
from .distributions import Distribution
from .links import Links
from .managed_cache_policies import MANAGED, ManagedCachePolicy
from .template_parts import listing, mapping, properties

_USUAL_TTL: Final = 86_400.0  # CloudFront API reference, "CachePolicyConfig": a policy that does not say it.
_LONGEST_TTL: Final = 31_536_000.0  # The same.
_NOBODY: Final = -1


@dataclass(frozen=True, kw_only=True)
class PageCaching:
    """What the default behavior's cache policy says of pages whose origin says nothing.

    Attributes:
        seconds: How long a page is kept; 0: not at all.
        by_partition: Whether the partition is in the cache key.
        by_cookies: Whether all of a visitor's cookies are in the cache key; default: they are not.
        unknown: Why nobody knows whether pages are kept, where they would cross; default: "", which means that it is
            known.
    """

    seconds: float
    by_partition: bool
    by_cookies: bool = False
    unknown: str = ""


UP_TO_ORIGIN: Final = "it depends on the origin's Cache-Control"
"""Why nobody knows whether pages are kept by a policy that leaves it to the origin."""

NOT_KEPT: Final = PageCaching(seconds=0, by_partition=True)
"""Pages that CloudFront does not keep."""


def page_caching(distribution: Distribution, links: Links, notes: list[str]) -> PageCaching:
    """Reads the cache policy of a distribution's pages.

    Args:
        distribution: The distribution.
        links: The assembly's stacks.
        notes: Gets a line for a policy that cannot be read, for a managed one that keeps pages, and for one that
            leaves it to the origin.
    """
    caching = _read(distribution, links, notes)
    if caching.unknown is UP_TO_ORIGIN:
        notes.append(
            f"{distribution.name}: the partition is not in its cache key, and pages are kept if their origin says so: "
            "whether they cross partitions depends on the origin's Cache-Control, which is not played"
        )
    return caching


def _read(distribution: Distribution, links: Links, notes: list[str]) -> PageCaching:
    behavior = distribution.default_behavior
    policy = behavior.get("CachePolicyId")
    if policy is None and "ForwardedValues" in behavior:
        return _forwarding(behavior)
    if isinstance(policy, str) and policy in MANAGED:
        return _managed(distribution, MANAGED[policy], notes)
    for place in sorted(links.led_to(distribution.stack, policy)):
        resource = links.resource(place)
        if resource.type == "AWS::CloudFront::CachePolicy":
            return _own(distribution, mapping(properties(resource).get("CachePolicyConfig")), notes)
    called = f"its cache policy {policy}" if isinstance(policy, str) and policy else "its cache policy"
    notes.append(f"{distribution.name}: {called} is not in this assembly; taken as: pages are not kept")
    return replace(NOT_KEPT, unknown="the cache policy is not in this assembly")


def _managed(distribution: Distribution, policy: ManagedCachePolicy, notes: list[str]) -> PageCaching:
    seconds = max(policy.minimum, policy.default)
    if seconds:
        key = [*policy.headers, *(["all cookies"] if policy.cookies else []), *_queries(policy)]
        apart = f"by {', '.join(key)}" if key else "by nothing but their address"
        notes.append(f"{distribution.name}: the managed policy {policy.name} keeps pages for {seconds:g} s, {apart}")
    return PageCaching(
        seconds=seconds,
        by_partition=False,
        by_cookies=policy.cookies,
        unknown=UP_TO_ORIGIN if not seconds and policy.maximum > 0 else "",
    )


def _queries(policy: ManagedCachePolicy) -> list[str]:
    return ["all query strings" if name == "*" else f"?{name}" for name in policy.query]


def _own(distribution: Distribution, config: dict[str, Json], notes: list[str]) -> PageCaching:
    key = mapping(config.get("ParametersInCacheKeyAndForwardedToOrigin"))
    cookies = mapping(key.get("CookiesConfig"))
    behavior = cookies.get("CookieBehavior", "none")
    if behavior not in ("none", "all"):
        notes.append(
            f"{distribution.name}: some cookies are in its cache key; taken as: they do not tell partitions apart"
        )
    lasting = _lasting(config.get("MinTTL", 0), config.get("DefaultTTL", _USUAL_TTL))
    if lasting is None:
        notes.append(f"{distribution.name}: how long its cache policy keeps pages is not known before it is deployed")
    by_partition = _holds_partition(mapping(key.get("HeadersConfig")).get("Headers"))
    return PageCaching(
        seconds=_USUAL_TTL if lasting is None else lasting,
        by_partition=by_partition,
        by_cookies=behavior == "all",
        unknown=_unknown(lasting, config) if not by_partition else "",
    )


def _forwarding(behavior: dict[str, Json]) -> PageCaching:
    """Reads a behavior of the older kind, without a cache policy."""
    values = mapping(behavior.get("ForwardedValues"))
    headers = listing(values.get("Headers"))
    lasting = _lasting(behavior.get("MinTTL", 0), behavior.get("DefaultTTL", _USUAL_TTL))
    if "*" in headers:
        # CloudFront developer guide, 'Cache content based on request headers': with all of them nothing is kept.
        return NOT_KEPT
    by_partition = _holds_partition(headers)
    return PageCaching(
        seconds=_USUAL_TTL if lasting is None else lasting,
        by_partition=by_partition,
        by_cookies=mapping(values.get("Cookies")).get("Forward") == "all",
        unknown=_unknown(lasting, behavior) if not by_partition else "",
    )


def _holds_partition(headers: Json) -> bool:
    return PARTITION_HEADER.lower() in [str(name).lower() for name in listing(headers)]


def _unknown(lasting: float | None, said: dict[str, Json]) -> str:
    """Why nobody knows whether pages are kept; a longest time that is no number may be any."""
    up_to_origin = lasting == 0 and _lasting(said.get("MaxTTL", _LONGEST_TTL), 0) != 0
    return UP_TO_ORIGIN if up_to_origin else ""


def _lasting(minimum: Json, default: Json) -> float | None:
    """The time that a page is kept whose origin says nothing; None if it is no number."""
    try:
        seconds = [float(each) for each in (minimum, default) if isinstance(each, int | float | str)]
    except ValueError:
        return None
    known = len(seconds) == 2 and all(isfinite(each) for each in seconds)  # noqa: PLR2004
    return max(*seconds, 0.0) if known else None


class PageCache:
    """The copies of pages that a distribution holds: as if all visitors came through one place of CloudFront's."""

    def __init__(self, caching: PageCaching) -> None:
        self._caching = caching
        self._copies: dict[tuple[int, int, int], tuple[float, int, bool]] = {}

    def find(self, url: int, partition: int, time: float, holder: int = _NOBODY) -> tuple[int, bool] | None:
        """The partition that rendered the copy a visitor gets, and whether it was the new release; None: no copy.

        Args:
            url: The page.
            partition: The visitor's partition.
            time: When, in seconds.
            holder: The visitor, if the request has cookies; default: it has none.
        """
        copy = self._copies.get(self._key(url, partition, holder))
        return copy[1:] if copy and copy[0] > time else None

    def keep(self, url: int, partition: int, time: float, new: bool, holder: int = _NOBODY) -> None:
        """Keeps a page that was just rendered, if pages are kept at all."""
        if self._caching.seconds > 0:
            copy = (time + self._caching.seconds, partition, new)
            self._copies[self._key(url, partition, holder)] = copy

    def _key(self, url: int, partition: int, holder: int) -> tuple[int, int, int]:
        caching = self._caching
        return url, partition if caching.by_partition else _NOBODY, holder if caching.by_cookies else _NOBODY
