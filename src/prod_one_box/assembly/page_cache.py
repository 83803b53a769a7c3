"""How a distribution keeps pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..references import references
from ..vocabulary import PARTITION_HEADER
from .cloud_assembly import Json, Resource
from .template_parts import mapping

_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""The managed policy CachingDisabled (CloudFront developer guide, 'Use managed cache policies')."""


@dataclass(frozen=True, kw_only=True)
class PageCaching:
    """What the default behavior's cache policy says of pages whose origin says nothing.

    Attributes:
        seconds: How long a page is kept; 0: not at all.
        by_partition: Whether the partition is in the cache key.
    """

    seconds: float
    by_partition: bool


def page_caching(resources: Mapping[str, Resource], notes: list[str]) -> PageCaching:
    """Reads the cache policy of the distribution that has partitions; without one, pages are not kept.

    Args:
        resources: The resources of the assembly by logical id.
        notes: Gets a line for a policy that cannot be read.
    """
    for resource in resources.values():
        if "Partitions" in resource.role:
            return _of_distribution(resource, resources, notes)
    return PageCaching(seconds=0, by_partition=True)


def _of_distribution(distribution: Resource, resources: Mapping[str, Resource], notes: list[str]) -> PageCaching:
    behavior = _at(distribution.body, "Properties", "DistributionConfig", "DefaultCacheBehavior")
    policy = _at(behavior, "CachePolicyId")
    if policy == _CACHING_DISABLED:
        return PageCaching(seconds=0, by_partition=True)
    named = next((name for name in references(policy) if name in resources), None)
    if named is None:
        notes.append(
            f"{distribution.logical_id}: its cache policy is not in this assembly; taken as: pages are not kept"
        )
        return PageCaching(seconds=0, by_partition=True)
    config = _at(resources[named].body, "Properties", "CachePolicyConfig")
    seconds = _at(config, "DefaultTTL")
    headers = _at(config, "ParametersInCacheKeyAndForwardedToOrigin", "HeadersConfig", "Headers")
    keyed = isinstance(headers, list) and PARTITION_HEADER.lower() in [str(name).lower() for name in headers]
    return PageCaching(seconds=float(seconds) if isinstance(seconds, (int, float, str)) else 86_400, by_partition=keyed)


class PageCache:
    """The copies of pages that a distribution holds: as if all visitors came through one place of CloudFront's."""

    def __init__(self, caching: PageCaching) -> None:
        self._caching = caching
        self._copies: dict[tuple[int, int], tuple[float, int, bool]] = {}

    def find(self, url: int, partition: int, time: float) -> tuple[int, bool] | None:
        """The partition that rendered the copy a visitor gets, and whether it was the new release; None: no copy."""
        copy = self._copies.get(self._key(url, partition))
        return copy[1:] if copy and copy[0] > time else None

    def keep(self, url: int, partition: int, time: float, new: bool) -> None:
        """Keeps a page that was just rendered, if pages are kept at all."""
        if self._caching.seconds > 0:
            self._copies[self._key(url, partition)] = (time + self._caching.seconds, partition, new)

    def _key(self, url: int, partition: int) -> tuple[int, int]:
        return (url, partition if self._caching.by_partition else -1)


def _at(value: Json, *path: str) -> Json:
    for name in path:
        value = mapping(value).get(name)
    return value
