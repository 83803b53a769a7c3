"""The function that removes files superseded long ago."""

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
from ..nag import acknowledge, when_nag_checks

_CODE: Final = Path(__file__).parent / "sweeper"
_MEMORY: Final = ".superseded.json"
"""The key under which a sweep stores its state for the next one: outside the folders that are served."""

_DESCRIPTION: Final = "Removes the files that no release has had for long."


class SweeperFunction(Construct):
    """A function that deletes, once a day, the files that no release has had for a while.

    The release's files are listed in the function's own package at synth: the list is rolled back with the stack, it
    cannot be missing, and no object in the bucket must be trusted. S3's lifecycle rules count an object's age
    instead, and would remove the live release's files from a site that has no release for long.
    """

    def __init__(
        self, scope: Construct, id: str, *, bucket: s3.Bucket, prefix: str, files: Sequence[str], keep_days: int
    ) -> None:
        super().__init__(scope, id)
        environment = {"BUCKET": bucket.bucket_name, "PREFIX": prefix, "MEMORY": _MEMORY, "KEEP_DAYS": str(keep_days)}
        self.function = self._build_function(self._build_role(bucket, prefix), files, environment)
        daily = events.Schedule.rate(Duration.days(1))
        events.Rule(self, "Daily", schedule=daily, targets=[targets.LambdaFunction(self.function)])

    def _build_role(self, bucket: s3.Bucket, prefix: str) -> iam.Role:
        """Service authorization reference, "Amazon S3": listing applies to the bucket, the other actions to objects."""
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description=_DESCRIPTION)
        for actions, resource, conditions in (
            (["s3:ListBucketVersions"], bucket.bucket_arn, {"StringEquals": {"s3:prefix": prefix}}),
            (["s3:DeleteObjectVersion"], bucket.arn_for_objects(f"{prefix}*"), None),
            (["s3:GetObject", "s3:PutObject"], bucket.arn_for_objects(_MEMORY), None),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource], conditions=conditions))
        when_nag_checks(self, lambda: _acknowledge_findings(role, bucket, prefix))
        return role

    def _build_function(self, role: iam.Role, files: Sequence[str], environment: Mapping[str, str]) -> lambda_.Function:
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


def _acknowledge_findings(role: iam.Role, bucket: s3.Bucket, prefix: str) -> None:
    bucket_id = stack_of(bucket).get_logical_id(cast("s3.CfnBucket", resource_of(bucket)))
    acknowledge(role, {f"IAM5[Resource::<{bucket_id}.Arn>/{prefix}*]": "It removes any file of a former release."})


def write_package(folder: Path, files: Sequence[str]) -> None:
    """Write the code for Lambda, and the list of the release's files, into a folder."""
    code = folder / _CODE.name
    code.mkdir()
    for file in sorted(_CODE.glob("*.py")):
        (code / file.name).write_bytes(file.read_bytes())
    (folder / "release.json").write_text(json.dumps(sorted(files)), "utf-8")
