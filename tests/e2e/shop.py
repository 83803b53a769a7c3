"""The storefront's built pages and its API behind a distribution, with what a test leaves out or breaks."""

import hashlib
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, TrafficShiftedFunction, Wave, rest_api_origin
from prod_one_box.constructs.assets.retained_assets import RetainedAssets
from prod_one_box.vocabulary import partition_names
from synthesized import EXAMPLES

BUILT = EXAMPLES / "storefront" / "frontend" / "built"
BACKEND = EXAMPLES / "storefront" / "backend"
SALT = "shop"
SHARE = 20
PARTITIONS = partition_names(waves=1)


class Shop(cdk.Stack):
    """A shop whose pages, API and edge a test chooses."""

    def __init__(
        self, scope: Construct, id: str, *, pages: Path, backend: Path, retained: bool, tester_secret: str
    ) -> None:
        super().__init__(scope, id)
        self.pages = pages
        backend_alias = TrafficShiftedFunction(self, "Backend", function=self._build_api(backend)).alias
        assets = RetainedAssets(self, "Assets", directory=str(pages / "assets")) if retained else None
        frontend = OneBoxFrontend(
            self,
            "Frontend",
            build_function=self._build_pages,
            waves=[Wave(share=SHARE)],
            after=[backend_alias, *([assets] if assets else [])],
        )
        api = apigateway.LambdaRestApi(self, "RestApi", handler=backend_alias)
        StickyPartitionDistribution(
            self,
            "Site",
            partitions=frontend.partitions,
            salt=SALT,
            tester_secret_digest=hashlib.sha256(tester_secret.encode()).hexdigest(),
            backend=rest_api_origin(api),
            additional_behaviors={assets.path: assets.behavior} if assets else None,
        )

    def _build_api(self, folder: Path) -> lambda_.Function:
        return lambda_.Function(
            self,
            "Api",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_asset(str(folder), exclude=["__pycache__"]),
            # A release has a new backend, too, even if its code is the former one.
            environment={"RELEASE": self.pages.name},
        )

    def _build_pages(self, scope: Construct, partition: str) -> lambda_.Function:
        return lambda_.Function(
            scope,
            "Pages",
            description=f"The pages of the {partition} partition",
            runtime=lambda_.Runtime.NODEJS_24_X,
            handler="index.handler",
            timeout=cdk.Duration.seconds(10),
            code=lambda_.Code.from_asset(str(self.pages)),
        )


def synthesize_shop(
    outdir: Path, *, pages: Path, backend: Path = BACKEND, retained: bool = False, tester_secret: str
) -> Path:
    """Writes the cloud assembly of a shop."""
    app = cdk.App(outdir=str(outdir), analytics_reporting=False)
    Shop(app, "Shop", pages=pages, backend=backend, retained=retained, tester_secret=tester_secret)
    app.synth()
    return outdir
