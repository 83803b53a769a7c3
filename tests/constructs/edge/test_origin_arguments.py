"""What is no origin is refused, and so is a partition's own one in the other's place."""

from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import assertions
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct
from edge.deployed import one_box, regular
from edge.existing import new_stack

from functions import pages
from prod_one_box import EdgeRuntime, InvalidArgumentError, OneBoxFrontend, PartitionEdge, StickyPartitionDistribution

RUNTIMES = pytest.mark.parametrize("runtime", list(EdgeRuntime), ids=lambda runtime: runtime.value)


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


def refused(given: dict[str, object], *, path: str, runtime: EdgeRuntime = EdgeRuntime.CLOUDFRONT_FUNCTIONS) -> str:
    (argument,) = given
    with pytest.raises(InvalidArgumentError) as caught:
        StickyPartitionDistribution(new_stack(), "Site", edge_runtime=runtime, **{"partitions": split(), **given})
    assert (caught.value.path, caught.value.argument) == (path, argument)
    return str(caught.value)


@RUNTIMES
@pytest.mark.parametrize(
    ("argument", "path"), [("one_box", "Shop/Site/Edge"), ("regular", "Shop/Site"), ("backend", "Shop/Site")]
)
def test_a_partition_a_function_or_an_alias_is_refused_as_an_origin(frontend, runtime, argument, path):
    for given, words in (
        (frontend.one_box, "a Partition"),
        (frontend.one_box.function, "a Function"),
        (frontend.one_box.alias, "an Alias"),
        ("shop.example.com", "'shop.example.com'"),
    ):
        message = refused({argument: given}, path=path, runtime=runtime)
        assert f"got {words}; allowed: an origin (cloudfront.IOrigin). Of a Partition, give its `origin`" in message


@RUNTIMES
def test_a_users_own_implementation_of_an_origin_is_accepted(runtime):
    stack = new_stack()
    site = StickyPartitionDistribution(
        stack, "Site", one_box=OriginOfTheUsers(), regular=regular(), backend=OriginOfTheUsers(), edge_runtime=runtime
    )
    assert "own.example.com" in str(assertions.Template.from_stack(stack).to_json())
    assert site.edge.distribution is site.distribution


def test_partitions_in_each_others_place_are_refused(frontend):
    first, second = frontend.one_box.origin, frontend.regular.origin
    with pytest.raises(InvalidArgumentError, match=r"one_box: got the regular partition's own origin; .*regular=front"):
        StickyPartitionDistribution(frontend, "Swapped", one_box=second, regular=first)
    with pytest.raises(InvalidArgumentError, match="one_box: got the regular partition's own origin"):
        PartitionEdge(frontend, "SwappedEdge", one_box=second)
    message = refused({"regular": first}, path="Shop/Site")
    assert "regular: got the one-box partition's own origin; allowed: the regular partition's, or an" in message


def test_a_partitions_origin_can_also_serve_the_api():
    frontend = OneBoxFrontend(cdk.Stack(), "Frontend", build_function=pages)
    first, second = frontend.one_box.origin, frontend.regular.origin
    site = StickyPartitionDistribution(frontend, "Site", one_box=first, regular=second, backend=second)
    assert site.edge.distribution is site.distribution
