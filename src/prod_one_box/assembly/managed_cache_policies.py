"""CloudFront's managed cache policies (CloudFront developer guide, 'Use managed cache policies')."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class ManagedCachePolicy:
    """A managed cache policy; none has a header of this library's in its key.

    Attributes:
        name: Its name.
        minimum: The least time that a page is kept, in seconds.
        default: How long a page is kept whose origin says nothing, in seconds.
        maximum: How long a page is kept at most, in seconds; default: a year.
        headers: The headers in the cache key.
        cookies: Whether all cookies are in the cache key; otherwise none is.
        query: The query strings in the cache key; "*" stands for all.
    """

    name: str
    minimum: float
    default: float
    maximum: float = 31_536_000
    headers: tuple[str, ...] = ()
    cookies: bool = False
    query: tuple[str, ...] = ()


_DAY: Final = 86_400
_METHODS: Final = ("Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")

MANAGED: Final = {
    "2e54312d-136d-493c-8eb9-b001f22f67d2": ManagedCachePolicy(
        name="Amplify",
        minimum=2,
        default=2,
        maximum=600,
        headers=("Authorization", "CloudFront-Viewer-Country", "Host"),
        cookies=True,
        query=("*",),
    ),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": ManagedCachePolicy(name="CachingDisabled", minimum=0, default=0, maximum=0),
    "658327ea-f89d-4fab-a63d-7e88639e58f6": ManagedCachePolicy(name="CachingOptimized", minimum=1, default=_DAY),
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": ManagedCachePolicy(
        name="CachingOptimizedForUncompressedObjects", minimum=1, default=_DAY
    ),
    "08627262-05a9-4f76-9ded-b50ca2e3a84f": ManagedCachePolicy(
        name="Elemental-MediaPackage",
        minimum=0,
        default=_DAY,
        headers=("Origin",),
        query=("aws.manifestfilter", "start", "end", "m"),
    ),
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": ManagedCachePolicy(
        name="UseOriginCacheControlHeaders", minimum=0, default=0, headers=_METHODS, cookies=True
    ),
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": ManagedCachePolicy(
        name="UseOriginCacheControlHeaders-QueryStrings",
        minimum=0,
        default=0,
        headers=_METHODS,
        cookies=True,
        query=("*",),
    ),
}
"""The managed cache policies by their ids."""
