"""The policies of a behavior that serves both partitions."""

from aws_cdk import Annotations
from constructs import Construct

from ..errors import InvalidArgumentError
from ..vocabulary import PARTITION_HEADER
from .cache_key import CacheKey, read_cache_key
from .edge_runtime import EdgeRuntime
from .existing_distribution import Rendered
from .forwarding import forwards_partition


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
