"""Partitions are added, removed and given other shares while visitors come: nothing that serves them is replaced."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from edge.deployed import FOUR_WAVES, ONE_WAVE, of_type

from adoption.replacements import removed, replaced
from functions import pages
from prod_one_box import EdgeRuntime, OneBoxFrontend, StickyPartitionDistribution, Wave
from prod_one_box.vocabulary import partition_names

FUNCTIONS = EdgeRuntime.CLOUDFRONT_FUNCTIONS
LAMBDA = EdgeRuntime.LAMBDA_AT_EDGE
OTHER_SHARES = (2, 8, 20, 20)
KEPT = (
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::Distribution",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Function",
)
WAYS = [(ONE_WAVE, FOUR_WAVES), (FOUR_WAVES, ONE_WAVE)]
RUNTIMES = pytest.mark.parametrize("runtime", list(EdgeRuntime), ids=lambda runtime: runtime.value)


@cache
def site(runtime: EdgeRuntime, waves: Sequence[float]) -> dict[str, Any]:
    """The resources of a site with such waves."""
    app = cdk.App()
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(region="us-east-1"))
    shares = [Wave(share=share) for share in waves]
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=shares)
    StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions, edge_runtime=runtime)
    return app.synth().get_stack_by_name("Shop").template["Resources"]


def in_edge(resources: dict[str, Any], resource_type: str) -> dict[str, Any]:
    return {name: one for name, one in resources.items() if one["Type"] == resource_type and name.startswith("Site")}


def edge_names(waves: Sequence[float]) -> dict[str, str]:
    functions = in_edge(site(FUNCTIONS, waves), "AWS::CloudFront::Function")
    return {name: one["Properties"]["Name"] for name, one in functions.items()}


def config(runtime: EdgeRuntime, waves: Sequence[float]) -> dict[str, Any]:
    (distribution,) = in_edge(site(runtime, waves), "AWS::CloudFront::Distribution").values()
    return distribution["Properties"]["DistributionConfig"]


@RUNTIMES
@pytest.mark.parametrize(("before", "after"), WAYS, ids=["added", "removed"])
def test_no_function_api_or_distribution_of_a_remaining_partition_is_replaced(runtime, before, after):
    old, new = site(runtime, before), site(runtime, after)
    assert [name for name in replaced(old, new) if old[name]["Type"] in KEPT] == []
    gone = [name for name in removed(old, new) if old[name]["Type"] in KEPT]
    assert len(gone) == (0 if len(after) > len(before) else 4 * 3)
    assert all(name.startswith(("FrontendWave2", "FrontendWave3", "FrontendWave4")) for name in gone)


@pytest.mark.parametrize(("before", "after"), WAYS, ids=["added", "removed"])
def test_other_origins_make_new_functions_that_the_distribution_takes_together_with_the_origins(before, after):
    """CloudFormation updates a function in place before the distribution that refers to it."""
    old, new = edge_names(before), edge_names(after)
    assert old.keys() == new.keys()
    assert set(old.values()).isdisjoint(new.values())
    assert set(old) <= set(replaced(site(FUNCTIONS, before), site(FUNCTIONS, after)))


def test_other_shares_of_the_same_partitions_update_the_functions_in_place():
    old, new = site(FUNCTIONS, FOUR_WAVES), site(FUNCTIONS, OTHER_SHARES)
    assert edge_names(FOUR_WAVES) == edge_names(OTHER_SHARES)
    assert replaced(old, new) == removed(old, new) == []
    changed = {name for name in in_edge(old, "AWS::CloudFront::Function") if old[name] != new[name]}
    assert changed == edge_names(FOUR_WAVES).keys()
    assert config(FUNCTIONS, FOUR_WAVES) == config(FUNCTIONS, OTHER_SHARES)


def test_with_lambda_at_edge_other_partitions_make_new_versions_of_the_functions_that_choose():
    """The distribution takes these versions, which never change, together with the headers of its origin."""
    old, new = (
        {one["EventType"]: one["LambdaFunctionARN"]["Ref"] for one in behavior["LambdaFunctionAssociations"]}
        for behavior in (config(LAMBDA, waves)["DefaultCacheBehavior"] for waves in (ONE_WAVE, FOUR_WAVES))
    )
    assert {event for event in old if old[event] != new[event]} >= {
        "viewer-request",
        "origin-request",
        "viewer-response",
    }


@pytest.mark.parametrize("waves", [ONE_WAVE, FOUR_WAVES], ids=["one wave", "four waves"])
def test_each_partition_has_a_behavior_that_brings_its_origin_in_and_is_guarded_like_pages(waves):
    found = config(FUNCTIONS, waves)
    behaviors = {each["PathPattern"]: each for each in found["CacheBehaviors"]}
    names = partition_names(len(waves))[:-1]
    assert {path: each["TargetOriginId"] for path, each in behaviors.items()} == {
        "/.prod-one-box/*" if name == "one-box" else f"/.prod-one-box-{name}/*": f"prod-one-box/{name}"
        for name in names
    }
    pages = found["DefaultCacheBehavior"]
    assert all(each["FunctionAssociations"] == pages["FunctionAssociations"] for each in behaviors.values())
    assert {each["CachePolicyId"] for each in behaviors.values()} == {"4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}


@RUNTIMES
def test_functions_and_distribution_say_which_partitions_they_serve(runtime):
    resources = site(runtime, FOUR_WAVES)
    shares = {"one-box": 1, "wave-2": 4, "wave-3": 15, "wave-4": 30, "regular": 50}
    (distribution,) = in_edge(resources, "AWS::CloudFront::Distribution").values()
    role = distribution["Metadata"]["ProdOneBox"]
    assert role["Shares"] == shares
    origins = config(runtime, FOUR_WAVES)["Origins"]
    regular = {"regular": origins[0]["Id"]}
    waves = {name: f"prod-one-box/{name}" for name in shares if name != "regular"}
    assert role["Partitions"] == (regular if runtime is LAMBDA else {**waves, **regular})
    kind = "AWS::Lambda::Function" if runtime is LAMBDA else "AWS::CloudFront::Function"
    functions = [one["Metadata"]["ProdOneBox"] for one in in_edge(resources, kind).values()]
    assert [one["Shares"] for one in functions] == [shares] * (4 if runtime is LAMBDA else 2)
    assert {str(one.get("Origins")) for one in functions} == {str(None if runtime is LAMBDA else role["Partitions"])}


def test_with_lambda_at_edge_the_regular_origin_carries_each_waves_domain():
    resources = site(LAMBDA, FOUR_WAVES)
    (origin,) = config(LAMBDA, FOUR_WAVES)["Origins"]
    apis = [name for name in resources if resources[name]["Type"] == "AWS::ApiGatewayV2::Api"]
    carried = {
        each["HeaderName"]: each["HeaderValue"]["Fn::Join"][1][0]["Ref"] for each in origin["OriginCustomHeaders"]
    }
    assert carried == {
        f"X-{'One-Box' if 'OneBox' in api else f'Wave-{api[12]}'}-Origin-Domain": api
        for api in apis
        if "Regular" not in api
    }
    assert len(carried) == len(FOUR_WAVES)
    assert of_type({"Resources": resources}, "AWS::CloudFront::Function") == []
