"""The policies of a behavior that serves both partitions.

Finds the policy of this app that a behavior names.

The partition in the cache key: without it, a visitor gets pages that the other partition's visitors cached.

Whether a request still has its partition when it leaves for the origin.
"""

from dataclasses import dataclass
from typing import Final, TypeVar, cast

from aws_cdk import Annotations, Duration, Reference, Token, Tokenization
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ...errors import InvalidArgumentError
from ...vocabulary import PARTITION_HEADER
from ..jsii_cache import stack_of
from ..physical_name import name_in_account
from .edge_code import EdgeRuntime
from .existing_distribution import Rendered

_Policy = TypeVar("_Policy", cloudfront.CfnCachePolicy, cloudfront.CfnOriginRequestPolicy)


def policy_of_this_app(policy_id: object, kind: type[_Policy], distribution: Construct) -> _Policy | None:
    """Finds a policy, from whichever stack.

    Args:
        policy_id: Its id as the behavior has it: a literal, a token, or what a token resolved to.
        kind: What the policy is.
        distribution: The distribution, in whose stack a token is resolved.

    Returns:
        The policy; None if it is a managed or an imported one.
    """
    if isinstance(policy_id, str):
        target = _target(policy_id)
        return target if isinstance(target, kind) else None
    stack = stack_of(distribution)
    policies = [one for one in distribution.node.root.node.find_all() if isinstance(one, kind)]
    return next((one for one in policies if policy_id in (stack.resolve(one.ref), stack.resolve(one.attr_id))), None)


def _target(policy_id: str) -> object:
    """Finds what a token refers to."""
    if not Token.is_unresolved(policy_id):
        return None
    token = Tokenization.reverse_string(policy_id).first_token
    return cast("Reference", token).target if token is not None and Reference.is_reference(token) else None


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


_FORWARDING: Final = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": "AllViewer",
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": "AllViewerAndCloudFrontHeaders-2022-06",
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": "AllViewerExceptHostHeader",
}
_WITHHOLDING: Final = {
    "59781a5b-3903-41f3-afcb-af62929ccde1": "CORS-CustomOrigin",
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": "CORS-S3Origin",
    "775133bc-15f2-49f9-abea-afb2e0bf67d2": "Elemental-MediaTailor-PersonalizedManifests",
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": "HostHeaderOnly",
    "acba4595-bd28-49b8-b9fe-13317c0390fa": "UserAgentRefererHeaders",
}
"""CloudFront developer guide, "Use managed origin request policies"."""


def forwards_partition(policy_id: object, distribution: Construct) -> bool | None:
    """Reads the origin request policy that a behavior names.

    Args:
        policy_id: Its id as the behavior has it; None means that the behavior has none.
        distribution: The distribution.

    Returns:
        Whether it forwards `X-Req-Partition`; None if it cannot be read, as an imported one.
    """
    if policy_id is None:
        return False
    if isinstance(policy_id, str) and policy_id in {*_FORWARDING, *_WITHHOLDING}:
        return policy_id in _FORWARDING
    policy = policy_of_this_app(policy_id, cloudfront.CfnOriginRequestPolicy, distribution)
    return None if policy is None else _forwards(policy)


def _forwards(policy: cloudfront.CfnOriginRequestPolicy) -> bool | None:
    """Reads the policy's configuration: its list is of what goes on, or of what stays behind."""
    config = cast(
        "cloudfront.CfnOriginRequestPolicy.OriginRequestPolicyConfigProperty", policy.origin_request_policy_config
    )
    headers = cast("cloudfront.CfnOriginRequestPolicy.HeadersConfigProperty", config.headers_config)
    is_listed = PARTITION_HEADER.lower() in (header.lower() for header in headers.headers or [])
    return {
        "none": False,
        "whitelist": is_listed,
        "allViewer": True,
        "allViewerAndWhitelistCloudFront": True,
        "allExcept": not is_listed,
    }.get(headers.header_behavior)


def check_policies(
    behavior: Rendered, *, name: str, edge_runtime: EdgeRuntime, distribution: Construct, edge: Construct
) -> None:
    """Refuses policies that would mix the partitions' pages, or hide the partition from Lambda@Edge.

    Args:
        behavior: The behavior, with its tokens or without.
        name: What to call it.
        edge_runtime: Where the edge's code runs.
        distribution: The behavior's distribution.
        edge: The `PartitionEdge`, which gets the warnings for policies that cannot be read.

    Raises:
        InvalidArgumentError: If a policy that can be read is not fit.
    """
    key = read_cache_key(behavior["cachePolicyId"], distribution)
    if key is None:
        _warn(edge, "cache-policy", f"The cache policy of {name} cannot be read here; make sure its key has")
    elif key.is_cached and not key.has_partition:
        raise _mixing(edge.node.path, f"{key.policy} in {name}")
    if edge_runtime == EdgeRuntime.LAMBDA_AT_EDGE:
        _check_forwarding(behavior, key, name, distribution, edge)


def _check_forwarding(
    behavior: Rendered, key: CacheKey | None, name: str, distribution: Construct, edge: Construct
) -> None:
    """Checks that origin-request sees the header (developer guide, "Control origin requests with a policy")."""
    if key is not None and key.has_partition:
        return
    is_forwarded = forwards_partition(behavior.get("originRequestPolicyId"), distribution)
    if is_forwarded is None:
        _warn(edge, "origin-request-policy", f"The policies of {name} cannot be read here; make sure one of them names")
    elif not is_forwarded and key is not None:
        raise InvalidArgumentError(
            path=edge.node.path,
            argument="origin_request_policy",
            given=f"policies in {name} that keep {PARTITION_HEADER} from Lambda@Edge at origin-request",
            allowed=f"a cache policy with {PARTITION_HEADER} in its key, or an origin request policy that forwards it",
            remedy="Give the behavior the PartitionEdge's `cache_policy` or its `origin_request_policy`.",
        )


def _mixing(path: str, given: str) -> InvalidArgumentError:
    """Says what to give instead of a cache policy that would serve one partition's pages to the other's visitors."""
    return InvalidArgumentError(
        path=path,
        argument="cache_policy",
        given=given,
        allowed=f"a cache policy with {PARTITION_HEADER} among its headers, or one that does not cache",
        remedy="Give the behavior the PartitionEdge's `cache_policy`, or add the header to your own.",
    )


def _warn(edge: Construct, kind: str, text: str) -> None:
    Annotations.of(edge).add_warning_v2(f"prod-one-box:unread-{kind}", f"{text} {PARTITION_HEADER}")
