"""What the edge does can be attached to a distribution that exists already."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from edge.deployed import in_engine, of_type, one_box, regular, split
from edge.existing import distribution, new_stack, own_lambda
from edge.visits import Visit

from edge_engines import Engine
from partitions import partitions
from prod_one_box import EdgeRuntime, PartitionEdge, Stickiness
from prod_one_box.vocabulary import METADATA_KEY

USERS_CODE = "function handler(event) { event.response.headers['x-mine'] = { value: 'yes' }; return event.response; }"


def config(stack: cdk.Stack) -> dict:
    (resource,) = of_type(template(stack), "AWS::CloudFront::Distribution")
    return resource["Properties"]["DistributionConfig"]


def template(stack: cdk.Stack) -> dict:
    return cdk.App.of(stack).synth().get_stack_by_name("Shop").template


@pytest.fixture(scope="module")
def attached() -> dict:
    stack, origin = new_stack(), regular()
    edge = PartitionEdge(stack, "Edge", partitions=split(), salt="s", viewer_response_code=USERS_CODE)
    site = distribution(
        stack,
        edge,
        origin=origin,
        response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
        edge_lambdas=[own_lambda(stack, cloudfront.LambdaEdgeEventType.ORIGIN_REQUEST)],
    )
    edge.attach_to(site)
    site.add_behavior(
        "/later/*",
        origin,
        cache_policy=edge.cache_policy,
        function_associations=edge.function_associations,
    )
    return template(stack)


@pytest.fixture(scope="module")
def attached_config(attached) -> dict:
    return of_type(attached, "AWS::CloudFront::Distribution")[0]["Properties"]["DistributionConfig"]


def events(behavior: dict) -> list[str]:
    return [one["EventType"] for one in behavior["FunctionAssociations"]]


def test_the_default_behavior_gets_the_functions_and_keeps_what_it_had(attached_config):
    behavior = attached_config["DefaultCacheBehavior"]
    assert events(behavior) == ["viewer-request", "viewer-response"]
    assert [one["EventType"] for one in behavior["LambdaFunctionAssociations"]] == ["origin-request"]
    assert "ResponseHeadersPolicyId" in behavior
    assert behavior["TargetOriginId"] == "regular"


def test_the_reserved_path_adds_the_one_box_and_does_not_bypass_the_functions(attached_config):
    behaviors = {one["PathPattern"]: one for one in attached_config["CacheBehaviors"]}
    assert behaviors["/.prod-one-box/*"]["TargetOriginId"] == "one-box"
    assert (
        behaviors["/.prod-one-box/*"]["FunctionAssociations"]
        == (attached_config["DefaultCacheBehavior"]["FunctionAssociations"])
    )


def test_the_users_other_behaviors_stay_as_they_were(attached_config):
    behaviors = {one["PathPattern"]: one for one in attached_config["CacheBehaviors"]}
    domains = {one["Id"]: one["DomainName"] for one in attached_config["Origins"]}
    assert {path: domains[one["TargetOriginId"]] for path, one in behaviors.items()} == {
        "/media/*": "media.example.com",
        "/api/*": "api.example.com",
        "/thumbs/*": "media.example.com",
        "/.prod-one-box/*": "one-box.example.com",
        "/later/*": "regular.example.com",
    }
    assert not any("FunctionAssociations" in behaviors[path] for path in ("/media/*", "/api/*", "/thumbs/*"))
    assert events(behaviors["/later/*"]) == ["viewer-request", "viewer-response"]


def test_the_deployed_code_chooses_origins_that_the_distribution_has(attached):
    cookies = [("Cookie", f"__Host-one-box-bucket={bucket}") for bucket in (0, 9999)]
    outcomes = in_engine(attached, Engine.NJS).play([Visit("192.0.2.1", [("Host", "shop"), one]) for one in cookies])
    assert [one.partition for one in outcomes] == ["one-box", "regular"]
    assert [one.response["x-mine"] for one in outcomes] == [["yes"], ["yes"]]


def test_functions_and_distribution_say_what_they_are_to_a_release(attached):
    (site,) = of_type(attached, "AWS::CloudFront::Distribution")
    assert site["Metadata"][METADATA_KEY] == {
        "Partitions": {"one-box": "one-box", "regular": "regular"},
        "Shares": {"one-box": 20, "regular": 80},
        "EdgeRuntime": "cloudfront-functions",
    }
    described = {
        one["Metadata"][METADATA_KEY]["EdgeFunction"]: one["Metadata"][METADATA_KEY]
        for one in of_type(attached, "AWS::CloudFront::Function")
    }
    assert described["viewer-request"] == {
        "EdgeFunction": "viewer-request",
        "Runtime": "cloudfront-functions",
        "Shares": {"one-box": 20, "regular": 80},
        "Origins": {"one-box": "one-box", "regular": "regular"},
    }
    assert "viewer-response" in described


def test_generated_origin_ids_reach_the_code():
    stack = new_stack()
    found = [origins.HttpOrigin(f"{name}.example.com") for name in ("one-box", "regular")]
    edge = PartitionEdge(stack, "Edge", partitions=partitions(*found))
    edge.attach_to(distribution(stack, edge, origin=found[1]))
    rendered = template(stack)
    ids = {one["DomainName"]: one["Id"] for one in config(stack)["Origins"]}
    code = in_engine(rendered, Engine.NJS).viewer_request
    assert f'"origins":{{"one-box":"{ids["one-box.example.com"]}","regular":"{ids["regular.example.com"]}"}}' in code


@pytest.mark.parametrize("runtime", list(EdgeRuntime), ids=lambda runtime: runtime.value)
def test_a_long_path_is_cut_to_the_length_that_aws_allows(runtime):
    stack = new_stack()
    edge = PartitionEdge(stack, "E" * 250, partitions=split(), edge_runtime=runtime)
    edge.attach_to(distribution(stack, edge))
    rendered = template(stack)
    comments = [
        one["Properties"]["FunctionConfig"]["Comment"] for one in of_type(rendered, "AWS::CloudFront::Function")
    ]
    descriptions = [one["Properties"]["Description"] for one in of_type(rendered, "AWS::Lambda::Function")]
    assert {len(one) for one in comments + descriptions} == ({128} if comments else {256})


def test_an_origin_that_another_behavior_uses_already_is_registered_once():
    stack, shared = new_stack(), one_box()
    edge = PartitionEdge(stack, "Edge", partitions=partitions(shared, regular()))
    site = distribution(stack, edge)
    site.add_behavior("/preview/*", shared)
    edge.attach_to(site)
    assert [one["Id"] for one in config(stack)["Origins"]].count("one-box") == 1


def test_signed_pages_stay_signed_on_the_reserved_paths():
    stack = new_stack()
    edge = PartitionEdge(stack, "Edge", partitions=split([1, 4, 15]))
    group = cloudfront.KeyGroup(stack, "Keys", items=[cloudfront.PublicKey.from_public_key_id(stack, "Key", "K123")])
    edge.attach_to(distribution(stack, edge, trusted_key_groups=[group]))
    rendered = config(stack)
    reserved = [one for one in rendered["CacheBehaviors"] if one["PathPattern"].startswith("/.prod-one-box")]
    signed = rendered["DefaultCacheBehavior"]["TrustedKeyGroups"]
    assert [one["TrustedKeyGroups"] for one in reserved] == [signed] * 3


def test_the_default_behaviors_guards_apply_to_the_reserved_path():
    stack = new_stack()
    edge = PartitionEdge(stack, "Edge", partitions=split())
    guard = own_lambda(stack, cloudfront.LambdaEdgeEventType.ORIGIN_REQUEST)
    guard = cloudfront.EdgeLambda(
        function_version=guard.function_version, event_type=guard.event_type, include_body=True
    )
    site = distribution(stack, edge, edge_lambdas=[guard])
    cfn = site.node.default_child
    given = cfn._cfn_properties["distributionConfig"]
    cfn.distribution_config = {
        **given, "defaultCacheBehavior": {**given["defaultCacheBehavior"], "trustedSigners": ["self"]}
    }  # fmt: skip
    edge.attach_to(site)
    rendered = config(stack)
    (reserved,) = (one for one in rendered["CacheBehaviors"] if one["PathPattern"] == "/.prod-one-box/*")
    assert reserved["TrustedSigners"] == ["self"]
    guards = reserved["LambdaFunctionAssociations"]
    assert guards == rendered["DefaultCacheBehavior"]["LambdaFunctionAssociations"]
    assert [(one["EventType"], one["IncludeBody"]) for one in guards] == [("origin-request", True)]
    assert events(reserved) == ["viewer-request", "viewer-response"]


def test_the_functions_of_lambda_at_edge_join_those_at_other_events_and_headers_join_the_origins():
    stack = new_stack()
    stickiness = Stickiness.request_attributes()
    edge = PartitionEdge(
        stack, "Edge", partitions=split(), edge_runtime=EdgeRuntime.LAMBDA_AT_EDGE, stickiness=stickiness
    )
    own = own_lambda(stack, cloudfront.LambdaEdgeEventType.VIEWER_RESPONSE)
    edge.attach_to(distribution(stack, edge, edge_lambdas=[own]))
    rendered = config(stack)
    attached = rendered["DefaultCacheBehavior"]["LambdaFunctionAssociations"]
    assert [one["EventType"] for one in attached] == [
        "viewer-response", "viewer-request", "origin-request", "origin-response",
    ]  # fmt: skip
    assert rendered["Origins"][0]["OriginCustomHeaders"] == [
        {"HeaderName": "X-From", "HeaderValue": "edge"},
        {"HeaderName": "X-One-Box-Origin-Domain", "HeaderValue": "one-box.example.com"},
    ]
    assert [one["PathPattern"] for one in rendered["CacheBehaviors"]] == ["/media/*", "/api/*", "/thumbs/*"]
