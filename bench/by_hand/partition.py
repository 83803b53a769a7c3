"""A partition: the pages' alias, its HTTP API and the API's alarms."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from .alarms import error_rate_alarm, latency_alarm


class Partition:
    """One of the front ends."""

    def __init__(self, scope: Construct, *, name: str, share: int, pages: lambda_.Function) -> None:
        self.name = name
        self.share = share
        self.pages = pages
        self.alias = lambda_.Alias(scope, "Alias", alias_name="live", version=pages.current_version)
        self.api = apigatewayv2.HttpApi(
            scope, "Api", default_integration=HttpLambdaIntegration("Integration", self.alias)
        )
        dimensions = {"ApiId": self.api.api_id}
        words, namespace = "the HTTP API", "AWS/ApiGateway"
        self.alarms = [
            error_rate_alarm(scope, "ErrorRate", words, namespace, "Count", "5xx", dimensions),
            latency_alarm(scope, "Latency", words, namespace, "Count", "Latency", dimensions),
        ]
        stack = cdk.Stack.of(scope)
        self.origin = origins.HttpOrigin(
            f"{self.api.api_id}.execute-api.{stack.region}.{stack.url_suffix}", origin_id=name
        )

        # Each is asked of Node once: an id is a property of an object there.
        self.alias_id = cast("lambda_.CfnAlias", self.alias.node.default_child).logical_id
        self.version_id = cast("lambda_.CfnVersion", pages.current_version.node.default_child).logical_id
        self.place = {"Alias": self.alias_id, "Version": self.version_id}
        kinds = lambda_.CfnAlias | lambda_.CfnPermission | apigatewayv2.CfnRoute | apigatewayv2.CfnStage
        self.ways_in = [each.logical_id for each in scope.node.find_all() if isinstance(each, kinds)]
