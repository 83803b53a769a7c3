"""A shop as it was before it knew the library: pages, a REST API, a distribution with three behaviors.

Each step adopts one construct more, beside what is there. `python existing_app.py STEP …` synthesizes the shop that
has taken these steps.
"""

import sys
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration

from prod_one_box import (
    DeployWaitResource,
    OneBoxFrontend,
    Partition,
    PartitionEdge,
    PartitionOrigin,
    ReleaseCanary,
    ReleaseDashboard,
    RetainedAssets,
    StickyPartitionDistribution,
    TrafficShiftedFunction,
    Wave,
    http_api_alarms,
    rest_api_alarms,
    rest_api_origin,
)
from prod_one_box.vocabulary import partition_names

STEPS = ["backend", "frontend", "edge", "second site", "wait", "assets", "served", "canary", "dashboard", "waves"]
NEEDED_BY = {
    "frontend": {"edge", "second site", "canary", "dashboard", "waves"},
    "edge": {"canary"},
    "assets": {"served"},
}
"""The steps that are taken back with a step: they stand on it."""

FILES = Path(__file__).parent.parent / "constructs" / "assets" / "files"
DIGEST = "ab" * 32
CODE = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'Hello'}\n"


def on_the_way() -> list[list[str]]:
    """The steps that the shop has taken: at first none, then one more each time."""
    return [STEPS[:count] for count in range(len(STEPS) + 1)]


def without(step: str) -> list[str]:
    """The steps that are left when a shop that has taken them all takes one back."""
    return [each for each in STEPS if each not in {step, *NEEDED_BY.get(step, ())}]


def _id_of(partition: str) -> str:
    return partition.title().replace("-", "")


class Shop(cdk.Stack):
    """The shop that has taken the given steps."""

    def __init__(self, scope: cdk.App, id: str, *, steps: Collection[str]) -> None:
        super().__init__(scope, id, env=cdk.Environment(account="111111111111", region="us-east-1"))
        self.steps = steps
        self.orders = self._function("Orders")
        self.pages = self._function("Pages")
        self.search = self._alias("Search")
        self.suggestions = self._alias("Suggestions")
        self.backend = (
            TrafficShiftedFunction(self, "Backend", function=self.orders) if "backend" in self.steps else None
        )
        self.assets = RetainedAssets(self, "Assets", directory=str(FILES)) if "assets" in self.steps else None
        self.api = apigateway.LambdaRestApi(
            self, "Api", rest_api_name="shop-api", handler=self.backend.alias if self.backend else self.orders
        )
        self.frontend = self._frontend() if "frontend" in self.steps else None
        self.pages_api = self._pages_api("PagesApi", self.frontend.regular.alias if self.frontend else self.pages)
        self.pages_origin = self._origin(self.pages_api)
        self.site = self._site()
        if "edge" in self.steps:
            self._edge()
        if "second site" in self.steps:
            self._second_site()
        if "wait" in self.steps:
            self._wait()
        self.canary = self._canary() if "canary" in self.steps else None
        if "dashboard" in self.steps:
            self._dashboard()

    def _function(self, id: str) -> lambda_.Function:
        return lambda_.Function(
            self, id, runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=lambda_.Code.from_inline(CODE)
        )

    def _alias(self, id: str) -> lambda_.Alias:
        return lambda_.Alias(self, f"{id}Alias", alias_name="live", version=self._function(id).current_version)

    def _pages_api(self, id: str, handler: lambda_.IFunction) -> apigatewayv2.HttpApi:
        return apigatewayv2.HttpApi(self, id, default_integration=HttpLambdaIntegration("Integration", handler))

    def _frontend(self) -> OneBoxFrontend:
        waves = [Wave(share=1), Wave(share=4), Wave(share=15)] if "waves" in self.steps else [Wave()]
        own = {name: self._function(f"{_id_of(name)}Pages") for name in partition_names(len(waves))[:-1]}
        functions = {**own, "regular": self.pages}
        earlier = (self.backend and self.backend.alias, self.assets)
        return OneBoxFrontend(
            self,
            "Frontend",
            build_function=lambda _scope, partition: functions[partition],
            waves=waves,
            after=[each for each in earlier if each],
            alarms=rest_api_alarms(self, api=self.api),
            create_apis=False,
        )

    def _site(self) -> cloudfront.Distribution:
        api = origins.RestApiOrigin(self.api)
        images = origins.S3BucketOrigin.with_origin_access_control(s3.Bucket(self, "Images"))
        return cloudfront.Distribution(
            self,
            "Site",
            default_behavior=cloudfront.BehaviorOptions(
                origin=self.pages_origin,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            ),
            additional_behaviors={
                "/api/*": cloudfront.BehaviorOptions(
                    origin=api,
                    allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                    cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                ),
                "/images/*": cloudfront.BehaviorOptions(origin=images),
                **({self.assets.path: self.assets.behavior} if self.assets and "served" in self.steps else {}),
            },
        )

    def _edge(self) -> None:
        digest = DIGEST if "canary" in self.steps else None
        edge = PartitionEdge(self, "Edge", partitions=self.partitions, tester_secret_digest=digest)
        edge.attach_to(self.site)

    @cached_property
    def partitions(self) -> list[PartitionOrigin]:
        assert self.frontend is not None
        return [
            PartitionOrigin(
                partition_name=each.partition_name,
                share=each.share,
                origin=self.pages_origin if each is self.frontend.regular else self._origin_of(each),
            )
            for each in self.frontend.partitions
        ]

    def _origin_of(self, partition: Partition) -> cloudfront.IOrigin:
        api = self._pages_api(f"{_id_of(partition.partition_name)}PagesApi", partition.alias)
        for alarm in http_api_alarms(partition, api=api):
            self.frontend.add_alarm(alarm)
        return self._origin(api)

    def _origin(self, api: apigatewayv2.HttpApi) -> cloudfront.IOrigin:
        return origins.HttpOrigin(f"{api.api_id}.execute-api.{self.region}.{self.url_suffix}")

    def _second_site(self) -> None:
        StickyPartitionDistribution(
            self,
            "SecondSite",
            partitions=self.partitions,
            backend=rest_api_origin(self.api),
        )

    def _wait(self) -> None:
        errors = self.search.metric_errors(period=cdk.Duration.minutes(1))
        wait = DeployWaitResource(
            self,
            "SearchBake",
            duration=cdk.Duration.minutes(5),
            release_id=self.search.version,
            baked=[self.search],
            contained=[self.search],
            alarms=[cloudwatch.Alarm(self, "SearchErrors", metric=errors, threshold=1, evaluation_periods=2)],
        )
        suggestions = cast("lambda_.CfnAlias", self.suggestions.node.default_child)
        suggestions.add_resource_dependency(wait.cfn_resource)

    def _canary(self) -> ReleaseCanary:
        assert self.frontend is not None
        canary = ReleaseCanary(
            self,
            "Canary",
            site=self.site.domain_name,
            partition="one-box",
            secret=secretsmanager.Secret.from_secret_name_v2(self, "TesterSecret", "shop/testers"),
            alive_selector="body[data-alive]",
        )
        self.frontend.add_alarm(canary.alarm)
        return canary

    def _dashboard(self) -> None:
        assert self.frontend is not None
        ReleaseDashboard(
            self,
            "Releases",
            frontend=self.frontend,
            backends=[self.backend] if self.backend else [],
            distribution=self.site,
            canaries=[self.canary] if self.canary else [],
        )


if __name__ == "__main__":
    app = cdk.App()
    Shop(app, "Shop", steps=sys.argv[1:])
    app.synth()
