"""The app of a site with several backends; takes their number."""

import sys

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, TrafficShiftedFunction


class Site(cdk.Stack):
    """Pages in two partitions, after the backends."""

    def __init__(self, scope: Construct, id: str, *, backends: int) -> None:
        super().__init__(scope, id)
        shifted = [self._backend(f"Backend{number}") for number in range(1, backends + 1)]
        frontend = OneBoxFrontend(
            self,
            "Frontend",
            build_function=lambda scope, partition: _function(scope, "Pages", f"// {partition}"),
            after=[each.alias for each in shifted],
            alarms=[alarm for each in shifted for alarm in each.alias_alarms],
        )
        StickyPartitionDistribution(self, "Site", partitions=frontend.partitions)

    def _backend(self, id: str) -> TrafficShiftedFunction:
        return TrafficShiftedFunction(self, id, function=_function(self, f"{id}Function", "// the API"))


def _function(scope: Construct, id: str, code: str) -> lambda_.Function:
    return lambda_.Function(
        scope,
        id,
        runtime=lambda_.Runtime.NODEJS_24_X,
        handler="index.handler",
        timeout=cdk.Duration.seconds(10),
        code=lambda_.Code.from_inline(code),
    )


if __name__ == "__main__":
    app = cdk.App()
    Site(app, "Site", backends=int(sys.argv[1]))
    app.synth()
