"""The preflight and the bake, and the provider behind both."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources
from constructs import Construct

import prod_one_box

from .partition import Partition

_HANDLER = Path(prod_one_box.__file__).parent / "constructs" / "bake"


class Waits:
    """Two custom resources that hold a deployment while alarms are watched."""

    def __init__(
        self,
        scope: Construct,
        *,
        backend: lambda_.Version,
        one_box: Partition,
        regular: Partition,
        alarms: Sequence[cloudwatch.Alarm],
    ) -> None:
        log_group = logs.LogGroup(
            scope, "WaitLogs", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        self._role = _role(scope, log_group)
        self._provider = _provider(scope, self._role, log_group)
        self._contained = [one_box, regular]
        self._alarms = [_logical_id(alarm) for alarm in alarms]
        _let_read_alarms(scope, self._role)
        _let_move_aliases(scope, self._role, self._contained)
        release = f"{one_box.version_id}-{regular.version_id}"
        backend_id = cast("lambda_.CfnVersion", backend.node.default_child).logical_id
        self.preflight = self._wait(scope, "Preflight", 0, {"ReleaseId": f"{backend_id}-{release}"})
        started_by = {"StartedBy": self.preflight.logical_id}
        self.bake = self._wait(scope, "Bake", 600, {"ReleaseId": release, "Baked": one_box.place, **started_by})

    def _wait(self, scope: Construct, id: str, seconds: int, properties: dict[str, object]) -> cdk.CfnResource:
        wait = cdk.CustomResource(
            scope,
            id,
            resource_type="Custom::ProdOneBoxDeployWait",
            service_token=self._provider.service_token,
            service_timeout=cdk.Duration.minutes(59),
            properties={
                "DurationSeconds": str(seconds),
                "GraceSeconds": "120",
                "Contained": [each.place for each in self._contained],
                "InsufficientData": "QUIET",
                "Alarms": [{"LogicalId": each} for each in self._alarms],
                **properties,
            },
        )
        return cast("cdk.CfnResource", wait.node.default_child)


def _let_read_alarms(scope: Construct, role: iam.Role) -> None:
    alarms = cdk.Stack.of(scope).format_arn(
        service="cloudwatch",
        region="*",
        resource="alarm",
        resource_name="*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    actions = ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"]
    role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[alarms]))


def _let_move_aliases(scope: Construct, role: iam.Role, partitions: Sequence[Partition]) -> None:
    """A policy of its own: the waits' functions wait for their role's own."""
    functions = [each.pages.function_arn for each in partitions]
    statement = iam.PolicyStatement(actions=["lambda:GetAlias", "lambda:UpdateAlias"], resources=functions)
    iam.Policy(scope, "MovesAliases", roles=[role], statements=[statement])


def _role(scope: Construct, log_group: logs.LogGroup) -> iam.Role:
    role = iam.Role(
        scope,
        "WaitRole",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        description="Reads what a release's waits watch, and puts partitions back on their former version.",
    )
    log_group.grant_write(role)
    stack_id = cdk.Stack.of(scope).stack_id
    for action in ("cloudformation:ListStackResources", "cloudformation:DescribeStacks"):
        role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[stack_id]))
    role.add_to_policy(iam.PolicyStatement(actions=["cloudwatch:GetMetricStatistics"], resources=["*"]))
    return role


def _provider(scope: Construct, role: iam.Role, log_group: logs.LogGroup) -> custom_resources.Provider:
    def function(id: str, handler: str) -> lambda_.Function:
        return lambda_.Function(
            scope,
            id,
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler=f"handler.entry.{handler}",
            code=lambda_.Code.from_asset(
                str(_HANDLER),
                exclude=["*", "!/handler", "/handler/*", "!/handler/*.py"],
                ignore_mode=cdk.IgnoreMode.GIT,
            ),
            role=role,
            log_group=log_group,
            memory_size=256,
            timeout=cdk.Duration.minutes(3),
            description="Holds a deployment while its alarms are watched.",
        )

    return custom_resources.Provider(
        scope,
        "Provider",
        on_event_handler=function("OnEvent", "on_event"),
        is_complete_handler=function("IsComplete", "is_complete"),
        query_interval=cdk.Duration.seconds(10),
        total_timeout=cdk.Duration.minutes(58),
        log_group=log_group,
    )


def _logical_id(alarm: cloudwatch.Alarm) -> str:
    return cast("cloudwatch.CfnAlarm", alarm.node.default_child).logical_id
