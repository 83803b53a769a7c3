"""The policies of a behavior that serves all partitions.

Its cache key must name the partition, or visitors would get pages cached for another one. With Lambda@Edge its
requests must still name the partition at origin-request.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar, cast

from aws_cdk import Annotations, Duration, Reference, Token, Tokenization
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ...errors import InvalidArgumentError
from ...template.cache_policies import MANAGED, MANAGED_FORWARDING
from ...vocabulary import PARTITION_HEADER
from ..jsii_cache import stack_of
from ..physical_name import name_in_account
from .edge_code import EdgeRuntime
from .existing_distribution import Rendered

_Policy = TypeVar("_Policy", cloudfront.CfnCachePolicy, cloudfront.CfnOriginRequestPolicy)

_LONGEST_NAME: Final = 128  # of a cache policy


class _CacheKey(NamedTuple):
    """What a cache policy does with the partition; a header in the key is also forwarded to the origin."""

    policy: str
    has_partition: bool
    is_cached: bool


def partition_cache_policy(scope: Construct, id: str) -> cloudfront.CachePolicy:
    """Make a cache policy for pages: keyed by partition and query string, caching only what the origin allows."""
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


def check_policies(
    behavior: Rendered, *, name: str, edge_runtime: EdgeRuntime, distribution: Construct, edge: Construct
) -> None:
    """Raise if a behavior's policies would mix the partitions' pages, or hide the partition from Lambda@Edge.

    Args:
        behavior: The behavior, resolved or not.
        name: How to refer to the behavior in messages.
        edge_runtime: Where the edge code runs.
        distribution: The behavior's distribution.
        edge: The `PartitionEdge`, which gets the warnings about policies that cannot be read.

    Raises:
        InvalidArgumentError: If a policy that can be read is unsuitable.
    """
    key = _read_cache_key(behavior["cachePolicyId"], distribution)
    if key is None:
        _warn(edge, "cache-policy", f"The cache policy of {name} cannot be read here; make sure its key has")
    elif key.is_cached and not key.has_partition:
        raise InvalidArgumentError(
            path=edge.node.path,
            argument="cache_policy",
            given=f"{key.policy} in {name}",
            allowed=f"a cache policy with {PARTITION_HEADER} among its headers, or one that does not cache",
            remedy="Give the behavior the PartitionEdge's `cache_policy`, or add the header to your own.",
        )
    if edge_runtime == EdgeRuntime.LAMBDA_AT_EDGE and not (key is not None and key.has_partition):
        _check_forwarding(behavior, name, distribution, edge, is_certain=key is not None)


def _check_forwarding(
    behavior: Rendered, name: str, distribution: Construct, edge: Construct, *, is_certain: bool
) -> None:
    """Check that origin-request gets the header (developer guide, "Control origin requests with a policy")."""
    is_forwarded = _forwards_partition(behavior.get("originRequestPolicyId"), distribution)
    if is_forwarded is None:
        _warn(edge, "origin-request-policy", f"The policies of {name} cannot be read here; make sure one of them names")
    elif not is_forwarded and is_certain:
        raise InvalidArgumentError(
            path=edge.node.path,
            argument="origin_request_policy",
            given=f"policies in {name} that keep {PARTITION_HEADER} from Lambda@Edge at origin-request",
            allowed=f"a cache policy with {PARTITION_HEADER} in its key, or an origin request policy that forwards it",
            remedy="Give the behavior the PartitionEdge's `cache_policy` or its `origin_request_policy`.",
        )


def _read_cache_key(policy_id: object, distribution: Construct) -> _CacheKey | None:
    """Return what a cache policy does with the partition; None if it cannot be read, such as an imported one."""
    managed = MANAGED.get(policy_id) if isinstance(policy_id, str) else None
    if managed is not None:
        return _CacheKey(f"the managed policy {managed.name}", has_partition=False, is_cached=managed.most > 0)
    policy = _policy_of_this_app(policy_id, cloudfront.CfnCachePolicy, distribution)
    if policy is None:
        return None
    # Resolved as a whole: reading each property by its name is a call to Node.
    config = stack_of(policy).resolve(policy._cfn_properties)["cachePolicyConfig"]
    return _CacheKey(
        policy.node.path.removesuffix("/Resource"),
        has_partition=_names_partition(config["parametersInCacheKeyAndForwardedToOrigin"]["headersConfig"]),
        is_cached=config.get("maxTtl") != 0,
    )


def _forwards_partition(policy_id: object, distribution: Construct) -> bool | None:
    """Return whether an origin request policy forwards `X-Req-Partition`; None if it cannot be read."""
    if policy_id is None:
        return False
    if isinstance(policy_id, str) and policy_id in MANAGED_FORWARDING:
        return MANAGED_FORWARDING[policy_id].headers.takes(PARTITION_HEADER.lower())
    policy = _policy_of_this_app(policy_id, cloudfront.CfnOriginRequestPolicy, distribution)
    if policy is None:
        return None
    headers = stack_of(policy).resolve(policy._cfn_properties)["originRequestPolicyConfig"]["headersConfig"]
    is_listed = _names_partition(headers)
    return {
        "none": False,
        "whitelist": is_listed,
        "allViewer": True,
        "allViewerAndWhitelistCloudFront": True,
        "allExcept": not is_listed,
    }.get(headers["headerBehavior"])


def _names_partition(headers_config: Rendered) -> bool:
    headers = cast("Sequence[str]", headers_config.get("headers") or [])
    return PARTITION_HEADER.lower() in (header.lower() for header in headers)


def _policy_of_this_app(policy_id: object, kind: type[_Policy], distribution: Construct) -> _Policy | None:
    """Return the policy with an id, from any stack of the app; None for a managed or an imported one.

    Args:
        policy_id: The id as the behavior has it: a literal, a token, or a resolved token.
        kind: The policy's class.
        distribution: The distribution, in whose stack tokens are resolved.
    """
    if isinstance(policy_id, str):
        target = _target(policy_id)
        return target if isinstance(target, kind) else None
    stack = stack_of(distribution)
    policies = [one for one in distribution.node.root.node.find_all() if isinstance(one, kind)]
    return next((one for one in policies if policy_id in (stack.resolve(one.ref), stack.resolve(one.attr_id))), None)


def _target(policy_id: str) -> object:
    """Return the construct that a token refers to."""
    if not Token.is_unresolved(policy_id):
        return None
    token = Tokenization.reverse_string(policy_id).first_token
    return cast("Reference", token).target if token is not None and Reference.is_reference(token) else None


def _warn(edge: Construct, kind: str, text: str) -> None:
    Annotations.of(edge).add_warning_v2(f"prod-one-box:unread-{kind}", f"{text} {PARTITION_HEADER}")
