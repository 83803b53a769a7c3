"""The partition in the cache key: without it, a visitor gets pages that the other partition's visitors cached."""

from collections.abc import Mapping
from typing import Final, cast

from aws_cdk import Annotations, Duration, Reference, Token, Tokenization
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ..errors import InvalidArgumentError
from ..vocabulary import PARTITION_HEADER

_CACHING_DISABLED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_MANAGED: Final = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": "CachingOptimized",
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": "CachingOptimizedForUncompressedObjects",
    "08627262-05a9-4f76-9ded-b50ca2e3a84f": "Elemental-MediaPackage",
    "2e54312d-136d-493c-8eb9-b001f22f67d2": "Amplify",
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": "UseOriginCacheControlHeaders",
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": "UseOriginCacheControlHeaders-QueryStrings",
}
"""CloudFront developer guide, "Use managed cache policies"; none of them but CachingDisabled keeps partitions apart."""


def partition_cache_policy(scope: Construct, id: str) -> cloudfront.CachePolicy:
    """Makes the cache policy for pages: apart by partition and query string, cached only if the origin says so."""
    return cloudfront.CachePolicy(
        scope,
        id,
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


def check_cache_policy(cache_policy_id: str, *, path: str, scope: Construct) -> None:
    """Refuses a cache policy that would serve one partition's pages to the other's visitors.

    Args:
        cache_policy_id: The id as the behavior has it.
        path: The construct's path, for errors.
        scope: What gets the warning if the policy is an imported one, which cannot be read at synth.

    Raises:
        InvalidArgumentError: If the policy is a managed one, or one of this app, that caches without
            `X-Req-Partition` in its key.
    """
    if cache_policy_id == _CACHING_DISABLED:
        return
    policy = _policy_of_this_app(cache_policy_id)
    if policy is not None:
        if not _keeps_apart(policy):
            raise _refusal(path, policy.node.path)
    elif cache_policy_id in _MANAGED:
        raise _refusal(path, f"the managed policy {_MANAGED[cache_policy_id]}")
    else:
        Annotations.of(scope).add_warning_v2(
            "prod-one-box:unread-cache-policy",
            f"The default behavior's cache policy cannot be read here; make sure its key has {PARTITION_HEADER}",
        )


def mixing_behaviors(cache_policies: Mapping[str, object]) -> list[str]:
    """Finds the behaviors whose managed cache policy has no partition in its key, and says so.

    Args:
        cache_policies: The policies' ids by path pattern.
    """
    return [
        f"The behavior {path} has the edge's function and the managed policy {_MANAGED[policy]}, which would mix the "
        f"partitions: give it a cache policy with {PARTITION_HEADER} among its headers."
        for path, policy in cache_policies.items()
        if isinstance(policy, str) and policy in _MANAGED
    ]


def _policy_of_this_app(cache_policy_id: str) -> cloudfront.CfnCachePolicy | None:
    """Finds the policy that a token refers to."""
    if not Token.is_unresolved(cache_policy_id):
        return None
    token = Tokenization.reverse_string(cache_policy_id).first_token
    target = cast("Reference", token).target if token is not None and Reference.is_reference(token) else None
    return target if isinstance(target, cloudfront.CfnCachePolicy) else None


def _keeps_apart(policy: cloudfront.CfnCachePolicy) -> bool:
    """Reads the policy's configuration."""
    config = cast("cloudfront.CfnCachePolicy.CachePolicyConfigProperty", policy.cache_policy_config)
    if config.max_ttl == 0:
        return True
    parameters = cast(
        "cloudfront.CfnCachePolicy.ParametersInCacheKeyAndForwardedToOriginProperty",
        config.parameters_in_cache_key_and_forwarded_to_origin,
    )
    headers = cast("cloudfront.CfnCachePolicy.HeadersConfigProperty", parameters.headers_config).headers or []
    return PARTITION_HEADER.lower() in (header.lower() for header in headers)


def _refusal(path: str, given: str) -> InvalidArgumentError:
    """Says what to give instead."""
    return InvalidArgumentError(
        path=path,
        argument="cache_policy",
        given=given,
        allowed=f"a cache policy with {PARTITION_HEADER} among its headers, or one that does not cache",
        remedy="Give the default behavior the PartitionEdge's `cache_policy`, or add the header to your own.",
    )
