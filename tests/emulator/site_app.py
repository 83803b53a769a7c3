"""The site that the scenarios release: pages in several partitions, each page with a script of its own release."""

from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from prod_one_box import Comparison, Guard, OneBoxFrontend, StickyPartitionDistribution, Wave
from prod_one_box.constructs.bake.alarm_timing import allow_short_bakes

PAGE = """
asked = 0

def handler(event, context):
    global asked
    if event["rawPath"] == "/RELEASE.js":
        return {"statusCode": 200, "headers": {"content-type": "text/javascript"}, "body": "'RELEASE'"}
    if event["rawPath"].endswith(".js"):
        return {"statusCode": 404, "body": "no script of this release"}
    asked += 1
    if FAILS_EVERY and asked % FAILS_EVERY == 0:
        return {"statusCode": 500, "body": "no page"}
    page = '<p id="release">RELEASE</p><script src="/RELEASE.js"></script>'
    return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": page}
"""


@dataclass(frozen=True, kw_only=True)
class Release:
    """What a stack update brings.

    Attributes:
        name: The release's name, which its pages show.
        bake_seconds: How long each wave is watched.
        shares: The percentage of visitors in each wave.
        watch_seconds: How long everybody is watched; 0 for no watch.
        override_red_alarms: The reason to override `Guard.RED_ALARMS`.
        override_rollback_disabled: The reason to override `Guard.ROLLBACK_DISABLED`.
        override_split_changed: The reason to override `Guard.SPLIT_CHANGED`.
        expedited_reason: As `OneBoxFrontend` takes it.
        fails_late: Whether a resource that comes after the promotion and the edge cannot be made.
        description: The description of an alarm, to change something that is no release.
        compares: Whether the bakes compare the new version with the old one. They then last three minutes more.
        fails_every: Which pages are answered 500: 5 for every fifth, 0 for none. Lambda counts them as successes.
    """

    name: str
    bake_seconds: int = 10
    shares: tuple[float, ...] = (20,)
    watch_seconds: int = 0
    override_red_alarms: str | None = None
    override_rollback_disabled: str | None = None
    override_split_changed: str | None = None
    expedited_reason: str | None = None
    fails_late: bool = False
    description: str = ""
    compares: bool = False
    fails_every: int = 0


def synthesize(folder: Path, *, stack_name: str, account: str, region: str, release: Release) -> Path:
    """Write the cloud assembly of a release."""
    app = cdk.App(outdir=str(folder), analytics_reporting=False)
    stack = cdk.Stack(app, stack_name, env=cdk.Environment(account=account, region=region))

    def build_function(scope: Construct, partition: str) -> lambda_.Function:
        return lambda_.Function(
            scope,
            "Page",
            description=f"The page of the {partition} partition",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline(_page(release)),
        )

    bake_time = cdk.Duration.seconds(release.bake_seconds)
    with allow_short_bakes():
        frontend = OneBoxFrontend(
            stack,
            "Frontend",
            build_function=build_function,
            waves=[Wave(share=share, bake_time=bake_time) for share in release.shares],
            watch_time=cdk.Duration.seconds(release.watch_seconds) if release.watch_seconds else None,
            poll_interval=cdk.Duration.seconds(POLL_SECONDS),
            comparison=Comparison() if release.compares else None,
            override={
                Guard.RED_ALARMS: release.override_red_alarms,
                Guard.ROLLBACK_DISABLED: release.override_rollback_disabled,
                Guard.SPLIT_CHANGED: release.override_split_changed,
            },
            expedited_reason=release.expedited_reason,
        )
    if release.description:
        resource = frontend.regular.alarms[0].node.default_child
        resource.alarm_description = release.description
    # The emulator goes by names where no dependency orders: by this one it comes to the edge before new partitions.
    site = StickyPartitionDistribution(stack, "Edge", partitions=frontend.partitions)
    if release.fails_late:
        _fail_late(stack, frontend, site)
    cdk.CfnOutput(stack, "Address", value=f"https://{site.domain_name}")
    app.synth()
    return folder


POLL_SECONDS = 2


def _page(release: Release) -> str:
    return PAGE.replace("RELEASE", release.name).replace("FAILS_EVERY", str(release.fails_every))


def _fail_late(stack: cdk.Stack, frontend: OneBoxFrontend, site: StickyPartitionDistribution) -> None:
    """An alias that exists already, which Lambda refuses (Lambda API reference, "CreateAlias": 409)."""
    regular = frontend.regular
    late = lambda_.CfnAlias(
        stack,
        "Late",
        name=regular.alias.alias_name,
        function_name=regular.function.function_name,
        function_version=regular.function.current_version.version,
    )
    late.add_resource_dependency(regular.alias.node.default_child)
    late.add_resource_dependency(site.distribution.node.default_child)
