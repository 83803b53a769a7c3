"""The function that removes what was superseded long ago."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from ..jsii_cache import resource_of, stack_of
from ..nag import acknowledge

_CODE: Final = Path(__file__).parent / "sweeper"
_MEMORY: Final = ".superseded.json"
"""Where a sweep leaves what it saw to the next one: outside of every folder, so outside of what is served."""

_DESCRIPTION: Final = "Removes the files that no release has had for long."


class SweeperFunction(Construct):
    """Deletes, once a day, the files that no release has had for a while.

    What is current is a list in the function's own package, made at synth: it is rolled back with the stack, it
    cannot be missing, and no object in the bucket has to be believed. S3's lifecycle rules count an object's age
    instead, and would remove the live release's files from a site that is not released for long.

    Attributes:
        function: The function.
    """

    def __init__(
        self, scope: Construct, id: str, *, bucket: s3.Bucket, prefix: str, files: Sequence[str], keep_days: int
    ) -> None:
        super().__init__(scope, id)
        role = self._build_role(bucket, prefix)
        self.function = self._build_function(
            role,
            files,
            environment={
                "BUCKET": bucket.bucket_name,
                "PREFIX": prefix,
                "MEMORY": _MEMORY,
                "KEEP_DAYS": str(keep_days),
            },
        )
        events.Rule(
            self,
            "Daily",
            schedule=events.Schedule.rate(Duration.days(1)),
            targets=[targets.LambdaFunction(self.function)],
        )

    def _build_role(self, bucket: s3.Bucket, prefix: str) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description=_DESCRIPTION)
        for statement in _statements(bucket, prefix):
            role.add_to_policy(statement)
        bucket_id = stack_of(bucket).get_logical_id(cast("s3.CfnBucket", resource_of(bucket)))
        acknowledge(role, {f"IAM5[Resource::<{bucket_id}.Arn>/{prefix}*]": "It removes any file of a former release."})
        return role

    def _build_function(
        self, role: iam.Role, files: Sequence[str], *, environment: Mapping[str, str]
    ) -> lambda_.Function:
        log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )
        log_group.grant_write(role)
        with tempfile.TemporaryDirectory() as package:
            write_package(Path(package), files)
            return lambda_.Function(
                self,
                "Function",
                runtime=lambda_.Runtime.PYTHON_3_14,
                handler="sweeper.entry.handler",
                code=lambda_.Code.from_asset(package),
                role=role,
                log_group=log_group,
                memory_size=512,
                timeout=Duration.minutes(15),
                environment=environment,
                description=_DESCRIPTION,
            )


def write_package(folder: Path, files: Sequence[str]) -> None:
    """Writes what runs in Lambda, and the list that it goes by, into a folder."""
    code = folder / _CODE.name
    code.mkdir()
    for file in sorted(_CODE.glob("*.py")):
        (code / file.name).write_bytes(file.read_bytes())
    (folder / "release.json").write_text(json.dumps(sorted(files)), "utf-8")


def _statements(bucket: s3.Bucket, prefix: str) -> list[iam.PolicyStatement]:
    """Service authorization reference, "Amazon S3": listing is on the bucket, all else on objects."""
    return [
        iam.PolicyStatement(
            actions=["s3:ListBucketVersions"],
            resources=[bucket.bucket_arn],
            conditions={"StringEquals": {"s3:prefix": prefix}},
        ),
        iam.PolicyStatement(actions=["s3:DeleteObjectVersion"], resources=[bucket.arn_for_objects(f"{prefix}*")]),
        iam.PolicyStatement(actions=["s3:GetObject", "s3:PutObject"], resources=[bucket.arn_for_objects(_MEMORY)]),
    ]
