"""A site of everything that the library makes, for tests that look at all resources alike."""

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager

from functions import a_function, users
from prod_one_box import (
    EdgeRuntime,
    OneBoxFrontend,
    ReleaseCanary,
    ReleaseDashboard,
    RetainedAssets,
    StickyPartitionDistribution,
    TrafficShiftedFunction,
)

_SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:testers-AbCdEf"


def whole_site(
    scope: cdk.Stack, directory: str, *, edges: int = 1, edge_runtime: EdgeRuntime = EdgeRuntime.CLOUDFRONT_FUNCTIONS
) -> None:
    """Makes one of each construct, and a distribution for each edge; `directory` holds the front end's files."""
    backend = TrafficShiftedFunction(scope, "Backend", function=a_function(scope, "UsersApi"))
    TrafficShiftedFunction(scope, "Unwatched", function=a_function(scope, "UsersJob"), thresholds=None)
    assets = RetainedAssets(scope, "Assets", directory=directory)
    frontend = OneBoxFrontend(
        scope, "Frontend", build_function=users, after=[backend.alias, assets], alarms=backend.alias_alarms
    )
    sites = [
        StickyPartitionDistribution(
            scope,
            f"Site{number}",
            partitions=frontend.partitions,
            edge_runtime=edge_runtime,
            additional_behaviors={assets.path: assets.behavior},
        )
        for number in range(edges)
    ]
    secret = secretsmanager.Secret.from_secret_complete_arn(scope, "Secret", _SECRET)
    canaries = [
        ReleaseCanary(
            scope, f"Visits-{partition}", site=site.domain_name, partition=partition, alive_selector="#x", secret=secret
        )
        for site in sites[:1]
        for partition in ("one-box", "regular")
    ]
    for canary in canaries:
        frontend.add_alarm(canary.alarm)
    ReleaseDashboard(
        scope,
        "Dashboard",
        frontend=frontend,
        backends=[backend],
        distribution=sites[0].distribution,
        canaries=canaries,
    )
