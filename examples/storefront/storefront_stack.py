"""The shop's stack, in the order of a release: backend, front end, edge."""

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from prod_one_box import (
    Comparison,
    EdgeRuntime,
    Guard,
    OneBoxFrontend,
    ReleaseCanary,
    ReleaseDashboard,
    RetainedAssets,
    StickyPartitionDistribution,
    TrafficShiftedFunction,
    Wave,
    rest_api_alarms,
    rest_api_origin,
)

HERE = Path(__file__).parent
# Executions that `reserveConcurrency` keeps: for each partition as its share, and for each function behind the waits.
PAGES = {"one-box": 5, "wave-2": 15, "wave-3": 30, "regular": 50}
WAITS = 12


class StorefrontStack(cdk.Stack):
    """Everything that the shop consists of."""

    # 5 % of the visitors get a release first, then 20 %, 50 %, and at last everybody.
    waves = (Wave(share=5), Wave(share=15), Wave(share=30))
    watch_time = cdk.Duration.minutes(10)
    # Aborts a release whose pages fail more often than the old ones at the same time.
    comparison: Comparison | None = Comparison()

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        env: cdk.Environment,
        edge_runtime: str,
        release: str,
        tester_secret_digest: str | None,
        override: Mapping[Guard, str | None],
        expedited_reason: str | None,
        reserve_concurrency: bool,
    ) -> None:
        super().__init__(scope, id, env=env)
        self.built = HERE / "frontend" / "built" / release
        self.backend = self._build_backend()
        self.api = self._build_api()
        self.assets = self._build_assets()
        self.reserve_concurrency = reserve_concurrency
        self.frontend = self._build_frontend(override, expedited_reason)
        self.site = self._build_site(EdgeRuntime(edge_runtime), tester_secret_digest)
        self.canaries = [self._build_canary()] if tester_secret_digest else []
        self.dashboard = self._build_dashboard()
        cdk.CfnOutput(self, "Address", value=f"https://{self.site.domain_name}")

    def _build_backend(self) -> TrafficShiftedFunction:
        function = lambda_.Function(
            self,
            "Api",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            timeout=cdk.Duration.seconds(10),
            code=lambda_.Code.from_asset(str(HERE / "backend"), exclude=["__pycache__"]),
        )
        return TrafficShiftedFunction(self, "Backend", function=function)

    def _build_api(self) -> apigateway.LambdaRestApi:
        return apigateway.LambdaRestApi(
            self,
            "RestApi",
            # CloudWatch measures a REST API under its name, so the name must be this stack's alone.
            rest_api_name=f"{self.stack_name}-api",
            handler=self.backend.alias,
            # The default, edge-optimized, would put a second CloudFront behind the site's own.
            endpoint_types=[apigateway.EndpointType.REGIONAL],
        )

    def _build_assets(self) -> RetainedAssets:
        return RetainedAssets(self, "Assets", directory=str(self.built / "assets"), path="/assets/*")

    def _build_frontend(self, override: Mapping[Guard, str | None], expedited_reason: str | None) -> OneBoxFrontend:
        return OneBoxFrontend(
            self,
            "Frontend",
            build_function=self._build_pages,
            after=[self.backend.alias, self.assets],
            # The API's alarms see what Lambda calls a success: an answer of 500.
            alarms=[*self.backend.alias_alarms, *rest_api_alarms(self, api=self.api)],
            waves=self.waves,
            watch_time=self.watch_time,
            comparison=self.comparison,
            override=override,
            expedited_reason=expedited_reason,
            reserved_wait_concurrency=WAITS if self.reserve_concurrency else None,
        )

    def _build_pages(self, scope: Construct, partition: str) -> lambda_.Function:
        return lambda_.Function(
            scope,
            "Pages",
            description=f"The pages of the {partition} partition",
            runtime=lambda_.Runtime.NODEJS_24_X,
            handler="index.handler",
            memory_size=512,
            timeout=cdk.Duration.seconds(10),
            reserved_concurrent_executions=PAGES[partition] if self.reserve_concurrency else None,
            code=lambda_.Code.from_asset(str(self.built), exclude=["__pycache__"]),
        )

    def _build_site(self, edge_runtime: EdgeRuntime, tester_secret_digest: str | None) -> StickyPartitionDistribution:
        return StickyPartitionDistribution(
            self,
            "Site",
            partitions=self.frontend.partitions,
            edge_runtime=edge_runtime,
            backend=rest_api_origin(self.api),
            backend_path="/api/*",
            additional_behaviors={self.assets.path: self.assets.behavior},
            tester_secret_digest=tester_secret_digest,
        )

    def _build_canary(self) -> ReleaseCanary:
        canary = ReleaseCanary(
            self,
            "OneBoxCanary",
            site=self.site.domain_name,
            partition="one-box",
            # Through `cdk`, which loads the module with the first canary.
            secret=cdk.aws_secretsmanager.Secret.from_secret_name_v2(self, "TesterSecret", "storefront/testers"),
            alive_selector="html[data-alive=true]",
        )
        self.frontend.add_alarm(canary.alarm)
        return canary

    def _build_dashboard(self) -> ReleaseDashboard:
        return ReleaseDashboard(
            self,
            "Dashboard",
            frontend=self.frontend,
            backends=[self.backend],
            distribution=self.site.distribution,
            canaries=self.canaries,
        )
