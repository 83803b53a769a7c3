"""The backend's alias, and the deployment group that shifts it."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from .alarms import error_rate_alarm, latency_alarm

_LAMBDA = "AWS/Lambda"


class ShiftedBackend:
    """A function behind an alias that CodeDeploy moves."""

    def __init__(self, scope: Construct, function: lambda_.Function) -> None:
        self.function = function
        self.version = function.current_version
        self.alias = lambda_.Alias(scope, "BackendAlias", alias_name="live", version=self.version)
        name = function.function_name
        behind_alias = {"FunctionName": name, "Resource": f"{name}:live"}
        of_version = {**behind_alias, "ExecutedVersion": self.version.version}
        new, every = "the new version behind alias live", "alias live"
        self.version_alarms = [
            error_rate_alarm(scope, "VersionErrorRate", new, _LAMBDA, "Invocations", "Errors", of_version),
            latency_alarm(scope, "VersionLatency", new, _LAMBDA, "Invocations", "Duration", of_version),
        ]
        self.alias_alarms = [
            error_rate_alarm(scope, "AliasErrorRate", every, _LAMBDA, "Invocations", "Errors", behind_alias),
            latency_alarm(scope, "AliasLatency", every, _LAMBDA, "Invocations", "Duration", behind_alias),
        ]
        self._renew_with_version()
        codedeploy.LambdaDeploymentGroup(
            scope,
            "DeploymentGroup",
            alias=self.alias,
            deployment_config=codedeploy.LambdaDeploymentConfig.LINEAR_10_PERCENT_EVERY_1_MINUTE,
            alarms=self.version_alarms,
            auto_rollback=codedeploy.AutoRollbackConfig(failed_deployment=True, stopped_deployment=True),
        )

    def _renew_with_version(self) -> None:
        """An alarm that the old version made red must not stop the release that mends it."""
        version = cast("lambda_.CfnVersion", self.version.node.default_child)
        for alarm in self.version_alarms:
            resource = cast("cdk.CfnResource", alarm.node.default_child)
            resource.override_logical_id(f"{alarm.node.id}{version.logical_id}")
