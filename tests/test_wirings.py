"""Every way to watch or connect a release that could close a circle: none does, each alone and all together."""

from collections.abc import Callable

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import assertions
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_synthetics as synthetics
from constructs import Construct

from dependency_graph import cycles
from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, TrafficShiftedFunction, rest_api_origin


class Shop:
    """A stack with everything in it; `wirings` says which connections are made."""

    def __init__(self, wirings: set[str]) -> None:
        self.wirings = wirings
        self.stack = cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(region="eu-west-1"))
        self.backend = TrafficShiftedFunction(self.stack, "Backend", function=function(self.stack, "Api"))
        self.api = apigateway.LambdaRestApi(self.stack, "RestApi", handler=self.backend.alias)
        self.watched: list[cloudwatch.IAlarm] = []
        self.canary = synthetics.Canary(
            self.stack,
            "Canary",
            runtime=synthetics.Runtime("syn-nodejs-puppeteer-13.0", synthetics.RuntimeFamily.NODEJS),
            test=synthetics.Test.custom(
                code=synthetics.Code.from_inline("exports.handler = 1;"), handler="index.handler"
            ),
            environment_variables={"SITE": cdk.Lazy.string(Site(self))} if "canary on the domain" in wirings else None,
        )
        for wiring in sorted(wirings):
            ALARMS.get(wiring, lambda shop: None)(self)
        self.frontend = OneBoxFrontend(
            self.stack,
            "Frontend",
            build_function=self.pages,
            after=[self.backend.alias],
            alarms=[*self.backend.alias_alarms, *self.watched],
        )
        if "alarms on the front end's API" in wirings:
            self.alarm("Pages", self.frontend.regular.http_api.metric_server_error())
        self.site = StickyPartitionDistribution(
            self.stack,
            "Site",
            one_box=self.frontend.one_box.origin,
            regular=self.frontend.regular.origin,
            backend=rest_api_origin(self.api) if "/api on the REST API" in wirings else None,
        )

    def pages(self, scope: Construct, partition: str) -> lambda_.Function:
        environment = {"API_URL": self.api.url} if "the API's URL in the environment" in self.wirings else None
        return function(scope, "Pages", environment)

    def alarm(self, id: str, metric: cloudwatch.IMetric) -> None:
        minute = metric.with_(period=cdk.Duration.minutes(1)) if isinstance(metric, cloudwatch.Metric) else metric
        self.watched.append(cloudwatch.Alarm(self.stack, id, metric=minute, threshold=1, evaluation_periods=1))


@jsii.implements(cdk.IStableStringProducer)
class Site:
    """The distribution's domain, which exists only after the canary that loads it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def produce(self) -> str:
        return self.shop.site.domain_name


def function(scope: Construct, id: str, environment: dict[str, str] | None = None) -> lambda_.Function:
    return lambda_.Function(
        scope,
        id,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        environment=environment,
    )


ALARMS: dict[str, Callable[[Shop], None]] = {
    "alarms on aliases": lambda shop: shop.alarm("OnAlias", shop.backend.alias.metric_errors()),
    "alarms on versions": lambda shop: shop.watched.extend(shop.backend.version_alarms),
    "alarms on the REST API": lambda shop: shop.alarm("OnRestApi", shop.api.metric_server_error()),
    "canary on the domain": lambda shop: shop.alarm("OnCanary", shop.canary.metric_failed()),
}
WIRINGS = [*ALARMS, "alarms on the front end's API", "/api on the REST API", "the API's URL in the environment"]


@pytest.mark.parametrize("wirings", [*({wiring} for wiring in WIRINGS), set(WIRINGS)], ids=[*WIRINGS, "all together"])
def test_no_wiring_closes_a_circle(wirings: set[str]) -> None:
    template = assertions.Template.from_stack(Shop(wirings).stack).to_json()
    assert cycles(template) == []
