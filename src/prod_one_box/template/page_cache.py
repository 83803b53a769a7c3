"""Read how a distribution caches pages, and play its cache."""

from dataclasses import dataclass, replace
from typing import Final

from ..vocabulary import PARTITION_HEADER
from .cache_policies import ALL, CachePolicy, read_caching
from .distributions import Distribution
from .links import Links

_NOBODY: Final = -1


@dataclass(frozen=True, kw_only=True)
class PageCaching:
    """How the default behavior's cache policy treats pages whose origin sends no Cache-Control.

    Attributes:
        seconds: How long a page is cached; 0: not at all.
        by_partition: Whether the partition is in the cache key.
        by_cookies: Whether all of a visitor's cookies are in the cache key; default: False.
        unknown: Why it is unknown whether pages are cached for both partitions; default: "", it is known.
    """

    seconds: float
    by_partition: bool
    by_cookies: bool = False
    unknown: str = ""


UP_TO_ORIGIN: Final = "it depends on the origin's Cache-Control"
"""The value of `unknown` for a policy that leaves caching to the origin."""

NOT_KEPT: Final = PageCaching(seconds=0, by_partition=True)
"""Pages that CloudFront does not cache."""


def page_caching(distribution: Distribution, links: Links, notes: list[str]) -> PageCaching:
    """Read the cache policy of a distribution's pages; `notes` gets a line for one that may mix partitions."""
    caching = _read(distribution, links, notes)
    if caching.unknown == UP_TO_ORIGIN:
        notes.append(
            f"{distribution.name}: the partition is not in its cache key, and pages are kept if their origin says so: "
            "whether they cross partitions depends on the origin's Cache-Control, which is not played"
        )
    return caching


def _read(distribution: Distribution, links: Links, notes: list[str]) -> PageCaching:
    behavior, name = distribution.default_behavior, distribution.name
    policy = read_caching(behavior, name, distribution.stack, links, notes)
    if policy is None:
        id_ = behavior.get("CachePolicyId")
        called = f"its cache policy {id_}" if isinstance(id_, str) and id_ else "its cache policy"
        notes.append(f"{name}: {called} is not in this assembly; taken as: pages are not kept")
        return replace(NOT_KEPT, unknown="the cache policy is not in this assembly")
    caching = _of_pages(policy)
    if policy.name and caching.seconds:
        notes.append(f"{name}: {_described(policy, caching)}")
    if policy.parts.cookies.behavior not in ("none", "all"):
        notes.append(f"{name}: some cookies are in its cache key; taken as: they do not tell partitions apart")
    return caching


def _of_pages(policy: CachePolicy) -> PageCaching:
    by_partition = policy.parts.headers.takes(PARTITION_HEADER.lower())
    up_to_origin = not by_partition and not policy.usual and policy.most > 0
    return PageCaching(
        seconds=policy.usual,
        by_partition=by_partition,
        by_cookies=policy.parts.cookies == ALL,
        unknown=UP_TO_ORIGIN if up_to_origin else "",
    )


def _described(policy: CachePolicy, caching: PageCaching) -> str:
    parts = policy.parts
    queries = ["all query strings"] if parts.queries == ALL else [f"?{name}" for name in sorted(parts.queries.names)]
    key = [*sorted(parts.headers.names), *(["all cookies"] if caching.by_cookies else []), *queries]
    apart = f"by {', '.join(key)}" if key else "by nothing but their address"
    return f"the managed policy {policy.name} keeps pages for {caching.seconds:g} s, {apart}"


class PageCache:
    """The pages that a distribution has cached, as if all visitors used one of CloudFront's locations."""

    def __init__(self, caching: PageCaching) -> None:
        self._caching = caching
        self._copies: dict[tuple[int, int, int], tuple[float, int, bool]] = {}

    def find(self, url: int, partition: int, time: float, holder: int = _NOBODY) -> tuple[int, bool] | None:
        """Return the partition that rendered the cached page, and whether it was the new release; None without one."""
        copy = self._copies.get(self._key(url, partition, holder))
        return copy[1:] if copy and copy[0] > time else None

    def keep(self, url: int, partition: int, time: float, new: bool, holder: int = _NOBODY) -> None:
        """Cache a page that was just rendered, if pages are cached at all."""
        if self._caching.seconds > 0:
            copy = (time + self._caching.seconds, partition, new)
            self._copies[self._key(url, partition, holder)] = copy

    def _key(self, url: int, partition: int, holder: int) -> tuple[int, int, int]:
        caching = self._caching
        return url, partition if caching.by_partition else _NOBODY, holder if caching.by_cookies else _NOBODY
