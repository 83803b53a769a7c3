"""The site's stack, in the order of a release: scripts and styles, front end, edge."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from prod_one_box import OneBoxFrontend, RetainedAssets, StickyPartitionDistribution

OPEN_NEXT = Path(__file__).parent / "frontend" / ".open-next"


class NextjsStack(cdk.Stack):
    """Everything that the site consists of."""

    def __init__(self, scope: Construct, id: str, *, env: cdk.Environment) -> None:
        super().__init__(scope, id, env=env)
        self.assets = self._build_assets()
        self.frontend = self._build_frontend()
        self.site = self._build_site()
        cdk.CfnOutput(self, "Address", value=f"https://{self.site.domain_name}")

    def _build_assets(self) -> RetainedAssets:
        # OpenNext's server answers pages and API routes only: what pages load is served from here.
        return RetainedAssets(
            self, "Assets", directory=str(OPEN_NEXT / "assets" / "_next" / "static"), path="/_next/static/*"
        )

    def _build_frontend(self) -> OneBoxFrontend:
        return OneBoxFrontend(
            self,
            "Frontend",
            build_function=self._build_server,
            after=[self.assets],
        )

    def _build_server(self, scope: Construct, partition: str) -> lambda_.Function:
        return lambda_.Function(
            scope,
            "Server",
            description=f"The pages of the {partition} partition",
            runtime=lambda_.Runtime.NODEJS_24_X,
            handler="index.handler",
            memory_size=1024,
            timeout=cdk.Duration.seconds(10),
            code=lambda_.Code.from_asset(str(OPEN_NEXT / "server-functions" / "default")),
        )

    def _build_site(self) -> StickyPartitionDistribution:
        return StickyPartitionDistribution(
            self,
            "Site",
            partitions=self.frontend.partitions,
            additional_behaviors={self.assets.path: self.assets.behavior},
        )
