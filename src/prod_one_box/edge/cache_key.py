"""The partition in the cache key: without it, a visitor gets pages that the other partition's visitors cached."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ..made import stack_of
from ..physical_name import name_in_account
from ..vocabulary import PARTITION_HEADER
from .policy_lookup import policy_of_this_app

_LONGEST_NAME: Final = 128
_CACHING_DISABLED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_MANAGED: Final = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": "CachingOptimized",
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": "CachingOptimizedForUncompressedObjects",
    _CACHING_DISABLED: "CachingDisabled",
    "08627262-05a9-4f76-9ded-b50ca2e3a84f": "Elemental-MediaPackage",
    "2e54312d-136d-493c-8eb9-b001f22f67d2": "Amplify",
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": "UseOriginCacheControlHeaders",
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": "UseOriginCacheControlHeaders-QueryStrings",
}
"""CloudFront developer guide, "Use managed cache policies"; none of them has the header in its key."""


@dataclass(frozen=True, kw_only=True)
class CacheKey:
    """What a cache policy does with the partition.

    Attributes:
        policy: What to call the policy.
        has_partition: Whether `X-Req-Partition` is in the key, which also forwards it to the origin.
        is_cached: Whether anything is cached at all.
    """

    policy: str
    has_partition: bool
    is_cached: bool


def partition_cache_policy(scope: Construct, id: str) -> cloudfront.CachePolicy:
    """Makes the cache policy for pages: apart by partition and query string, cached only if the origin says so."""
    return cloudfront.CachePolicy(
        scope,
        id,
        cache_policy_name=name_in_account(scope, longest=_LONGEST_NAME),
        comment=f"Pages, apart by {PARTITION_HEADER}",
        header_behavior=cloudfront.CacheHeaderBehavior.allow_list(PARTITION_HEADER),
        query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
        cookie_behavior=cloudfront.CacheCookieBehavior.none(),
        default_ttl=Duration.seconds(0),
        min_ttl=Duration.seconds(0),
        max_ttl=Duration.days(365),
        enable_accept_encoding_gzip=True,
        enable_accept_encoding_brotli=True,
    )


def read_cache_key(policy_id: object, distribution: Construct) -> CacheKey | None:
    """Reads the cache policy that a behavior names; None if it cannot be read, as an imported one."""
    if isinstance(policy_id, str) and policy_id in _MANAGED:
        is_cached = policy_id != _CACHING_DISABLED
        return CacheKey(policy=f"the managed policy {_MANAGED[policy_id]}", has_partition=False, is_cached=is_cached)
    policy = policy_of_this_app(policy_id, cloudfront.CfnCachePolicy, distribution)
    return None if policy is None else _read(policy)


def _read(policy: cloudfront.CfnCachePolicy) -> CacheKey:
    """Reads the policy's configuration."""
    # All at once: each property that is read by its name is a question to Node.
    config = stack_of(policy).resolve(policy._cfn_properties)["cachePolicyConfig"]
    headers = config["parametersInCacheKeyAndForwardedToOrigin"]["headersConfig"].get("headers") or []
    return CacheKey(
        policy=policy.node.path.removesuffix("/Resource"),
        has_partition=PARTITION_HEADER.lower() in (header.lower() for header in headers),
        is_cached=config.get("maxTtl") != 0,
    )
