"""Further behaviors with the edge's functions are checked at synth, when they are all there."""

import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk.assertions import Annotations, Match
from edge.deployed import of_type, one_box, origin_of, regular, split
from edge.existing import distribution

from partitions import partitions
from prod_one_box import EdgeRuntime, InvalidArgumentError, PartitionEdge
from prod_one_box.constructs.edge.existing_distribution import ExistingDistribution

ALLOW = cloudfront.CacheHeaderBehavior.allow_list
EVERYTHING = cloudfront.OriginRequestPolicy.ALL_VIEWER
DISABLED = cloudfront.CachePolicy.CACHING_DISABLED


class Site:
    """A site with the edge, outside of us-east-1, with a stack of policies beside it."""

    def __init__(self, runtime: EdgeRuntime) -> None:
        self.app = cdk.App()
        environment = cdk.Environment(region="eu-west-1")
        self.stack = cdk.Stack(self.app, "Shop", env=environment)
        self.policies = cdk.Stack(self.app, "Policies", env=environment)
        self.origin, self.one_box, self.second = regular(), one_box(), origin_of("wave-2")
        self.edge = PartitionEdge(
            self.stack,
            "Edge",
            partitions=partitions(self.one_box, self.second, self.origin, shares=(1, 4)),
            edge_runtime=runtime,
        )
        self.distribution = distribution(self.stack, self.edge, origin=self.origin)
        self.edge.attach_to(self.distribution)

    def add(self, cache_policy: cloudfront.ICachePolicy, origin=None, **options: object) -> None:
        self.distribution.add_behavior(
            "/further/*",
            origin or self.origin,
            cache_policy=cache_policy,
            function_associations=self.edge.function_associations,
            edge_lambdas=self.edge.edge_lambdas,
            **options,
        )

    def paths(self) -> list[str]:
        """The path patterns of the synthesized distribution."""
        template = self.app.synth().get_stack_by_name("Shop").template
        (resource,) = of_type(template, "AWS::CloudFront::Distribution")
        return [behavior["PathPattern"] for behavior in resource["Properties"]["DistributionConfig"]["CacheBehaviors"]]


@pytest.fixture(params=list(EdgeRuntime), ids=lambda runtime: runtime.value)
def site(request) -> Site:
    return Site(request.param)


@pytest.mark.parametrize("beside", ["policies", "stack"])
def test_a_policy_of_this_app_without_the_header_is_found(site, beside):
    site.add(cloudfront.CachePolicy(getattr(site, beside), "Mixing", header_behavior=ALLOW("Accept")))
    with pytest.raises(RuntimeError, match=r"Mixing in the behavior /further/\*"):
        site.app.synth()


@pytest.mark.parametrize("beside", ["policies", "stack"])
def test_a_policy_of_this_app_with_the_header_is_fine(site, beside):
    site.add(cloudfront.CachePolicy(getattr(site, beside), "Apart", header_behavior=ALLOW("X-Req-Partition")))
    site.app.synth()
    Annotations.from_stack(site.stack).has_no_warning("/Shop/Edge", Match.any_value())


def test_an_imported_policy_gets_a_warning(site):
    site.add(cloudfront.CachePolicy.from_cache_policy_id(site.stack, "Imported", "11111111-2222"))
    expected = Match.string_like_regexp(r"cache policy of the behavior /further/\* cannot be read")
    Annotations.from_stack(site.stack).has_warning("/Shop/Edge", expected)


def test_behaviors_without_the_edges_functions_are_not_checked(site):
    mixing = cloudfront.CachePolicy(site.stack, "Mixing")
    site.distribution.add_behavior("/plain/*", origins.HttpOrigin("plain.example.com"), cache_policy=mixing)
    assert "/plain/*" in site.paths()


def test_lambda_at_edge_needs_the_header_forwarded():
    site = Site(EdgeRuntime.LAMBDA_AT_EDGE)
    site.add(DISABLED, origin_request_policy=cloudfront.OriginRequestPolicy.CORS_S3_ORIGIN)
    with pytest.raises(RuntimeError, match=r"policies in the behavior /further/\* that keep X-Req-Partition from"):
        site.app.synth()


def test_lambda_at_edge_takes_a_policy_that_forwards_everything():
    site = Site(EdgeRuntime.LAMBDA_AT_EDGE)
    site.add(DISABLED, origin_request_policy=EVERYTHING)
    assert "/further/*" in site.paths()


def test_a_forwarding_policy_in_another_stack_is_read():
    site = Site(EdgeRuntime.LAMBDA_AT_EDGE)
    keeping = cloudfront.OriginRequestHeaderBehavior.none()
    policy = cloudfront.OriginRequestPolicy(site.policies, "Keeping", header_behavior=keeping)
    site.add(DISABLED, origin_request_policy=policy)
    with pytest.raises(RuntimeError, match="keep X-Req-Partition from"):
        site.app.synth()


def test_an_origin_of_no_partition_is_refused(site):
    site.add(DISABLED, origins.HttpOrigin("another-site.example.com"), origin_request_policy=EVERYTHING)
    with pytest.raises(RuntimeError, match=r"The behavior /further/\* has the edge's functions and an(other)? origin"):
        site.app.synth()


def test_the_regular_partitions_origin_is_accepted(site):
    site.add(DISABLED, origin_request_policy=EVERYTHING)
    assert "/further/*" in site.paths()


def test_cloudfront_functions_accept_another_object_for_the_same_origin():
    site = Site(EdgeRuntime.CLOUDFRONT_FUNCTIONS)
    site.add(DISABLED, origins.HttpOrigin("regular.example.com", custom_headers={"X-From": "edge"}))
    assert "/further/*" in site.paths()


@pytest.mark.parametrize("wave", ["one_box", "second"])
def test_cloudfront_functions_accept_the_origin_of_any_partition(wave):
    site = Site(EdgeRuntime.CLOUDFRONT_FUNCTIONS)
    site.add(DISABLED, getattr(site, wave))
    assert "/further/*" in site.paths()


RESERVED = pytest.mark.parametrize(
    ("pattern", "partition"),
    [
        ("/.prod-one-box/*", "one-box"),
        (".prod-one-box/*", "one-box"),
        ("/.prod-one-box-wave-2/*", "wave-2"),
        (".prod-one-box-wave-2/*", "wave-2"),
    ],
)


@RESERVED
def test_a_reserved_path_is_refused_if_it_is_taken(pattern, partition):
    stack = cdk.Stack(cdk.App(), "Shop")
    edge = PartitionEdge(stack, "Edge", partitions=split([1, 4]))
    taken = distribution(stack, edge)
    taken.add_behavior(pattern, origins.HttpOrigin("other.example.com"))
    said = rf"Shop/Existing with a behavior for {re.escape(slashed(pattern))}; .* brings the {partition} partition's"
    with pytest.raises(InvalidArgumentError, match=said) as caught:
        edge.attach_to(taken)
    assert caught.value.argument == "distribution"


@RESERVED
def test_a_reserved_path_fails_the_synth_if_it_is_taken_later(pattern, partition):
    site = Site(EdgeRuntime.CLOUDFRONT_FUNCTIONS)
    site.distribution.add_behavior(pattern, origins.HttpOrigin("other.example.com"))
    said = rf"Another behavior was added for {re.escape(slashed(pattern))}, which brings the {partition} partition's"
    with pytest.raises(RuntimeError, match=said):
        site.app.synth()


def slashed(pattern: str) -> str:
    return f"/{pattern.removeprefix('/')}"


@pytest.mark.parametrize("over", [0, 1])
def test_more_cache_behaviors_in_all_than_cloudfronts_quota_get_a_warning_with_the_number(site, over):
    present = len(ExistingDistribution(site.distribution).further_behaviors)
    for number in range(74 - present + over):
        site.distribution.add_behavior(f"/further/{number}/*", site.origin)
    warnings = Annotations.from_stack(site.stack).find_warning("/Shop/Edge", Match.string_like_regexp("quota of 75"))
    assert len(warnings) == over
    if over:
        part = "75 further ones, 2 of them the waves' own" if site.edge.function_associations else "75 further ones"
        assert f"76 cache behaviors: the default one and {part}." in str(warnings[0].entry.data)
