"""The storefront written by hand, in the order of a release, with what the constructs do left to its author."""

from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from .alarms import error_rate_alarm, latency_alarm
from .assets import Assets
from .backend import ShiftedBackend
from .dashboard import dashboard
from .distribution import distribution
from .order import order
from .partition import Partition
from .waits import Waits

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "storefront"


class StorefrontByHand(cdk.Stack):
    """A stack whose template equals the example's."""

    def __init__(self, scope: Construct, id: str, *, env: cdk.Environment, edge_code: Path) -> None:
        super().__init__(scope, id, env=env)
        name = self.stack_name
        built = EXAMPLE / "frontend" / "built" / "one"
        backend = ShiftedBackend(self, self._backend())
        api = apigateway.LambdaRestApi(
            self,
            "RestApi",
            rest_api_name=f"{name}-api",
            handler=backend.alias,
            endpoint_types=[apigateway.EndpointType.REGIONAL],
        )
        assets = Assets(self, folder=built / "assets")
        partitions = [self._partition("OneBox", "one-box", built), self._partition("Regular", "regular", built)]
        alarms = [*(alarm for each in partitions for alarm in each.alarms), *backend.alias_alarms]
        alarms += self._api_alarms(f"{name}-api")
        waits = Waits(self, backend=backend.version, one_box=partitions[0], regular=partitions[1], alarms=alarms)
        order(backend=backend.alias, upload=assets.upload, waits=waits, one_box=partitions[0], regular=partitions[1])
        site = distribution(
            self, one_box=partitions[0].origin, regular=partitions[1].origin, api=api, assets=assets, code=edge_code
        )
        dashboard(self, backend=backend, partitions=partitions, alarms=alarms, site=site, first_wait=waits.preflight)
        cdk.CfnOutput(self, "Address", value=f"https://{site.distribution_domain_name}")

    def _backend(self) -> lambda_.Function:
        return lambda_.Function(
            self,
            "Api",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            timeout=cdk.Duration.seconds(10),
            code=lambda_.Code.from_asset(str(EXAMPLE / "backend"), exclude=["__pycache__"]),
        )

    def _partition(self, id: str, name: str, built: Path) -> Partition:
        scope = Construct(self, id)
        pages = lambda_.Function(
            scope,
            "Pages",
            description=f"The pages of the {name} partition",
            runtime=lambda_.Runtime.NODEJS_24_X,
            handler="index.handler",
            memory_size=512,
            timeout=cdk.Duration.seconds(10),
            code=lambda_.Code.from_asset(str(built), exclude=["__pycache__"]),
        )
        return Partition(scope, name=name, pages=pages)

    def _api_alarms(self, api_name: str) -> Sequence[cloudwatch.Alarm]:
        dimensions = {"ApiName": api_name, "Stage": "prod"}
        return [
            error_rate_alarm(
                self, "RestApiErrorRate", "the REST API", "AWS/ApiGateway", "Count", "5XXError", dimensions
            ),
            latency_alarm(self, "RestApiLatency", "the REST API", "AWS/ApiGateway", "Count", "Latency", dimensions),
        ]
