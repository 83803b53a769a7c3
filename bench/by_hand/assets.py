"""The files that pages load, kept for a while after the release that had them."""

import json
import tempfile
from pathlib import Path
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

import prod_one_box

_SWEEPER = Path(prod_one_box.__file__).parent / "constructs" / "assets" / "sweeper"
_WORDS = "Removes the files that no release has had for long."


class Assets:
    """A bucket, the upload of a release's files, and a daily sweep."""

    def __init__(self, scope: Construct, *, folder: Path) -> None:
        self.bucket = _bucket(scope)
        _let_cloudfront_read(self.bucket)
        upload = s3_deployment.BucketDeployment(
            scope,
            "Upload",
            sources=[s3_deployment.Source.asset(str(folder))],
            destination_bucket=self.bucket,
            destination_key_prefix="assets/",
            prune=False,
            retain_on_delete=True,
            cache_control=[s3_deployment.CacheControl.from_string("public, max-age=31536000, immutable")],
            memory_limit=1024,
            ephemeral_storage_size=cdk.Size.gibibytes(2),
        )
        resource = next(each for each in upload.node.children if isinstance(each, cdk.CustomResource))
        self.upload = cast("cdk.CfnResource", resource.node.default_child)
        sweeper = _sweeper(scope, self.bucket, folder)
        daily = events.Schedule.rate(cdk.Duration.days(1))
        events.Rule(scope, "Daily", schedule=daily, targets=[targets.LambdaFunction(sweeper)])
        access = cloudfront.S3OriginAccessControl(scope, "OriginAccessControl")
        self.origin = origins.S3BucketOrigin.with_bucket_defaults(
            self.bucket, origin_access_control_id=access.origin_access_control_id
        )


def _bucket(scope: Construct) -> s3.Bucket:
    return s3.Bucket(
        scope,
        "Assets",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        versioned=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
        lifecycle_rules=[
            s3.LifecycleRule(
                id="OverwrittenByTheSameFile",
                noncurrent_version_expiration=cdk.Duration.days(1),
                abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
            )
        ],
    )


def _let_cloudfront_read(bucket: s3.Bucket) -> None:
    distributions = cdk.Stack.of(bucket).format_arn(
        service="cloudfront", region="", resource="distribution", resource_name="*"
    )
    readable = {"s3:GetObject": bucket.arn_for_objects("assets/*"), "s3:ListBucket": bucket.bucket_arn}
    for action, resource in readable.items():
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=[action],
                resources=[resource],
                conditions={"ArnLike": {"AWS:SourceArn": distributions}},
            )
        )


def _sweeper(scope: Construct, bucket: s3.Bucket, folder: Path) -> lambda_.Function:
    role = iam.Role(scope, "SweeperRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description=_WORDS)
    _let_sweep(role, bucket)
    log_group = logs.LogGroup(
        scope, "SweeperLogs", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=cdk.RemovalPolicy.DESTROY
    )
    log_group.grant_write(role)
    with tempfile.TemporaryDirectory() as package:
        _pack(Path(package), folder)
        return lambda_.Function(
            scope,
            "Sweeper",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="sweeper.entry.handler",
            code=lambda_.Code.from_asset(package),
            role=role,
            log_group=log_group,
            memory_size=512,
            timeout=cdk.Duration.minutes(15),
            environment={
                "BUCKET": bucket.bucket_name,
                "PREFIX": "assets/",
                "MEMORY": ".superseded.json",
                "KEEP_DAYS": "30",
            },
            description=_WORDS,
        )


def _let_sweep(role: iam.Role, bucket: s3.Bucket) -> None:
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["s3:ListBucketVersions"],
            resources=[bucket.bucket_arn],
            conditions={"StringEquals": {"s3:prefix": "assets/"}},
        )
    )
    for actions, objects in (
        (["s3:DeleteObjectVersion"], "assets/*"),
        (["s3:GetObject", "s3:PutObject"], ".superseded.json"),
    ):
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[bucket.arn_for_objects(objects)]))


def _pack(package: Path, folder: Path) -> None:
    """The sweeper's code and the list of this release's files."""
    (package / "sweeper").mkdir()
    for file in sorted(_SWEEPER.glob("*.py")):
        (package / "sweeper" / file.name).write_bytes(file.read_bytes())
    files = sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())
    (package / "release.json").write_text(json.dumps(files), "utf-8")
