"""A cache policy that would serve one partition's pages to the other's visitors is refused."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk.assertions import Annotations, Match
from edge.deployed import split
from edge.existing import distribution

from prod_one_box import InvalidArgumentError, PartitionEdge

ALLOW = cloudfront.CacheHeaderBehavior.allow_list
NEVER = {name: cdk.Duration.seconds(0) for name in ("default_ttl", "min_ttl", "max_ttl")}


def attach(stack: cdk.Stack, policy: cloudfront.ICachePolicy) -> PartitionEdge:
    edge = PartitionEdge(stack, "Edge", partitions=split())
    edge.attach_to(distribution(stack, edge, cache_policy=policy))
    return edge


@pytest.mark.parametrize(
    "options",
    [{"header_behavior": ALLOW("Accept", "x-req-partition")}, NEVER],
    ids=["with the header", "that never caches"],
)
def test_a_policy_that_keeps_the_partitions_apart_is_accepted(options):
    app = cdk.App()
    other_stack = cdk.Stack(app, "Policies")
    accepted = attach(cdk.Stack(app, "Shop"), cloudfront.CachePolicy(other_stack, "Policy", **options))
    assert accepted.distribution is not None


def test_the_managed_policy_that_caches_nothing_is_accepted():
    accepted = attach(cdk.Stack(), cloudfront.CachePolicy.CACHING_DISABLED)
    assert accepted.distribution is not None


@pytest.mark.parametrize("options", [{}, {"header_behavior": ALLOW("X-Req-Partition-Old")}], ids=["none", "another"])
def test_a_policy_without_the_header_is_refused(options):
    stack = cdk.Stack()
    with pytest.raises(InvalidArgumentError, match="Default/Policy") as caught:
        attach(stack, cloudfront.CachePolicy(stack, "Policy", **options))
    assert caught.value.argument == "cache_policy"


@pytest.mark.parametrize("name", ["CACHING_OPTIMIZED", "CACHING_OPTIMIZED_FOR_UNCOMPRESSED_OBJECTS", "AMPLIFY"])
def test_managed_policies_that_cache_are_refused_by_name(name):
    spoken = {"AMPLIFY": "Amplify"}.get(name, "CachingOptimized")
    with pytest.raises(InvalidArgumentError, match=f"managed policy {spoken}"):
        attach(cdk.Stack(), getattr(cloudfront.CachePolicy, name))


def test_an_imported_policy_cannot_be_read_and_gets_a_warning():
    stack = cdk.Stack()
    attach(
        stack, cloudfront.CachePolicy.from_cache_policy_id(stack, "Imported", "11111111-2222-3333-4444-555555555555")
    )
    Annotations.from_stack(stack).has_warning("*", Match.string_like_regexp("make sure its key has X-Req-Partition"))
