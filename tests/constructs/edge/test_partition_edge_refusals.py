"""What cannot be attached is refused, with the remedy."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from edge.deployed import one_box, regular, split
from edge.existing import distribution, new_stack, own_function, own_lambda

from partitions import partitions
from prod_one_box import EdgeRuntime, InvalidArgumentError, PartitionEdge


@pytest.mark.parametrize(
    ("runtime", "kind", "event"),
    [
        (EdgeRuntime.CLOUDFRONT_FUNCTIONS, "function", "viewer-request"),
        (EdgeRuntime.CLOUDFRONT_FUNCTIONS, "function", "viewer-response"),
        (EdgeRuntime.CLOUDFRONT_FUNCTIONS, "lambda", "viewer-request"),
        (EdgeRuntime.CLOUDFRONT_FUNCTIONS, "lambda", "viewer-response"),
        (EdgeRuntime.LAMBDA_AT_EDGE, "function", "viewer-request"),
        (EdgeRuntime.LAMBDA_AT_EDGE, "function", "viewer-response"),
        (EdgeRuntime.LAMBDA_AT_EDGE, "lambda", "viewer-request"),
        (EdgeRuntime.LAMBDA_AT_EDGE, "lambda", "origin-request"),
        (EdgeRuntime.LAMBDA_AT_EDGE, "lambda", "origin-response"),
        (EdgeRuntime.LAMBDA_AT_EDGE, "lambda", "viewer-response"),
    ],
)
def test_a_default_behavior_that_has_a_function_at_a_needed_event_is_refused_with_the_remedy(runtime, kind, event):
    stack = new_stack()
    edge = PartitionEdge(stack, "Edge", partitions=split(), edge_runtime=runtime)
    name = event.replace("-", "_").upper()
    if kind == "function":
        own = {"function_associations": [own_function(stack, cloudfront.FunctionEventType[name])]}
    else:
        own = {"edge_lambdas": [own_lambda(stack, cloudfront.LambdaEdgeEventType[name])]}
    site = distribution(stack, edge, **own)
    with pytest.raises(InvalidArgumentError, match=rf"the default behavior of Shop/Existing with a {event}") as caught:
        edge.attach_to(site)
    assert caught.value.argument == "distribution"
    if runtime is EdgeRuntime.CLOUDFRONT_FUNCTIONS and kind == "function":
        assert f"{event.replace('-', '_')}_code=" in str(caught.value)


def test_one_edge_has_one_distribution_and_one_distribution_has_one_edge():
    stack = new_stack()
    first = PartitionEdge(stack, "First", partitions=split())
    second = PartitionEdge(stack, "Second", partitions=split())
    site = distribution(stack, first)
    first.attach_to(site)
    for edge in (first, second):
        with pytest.raises(InvalidArgumentError, match="already"):
            edge.attach_to(site)


def test_an_unattached_edge_fails_the_synth():
    stack = new_stack()
    PartitionEdge(stack, "Edge", partitions=split())
    with pytest.raises(RuntimeError, match="call attach_to"):
        cdk.App.of(stack).synth()


@pytest.mark.parametrize("runtime", list(EdgeRuntime))
def test_a_further_behavior_that_would_mix_the_partitions_fails_the_synth(runtime):
    stack, origin = new_stack(), regular()
    edge = PartitionEdge(stack, "Edge", partitions=split(), edge_runtime=runtime)
    site = distribution(stack, edge, origin=origin)
    edge.attach_to(site)
    functions = {"function_associations": edge.function_associations, "edge_lambdas": edge.edge_lambdas}
    site.add_behavior("/shop/*", origin, cache_policy=edge.cache_policy, **functions)
    cdk.App.of(stack).synth()
    site.add_behavior("/mixed/*", origin, **functions)
    with pytest.raises(RuntimeError, match=r"managed policy CachingOptimized in the behavior /mixed/\*"):
        cdk.App.of(stack).synth(force=True)


def test_the_default_behaviors_own_origin_and_origin_groups_are_refused():
    group = origins.OriginGroup(primary_origin=one_box(), fallback_origin=origins.HttpOrigin("b.example.com"))
    same = regular()
    for box, origin, given in [
        (same, same, "one origin for one-box and regular"),
        (group, None, r"partitions\[0\]\.origin: got the origin group"),
        (one_box(), origins.OriginGroup(primary_origin=regular(), fallback_origin=origins.HttpOrigin("b.example.com")),
         "distribution: got the origin group"),
    ]:  # fmt: skip
        stack = new_stack()
        edge = PartitionEdge(stack, "Edge", partitions=partitions(box, origin or regular()))
        with pytest.raises(InvalidArgumentError, match=given):
            edge.attach_to(distribution(stack, edge, origin=origin))
