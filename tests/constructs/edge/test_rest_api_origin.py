"""The backend's REST API as an origin, without reaching the alias behind it."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront as cloudfront

from prod_one_box import InvalidArgumentError, rest_api_origin


def rendered(stack: cdk.Stack, api: apigateway.IRestApi, **arguments: str) -> dict:
    origin = rest_api_origin(api, **arguments)
    cloudfront.Distribution(stack, "Site", default_behavior=cloudfront.BehaviorOptions(origin=origin))
    resources = cdk.App.of(stack).synth().get_stack_by_name(stack.stack_name).template["Resources"]
    (site,) = (one for one in resources.values() if one["Type"] == "AWS::CloudFront::Distribution")
    return site["Properties"]["DistributionConfig"]["Origins"][0]


def stack_with_api(**options: object) -> tuple[cdk.Stack, apigateway.RestApi]:
    stack = cdk.Stack(cdk.App(), "Shop")
    api = apigateway.RestApi(stack, "Api", **options)
    api.root.add_method("GET")
    return stack, api


def test_the_origin_refers_to_the_apis_id_alone():
    origin = rendered(*stack_with_api())
    assert origin["OriginPath"] == "/prod"
    references = [part["Ref"] for part in origin["DomainName"]["Fn::Join"][1] if isinstance(part, dict)]
    assert [one for one in references if not one.startswith("AWS::")] == ["ApiF70053CD"]


def test_the_apis_own_stage_is_the_default():
    assert rendered(*stack_with_api(deploy_options={"stage_name": "live"}))["OriginPath"] == "/live"


def test_another_stage_can_be_named():
    assert rendered(*stack_with_api(), stage_name="beta")["OriginPath"] == "/beta"


def test_an_imported_api_needs_the_name():
    stack = cdk.Stack(cdk.App(), "Shop")
    api = apigateway.RestApi.from_rest_api_id(stack, "Api", "abc123")
    assert rendered(stack, api, stage_name="prod")["OriginPath"] == "/prod"
    with pytest.raises(InvalidArgumentError, match="Shop/Api: stage_name: got none"):
        rest_api_origin(api)


def test_an_api_without_a_deployment_needs_the_name():
    with pytest.raises(InvalidArgumentError, match="stage_name"):
        rest_api_origin(stack_with_api(deploy=False)[1])
