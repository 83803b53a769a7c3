"""Lambda@Edge goes by X-Req-Partition at origin-request, so a policy must bring it there."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk.assertions import Annotations, Match
from edge.deployed import split
from edge.existing import US_EAST_1, distribution, new_stack

from prod_one_box import EdgeRuntime, InvalidArgumentError, PartitionEdge

HEADERS = cloudfront.OriginRequestHeaderBehavior
DISABLED = cloudfront.CachePolicy.CACHING_DISABLED
CUSTOM = {
    "with the header": (HEADERS.allow_list("x-req-partition"), True),
    "with everything": (HEADERS.all(), True),
    "with everything and CloudFront's": (HEADERS.all("CloudFront-Viewer-Country"), True),
    "without another": (HEADERS.deny_list("Host"), True),
    "without the header": (HEADERS.deny_list("Host", "X-Req-Partition"), False),
    "with another": (HEADERS.allow_list("Accept"), False),
    "with nothing": (HEADERS.none(), False),
}
MANAGED = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": True,
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": True,
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": True,
    "59781a5b-3903-41f3-afcb-af62929ccde1": False,
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": False,
    "775133bc-15f2-49f9-abea-afb2e0bf67d2": False,
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": False,
    "acba4595-bd28-49b8-b9fe-13317c0390fa": False,
}


def attach(stack: cdk.Stack, runtime: EdgeRuntime, **policies: object) -> PartitionEdge:
    edge = PartitionEdge(stack, "Edge", partitions=split(), edge_runtime=runtime)
    edge.attach_to(distribution(stack, edge, **policies))
    return edge


def check(stack: cdk.Stack, policy: cloudfront.IOriginRequestPolicy, *, is_forwarded: bool) -> None:
    policies = {"cache_policy": DISABLED, "origin_request_policy": policy}
    if is_forwarded:
        assert attach(stack, EdgeRuntime.LAMBDA_AT_EDGE, **policies).distribution is not None
        return
    with pytest.raises(InvalidArgumentError, match=r"the default behavior .* `origin_request_policy`") as caught:
        attach(stack, EdgeRuntime.LAMBDA_AT_EDGE, **policies)
    assert caught.value.argument == "origin_request_policy"


@pytest.mark.parametrize(("header_behavior", "is_forwarded"), CUSTOM.values(), ids=CUSTOM)
def test_a_policy_of_this_app_must_forward_the_header(header_behavior, is_forwarded):
    stack = new_stack()
    policies = cdk.Stack(cdk.App.of(stack), "Policies", env=US_EAST_1)
    policy = cloudfront.OriginRequestPolicy(policies, "Policy", header_behavior=header_behavior)
    check(stack, policy, is_forwarded=is_forwarded)


@pytest.mark.parametrize(("policy_id", "is_forwarded"), MANAGED.items())
def test_managed_policies_are_known(policy_id, is_forwarded):
    stack = new_stack()
    policy = cloudfront.OriginRequestPolicy.from_origin_request_policy_id(stack, "Policy", policy_id)
    check(stack, policy, is_forwarded=is_forwarded)


def test_without_any_policy_the_header_is_not_forwarded():
    with pytest.raises(InvalidArgumentError, match="keep X-Req-Partition from Lambda@Edge"):
        attach(new_stack(), EdgeRuntime.LAMBDA_AT_EDGE, cache_policy=DISABLED)


def test_the_cache_key_forwards_it_whatever_the_other_policy_says():
    policy = cloudfront.OriginRequestPolicy.CORS_S3_ORIGIN
    assert attach(new_stack(), EdgeRuntime.LAMBDA_AT_EDGE, origin_request_policy=policy).distribution is not None


def test_cloudfront_functions_do_not_need_it():
    assert attach(new_stack(), EdgeRuntime.CLOUDFRONT_FUNCTIONS, cache_policy=DISABLED).distribution is not None


def test_an_imported_policy_cannot_be_read_and_gets_a_warning():
    stack = new_stack()
    imported = cloudfront.OriginRequestPolicy.from_origin_request_policy_id(stack, "Imported", "11111111-2222")
    attach(stack, EdgeRuntime.LAMBDA_AT_EDGE, cache_policy=DISABLED, origin_request_policy=imported)
    expected = Match.string_like_regexp("policies of the default behavior cannot be read")
    Annotations.from_stack(stack).has_warning("/Shop/Edge", expected)
