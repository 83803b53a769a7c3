"""What is no origin is refused, and so is an origin that leads to another partition."""

import re
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import assertions
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct
from edge.deployed import origin_of, regular, split
from edge.existing import distribution, new_stack

from functions import pages
from partitions import partitions
from prod_one_box import (
    EdgeRuntime,
    InvalidArgumentError,
    OneBoxFrontend,
    PartitionEdge,
    StickyPartitionDistribution,
    Wave,
)

RUNTIMES = pytest.mark.parametrize("runtime", list(EdgeRuntime), ids=lambda runtime: runtime.value)
THREE_WAVES = [Wave(share=1), Wave(share=4), Wave(share=15)]


@jsii.implements(cloudfront.IOrigin)
class OriginOfTheUsers:
    """An origin that CDK does not have."""

    def bind(self, scope: Construct, *, origin_id: str, **options: Any) -> cloudfront.OriginBindConfig:
        return cloudfront.OriginBindConfig(
            origin_property=cloudfront.CfnDistribution.OriginProperty(
                id=origin_id,
                domain_name="own.example.com",
                custom_origin_config=cloudfront.CfnDistribution.CustomOriginConfigProperty(
                    origin_protocol_policy="https-only"
                ),
            )
        )


@pytest.fixture(scope="module")
def frontend() -> OneBoxFrontend:
    return OneBoxFrontend(new_stack(), "Frontend", build_function=pages)


def refused(argument: str, *, runtime: EdgeRuntime, path: str, **given: object) -> str:
    with pytest.raises(InvalidArgumentError) as caught:
        StickyPartitionDistribution(new_stack(), "Site", edge_runtime=runtime, **{"partitions": split(), **given})
    assert (caught.value.path, caught.value.argument) == (path, argument)
    return str(caught.value)


@RUNTIMES
def test_a_partition_a_function_or_an_alias_is_refused_as_an_origin(frontend, runtime):
    for wrong, words in (
        (frontend.one_box, "a Partition"),
        (frontend.one_box.function, "a Function"),
        (frontend.one_box.alias, "an Alias"),
        ("shop.example.com", "'shop.example.com'"),
    ):
        first, last = partitions(wrong, regular()), partitions(regular(), wrong)
        for message in (
            refused("partitions[0].origin", runtime=runtime, path="Shop/Site/Edge", partitions=first),
            refused("partitions[1].origin", runtime=runtime, path="Shop/Site/Edge", partitions=last),
            refused("backend", runtime=runtime, path="Shop/Site", backend=wrong),
        ):
            assert f"got {words}; allowed: an origin (cloudfront.IOrigin). Of a Partition, give its `origin`" in message


@RUNTIMES
def test_a_users_own_implementation_of_an_origin_is_accepted(runtime):
    stack = new_stack()
    own = OriginOfTheUsers()
    site = StickyPartitionDistribution(
        stack, "Site", partitions=partitions(own, regular()), backend=OriginOfTheUsers(), edge_runtime=runtime
    )
    assert "own.example.com" in str(assertions.Template.from_stack(stack).to_json())
    assert site.edge.distribution is site.distribution


@RUNTIMES
def test_a_frontends_partitions_are_accepted_as_they_are(runtime):
    frontend = OneBoxFrontend(new_stack(), "Frontend", build_function=pages, waves=THREE_WAVES)
    StickyPartitionDistribution(frontend, "Site", partitions=frontend.partitions, edge_runtime=runtime)
    cdk.App.of(frontend).synth()


@RUNTIMES
def test_origins_that_lead_to_another_partition_fail_the_synth(runtime):
    frontend = OneBoxFrontend(new_stack(), "Frontend", build_function=pages, waves=THREE_WAVES)
    first, second, third, last = (each.origin for each in frontend.partitions)
    exchanged = partitions(first, third, second, last, shares=(1, 4, 15))
    StickyPartitionDistribution(frontend, "Site", partitions=exchanged, edge_runtime=runtime)
    with pytest.raises(RuntimeError) as caught:
        cdk.App.of(frontend).synth()
    assert re.findall(r"the (\S+) partition leads to the (\S+) partition's alias", str(caught.value)) == [
        ("wave-2", "wave-3"),
        ("wave-3", "wave-2"),
    ]


def test_the_regular_partition_must_have_the_default_behaviors_origin(frontend):
    edge = PartitionEdge(frontend, "EdgeOfAnother", partitions=frontend.partitions)
    other = distribution(frontend, edge, origin=frontend.one_box.origin)
    with pytest.raises(InvalidArgumentError, match="another origin than the last of `partitions`") as caught:
        edge.attach_to(other)
    assert caught.value.argument == "distribution"


@RUNTIMES
@pytest.mark.parametrize("differently", [{"origin_path": "/q"}, {"custom_headers": {"X-From": "nowhere"}}])
def test_another_path_or_header_of_the_default_behaviors_origin_is_refused(runtime, differently):
    stack = new_stack()
    edge = PartitionEdge(stack, "Edge", partitions=split(), edge_runtime=runtime)
    other = origins.HttpOrigin("regular.example.com", **{"custom_headers": {"X-From": "edge"}, **differently})
    with pytest.raises(InvalidArgumentError, match="by its domain name, path, ports or custom headers"):
        edge.attach_to(distribution(stack, edge, origin=other))


def test_an_origin_that_makes_resources_is_made_once():
    stack = new_stack()
    origin = origins.S3BucketOrigin.with_origin_access_control(s3.Bucket(stack, "Pages"))
    StickyPartitionDistribution(stack, "Site", partitions=partitions(origin_of("one-box"), origin))
    template = assertions.Template.from_stack(stack)
    template.resource_count_is("AWS::CloudFront::OriginAccessControl", 1)
    (policy,) = template.find_resources("AWS::S3::BucketPolicy").values()
    assert len(policy["Properties"]["PolicyDocument"]["Statement"]) == 1


def test_a_partitions_origin_can_also_serve_the_api():
    frontend = OneBoxFrontend(cdk.Stack(), "Frontend", build_function=pages)
    site = StickyPartitionDistribution(
        frontend, "Site", partitions=frontend.partitions, backend=frontend.regular.origin
    )
    assert site.edge.distribution is site.distribution
