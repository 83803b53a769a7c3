"""The waits of a release, and the provider behind them."""

from collections.abc import Mapping, Sequence
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
    """Custom resources that hold a deployment while alarms are watched, and the edge until partitions can answer."""

    def __init__(
        self,
        scope: Construct,
        *,
        backend: lambda_.Alias,
        partitions: Sequence[Partition],
        alarms: Sequence[cloudwatch.Alarm],
    ) -> None:
        log_group = logs.LogGroup(
            scope, "WaitLogs", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        self._scope = scope
        self._role = _role(scope, log_group)
        self._provider = _provider(scope, self._role, log_group)
        self._partitions = partitions
        self._alarms = [_logical_id(alarm) for alarm in alarms]
        _let_read_alarms(scope, self._role)
        self._role.add_to_policy(iam.PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"]))
        _let_move_aliases(scope, self._role, sorted(partitions, key=lambda each: -each.share))
        released = {each.alias_id: each.version_id for each in partitions}
        everything = {_logical_id(backend): _logical_id(backend.version), **released}
        split = self._split()
        origins = {"Origins": {"5173edfe": {each.name: self._address(each) for each in partitions}}}
        self._comparison = _comparison(partitions)
        self.preflight = self._hold("Preflight", 0, everything, {"Split": split, **origins})
        started = {"StartedBy": self.preflight.logical_id, "Split": split}
        self.bakes = [self._bake(number, released, started) for number in range(len(partitions) - 1)]
        places = [each.place for each in partitions]
        self.watch = self._hold("Watch", 600, released, {"Baked": places, "Promotes": "false", **started})
        self.gate = self._gate({**started, **origins})

    def _split(self) -> list[dict[str, str]]:
        split, bound = [], 0
        for each in self._partitions:
            bound += each.share * 100
            function = _logical_id(each.pages)
            split.append({"Partition": each.name, "Bound": str(bound), "Function": function})
        return split

    def _address(self, partition: Partition) -> str:
        """As text, since the API must not come before the wait."""
        stack = cdk.Stack.of(self._scope)
        return f"<{_logical_id(partition.api)}>.execute-api.{stack.region}.<AWS::URLSuffix>"

    def _bake(self, number: int, released: Mapping[str, str], started: Mapping[str, object]) -> cdk.CfnResource:
        switched = [each.place for each in self._partitions[: number + 1]]
        wave = {"Wave": self._partitions[number].name}
        promotes = {} if number == len(self._partitions) - 2 else {"Promotes": "false"}
        compared = {"Comparison": self._comparison}
        properties = {"Baked": switched, **wave, **promotes, **started, **compared}
        return self._hold(f"Bake{number + 1}", 780, released, properties)

    def _hold(
        self, id: str, seconds: int, versions: Mapping[str, str], properties: Mapping[str, object]
    ) -> cdk.CfnResource:
        contained = sorted(self._partitions, key=lambda each: -each.share)
        watched = {
            "ReleaseId": "-".join(versions.values()),
            "Versions": versions,
            "GraceSeconds": "120",
            "Contained": [each.place for each in contained],
            "Alarms": [{"LogicalId": each} for each in self._alarms],
        }
        return self._wait(id, {"DurationSeconds": str(seconds), **watched, **properties})

    def _gate(self, properties: Mapping[str, object]) -> cdk.CfnResource:
        awaited = {each.name: each.ways_in for each in self._partitions}
        times = {"DurationSeconds": "0", "GraceSeconds": "1800"}
        return self._wait("Gate", {"ReleaseId": "split", **times, "Awaited": awaited, **properties})

    def _wait(self, id: str, properties: Mapping[str, object]) -> cdk.CfnResource:
        wait = cdk.CustomResource(
            self._scope,
            id,
            resource_type="Custom::ProdOneBoxDeployWait",
            service_token=self._provider.service_token,
            service_timeout=cdk.Duration.minutes(59),
            properties={"InsufficientData": "QUIET", **properties},
        )
        return cast("cdk.CfnResource", wait.node.default_child)


def _comparison(partitions: Sequence[Partition]) -> dict[str, object]:
    return {
        "FalseAlarms": "0.05",
        "Tolerance": "1.5",
        "MinimumRequests": "20",
        "TooFew": "GO_ON",
        "Signals": {"SERVER_ERRORS": "ABORT", "SLOW": "REPORT"},
        "SlowAbove": "2000",
        "Partitions": [{"Alias": each.alias_id, "Api": _logical_id(each.api)} for each in partitions],
    }


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


def _logical_id(construct: Construct) -> str:
    return cast("cdk.CfnResource", construct.node.default_child).logical_id
