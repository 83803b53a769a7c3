"""Every way to watch or connect a release that could close a circle: none does, each alone and all together."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_synthetics as synthetics
from constructs import Construct

from dependency_graph import cycles, dependencies, downstream
from functions import a_function
from partitions import partitions
from prod_one_box import (
    EdgeRuntime,
    OneBoxFrontend,
    StickyPartitionDistribution,
    TrafficShiftedFunction,
    Wave,
    rest_api_origin,
)
from prod_one_box.constructs.assets.retained_assets import RetainedAssets

FILES = Path(__file__).parent / "constructs" / "assets" / "files"


class Shop:
    """A stack with everything in it; `wirings` says which connections are made."""

    def __init__(self, wirings: set[str]) -> None:
        self.wirings = wirings
        at_edge = "Lambda@Edge" in wirings
        self.stack = cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(region="us-east-1" if at_edge else "eu-west-1"))
        self.assets = self.files() if "retained assets" in wirings else None
        self.backend = TrafficShiftedFunction(self.stack, "Backend", function=a_function(self.stack, "Api"))
        self.api = apigateway.LambdaRestApi(self.stack, "RestApi", handler=self.backend.alias)
        self.frontend = OneBoxFrontend(
            self.stack,
            "Frontend",
            build_function=self.pages,
            waves=[Wave(share=1), Wave(share=4), Wave(share=15)],
            after=[self.backend.alias, *([self.assets] if self.assets else [])],
            alarms=self.backend.alias_alarms,
        )
        self.site = StickyPartitionDistribution(
            self.stack,
            "Site",
            partitions=self.frontend.partitions,
            backend=rest_api_origin(self.api) if "/api on the REST API" in wirings else None,
            additional_behaviors={self.assets.path: self.assets.behavior} if self.assets else None,
            edge_runtime=EdgeRuntime.LAMBDA_AT_EDGE if at_edge else EdgeRuntime.CLOUDFRONT_FUNCTIONS,
        )
        if "the site's domain in the environment" in wirings:
            for partition in self.frontend.partitions:
                partition.function.add_environment("SITE", self.site.domain_name)
        for wiring in sorted(wirings & ALARMS.keys()):
            ALARMS[wiring](self)

    def files(self) -> RetainedAssets:
        return RetainedAssets(self.stack, "Assets", directory=str(FILES))

    def pages(self, scope: Construct, partition: str) -> lambda_.Function:
        environment = {"API_URL": self.api.url} if "the API's URL in the environment" in self.wirings else None
        return a_function(scope, "Pages", environment=environment)

    def alarm(self, id: str, metric: cloudwatch.Metric) -> None:
        """Makes an alarm that preflight and bake watch."""
        minute = metric.with_(period=cdk.Duration.minutes(1))
        self.frontend.add_alarm(cloudwatch.Alarm(self.stack, id, metric=minute, threshold=1, evaluation_periods=1))

    def canary_alarm(self) -> None:
        canary = synthetics.Canary(
            self.stack,
            "Canary",
            runtime=synthetics.Runtime("syn-nodejs-puppeteer-15.0", synthetics.RuntimeFamily.NODEJS),
            test=synthetics.Test.custom(
                code=synthetics.Code.from_inline("exports.handler = 1;"), handler="index.handler"
            ),
            environment_variables={"SITE": self.site.domain_name},
        )
        self.alarm("OnCanary", canary.metric_failed())

    def version_alarms(self) -> None:
        for alarm in self.backend.version_alarms:
            self.frontend.add_alarm(alarm)


ALARMS: dict[str, Callable[[Shop], None]] = {
    "alarms on aliases": lambda shop: shop.alarm("OnAlias", shop.backend.alias.metric_errors()),
    "alarms on versions": Shop.version_alarms,
    "alarms on the front end's API": lambda shop: shop.alarm(
        "OnPages", shop.frontend.regular.http_api.metric_server_error()
    ),
    "alarms on the REST API": lambda shop: shop.alarm("OnRestApi", shop.api.metric_server_error()),
    "a canary on the domain": Shop.canary_alarm,
}
CONNECTIONS = [
    "/api on the REST API",
    "the API's URL in the environment",
    "the site's domain in the environment",
    "retained assets",
    "Lambda@Edge",
]
WIRINGS = [*ALARMS, *CONNECTIONS]


TOGETHER = {
    "all together": set(WIRINGS) - {"Lambda@Edge"},
    "all together with Lambda@Edge": set(WIRINGS),
}


@pytest.mark.parametrize("wirings", [*({wiring} for wiring in WIRINGS), *TOGETHER.values()], ids=[*WIRINGS, *TOGETHER])
def test_no_wiring_closes_a_circle(wirings: set[str]) -> None:
    template = assertions.Template.from_stack(Shop(wirings).stack).to_json()
    assert cycles(template) == []


def test_no_permission_waits_for_the_release_that_it_serves() -> None:
    """A canary on function URLs waits for the aliases; the handler must read the other alarms all the same."""
    stack = cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(region="eu-west-1"))
    backend = TrafficShiftedFunction(stack, "Backend", function=a_function(stack, "Api"))
    frontend = OneBoxFrontend(
        stack,
        "Frontend",
        build_function=lambda scope, partition: a_function(scope, "Pages"),
        create_apis=False,
        after=[backend.alias],
        alarms=[*backend.alias_alarms, *backend.version_alarms],
    )
    urls = [partition.alias.add_function_url() for partition in (frontend.one_box, frontend.regular)]
    one_box, regular = (origins.FunctionUrlOrigin(url) for url in urls)
    site = StickyPartitionDistribution(stack, "Site", partitions=partitions(one_box, regular))
    metric = cloudwatch.Metric(
        namespace="Shop",
        metric_name="Loads",
        dimensions_map={"Domain": site.domain_name},
        period=cdk.Duration.minutes(1),
    )
    frontend.add_alarm(cloudwatch.Alarm(stack, "OnDomain", metric=metric, threshold=1, evaluation_periods=1))
    template = assertions.Template.from_stack(stack).to_json()
    assert cycles(template) == []
    waiting = downstream(dependencies(template), stack.resolve(frontend.bakes[0].cfn_resource.logical_id))
    policies = {name for name in waiting if template["Resources"][name]["Type"] == "AWS::IAM::Policy"}
    assert policies == set()
