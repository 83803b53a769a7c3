"""A site as one finds it, before the edge is attached."""

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from edge.deployed import origin_of

from prod_one_box import PartitionEdge

US_EAST_1 = cdk.Environment(region="us-east-1")


def new_stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop", env=US_EAST_1)


def own_function(stack: cdk.Stack, event_type: cloudfront.FunctionEventType) -> cloudfront.FunctionAssociation:
    code = cloudfront.FunctionCode.from_inline("function handler(event) { return event.request; }")
    function = cloudfront.Function(stack, "Own", code=code, runtime=cloudfront.FunctionRuntime.JS_2_0)
    return cloudfront.FunctionAssociation(function=function, event_type=event_type)


def own_lambda(stack: cdk.Stack, event_type: cloudfront.LambdaEdgeEventType) -> cloudfront.EdgeLambda:
    code = lambda_.Code.from_inline("exports.handler = async (event) => event.Records[0].cf.request;")
    function = lambda_.Function(
        stack, "OwnLambda", code=code, handler="index.handler", runtime=lambda_.Runtime.NODEJS_24_X
    )
    return cloudfront.EdgeLambda(function_version=function.current_version, event_type=event_type)


def distribution(stack: cdk.Stack, edge: PartitionEdge, origin=None, **default: object) -> cloudfront.Distribution:
    """A site as one finds it: three further behaviors, an origin with an id of its own."""
    media = origins.HttpOrigin("media.example.com")
    default = {"cache_policy": edge.cache_policy, **default}
    return cloudfront.Distribution(
        stack,
        "Existing",
        default_behavior=cloudfront.BehaviorOptions(origin=origin or origin_of("regular"), **default),
        additional_behaviors={
            "/media/*": cloudfront.BehaviorOptions(origin=media),
            "/api/*": cloudfront.BehaviorOptions(origin=origins.HttpOrigin("api.example.com")),
            "/thumbs/*": cloudfront.BehaviorOptions(origin=media),
        },
    )
