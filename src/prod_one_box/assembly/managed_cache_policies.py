"""CloudFront's managed cache policies (CloudFront developer guide, 'Use managed cache policies')."""

from typing import Final

from .cache_policy import CachePolicy
from .request_parts import ALL, Parts, only

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
"""The managed cache policies by their ids; none has a header of this library's in its key."""
