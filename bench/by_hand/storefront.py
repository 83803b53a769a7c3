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
from .order import edge_last, order
from .partition import Partition
from .waits import Waits

_PARTITIONS = (("OneBox", "one-box", 5), ("Wave2", "wave-2", 15), ("Wave3", "wave-3", 30), ("Regular", "regular", 50))

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
        partitions = [self._partition(id, name, share, built) for id, name, share in _PARTITIONS]
        alarms = [*(alarm for each in partitions for alarm in each.alarms), *backend.alias_alarms]
        alarms += self._api_alarms(f"{name}-api")
        waits = Waits(self, backend=backend.alias, partitions=partitions, alarms=alarms)
        order(backend=backend.alias, upload=assets.upload, waits=waits, partitions=partitions)
        site = distribution(self, partitions=partitions, api=api, assets=assets, code=edge_code)
        edge_last(site, waits)
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

    def _partition(self, id: str, name: str, share: int, built: Path) -> Partition:
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
        return Partition(scope, name=name, share=share, pages=pages)

    def _api_alarms(self, api_name: str) -> Sequence[cloudwatch.Alarm]:
        dimensions = {"ApiName": api_name, "Stage": "prod"}
        return [
            error_rate_alarm(
                self, "RestApiErrorRate", "the REST API", "AWS/ApiGateway", "Count", "5XXError", dimensions
            ),
            latency_alarm(self, "RestApiLatency", "the REST API", "AWS/ApiGateway", "Count", "Latency", dimensions),
        ]
