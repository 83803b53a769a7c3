"""A function whose requests move to each new version gradually."""

from collections.abc import Sequence
from functools import partial
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ...errors import InvalidArgumentError, check_kind
from ...vocabulary import BACKEND, METADATA_KEY
from ..alias_name import check_alias_is_free, check_alias_name, make_alias
from ..jsii_cache import logical_id_of, path_in, region_of, remember_place, resource_of, stack_of
from ..nag import acknowledge_group_findings, when_nag_checks
from ..synth_check import check_at_synth
from ..watch.alarms import alarms_on, check_alarms
from ..watch.signals import alias_signals, version_signals
from ..watch.thresholds import DEFAULT_THRESHOLDS, Thresholds, check_thresholds, refuse_unreachable_latency
from .dependency_cycle import cycle_faults
from .shift_duration import check_config, check_shift_duration, shift_name, shift_of
from .version_alarms import check_group_alarms, renew_with_version

_RENDER_EMPTY_ALARMS: Final = "@aws-cdk/aws-codedeploy:removeAlarmsFromDeploymentGroup"
"""CDK's feature flag that renders `AlarmConfiguration` even without alarms (aws-cdk issue 23307); set for every app."""


class TrafficShiftedFunction(Construct):
    """A Lambda alias that moves to each new version of its function gradually, and back when that does harm.

    Give `alias` to whatever sends the requests: a REST or HTTP API, a function URL, or nothing. The first deployment
    points it to the version immediately. In every later one that changes the function's code or configuration,
    CloudFormation has CodeDeploy shift the alias (CloudFormation user guide, "UpdatePolicy attribute"), and fails and
    rolls back if the shift does.

    The shift watches only the new version, with new alarms for each version: an alarm that the old version made red
    does not stop the release that fixes it. The alarms on the alias watch whichever version answers; they are for the
    bake and for people, not for the shift.

    Attributes:
        alias: The alias; it moves only after everything that the shift needs.
        version: The function's current version, which this release deploys.
        deployment_group: The CodeDeploy deployment group that moves the alias.
        application: The CodeDeploy application of the group.
        version_alarms: The default alarms on the new version, which the shift watches.
        alias_alarms: The default alarms on the alias, for OneBoxFrontend(alarms=…).
    """

    alias: lambda_.Alias
    version: lambda_.Version
    deployment_group: codedeploy.LambdaDeploymentGroup
    application: codedeploy.ILambdaApplication
    version_alarms: list[cloudwatch.Alarm]
    alias_alarms: list[cloudwatch.Alarm]

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: lambda_.Function,
        alias_name: str = "live",
        deployment_config: codedeploy.ILambdaDeploymentConfig | None = None,
        application: codedeploy.ILambdaApplication | None = None,
        thresholds: Thresholds | None = DEFAULT_THRESHOLDS,
        alarms: Sequence[cloudwatch.IAlarm] = (),
        pre_hook: lambda_.IFunction | None = None,
        post_hook: lambda_.IFunction | None = None,
    ) -> None:
        """Create the alias and what moves it.

        Args:
            scope: The parent construct, in the function's stack.
            id: The construct's id.
            function: The function, made in this stack, with a version of its own for each change.
            alias_name: The alias's name. Default: "live".
            deployment_config: How requests move to the new version. Default: LINEAR_10_PERCENT_EVERY_1_MINUTE: a tenth
                moves immediately and another tenth each minute, nine minutes in all.
            application: The CodeDeploy application, which several functions may share. Default: None, so the group
                gets its own.
            thresholds: When the default alarms are red; None for no default alarms. Default: `Thresholds()`.
            alarms: Further alarms for the shift to watch, in this stack's region and made without the alias. An alarm
                that is red when a shift starts stops it immediately, on the way back as well. Default: none.
            pre_hook: A function that CodeDeploy calls before any request moves, and that reports its result with
                PutLifecycleEventHookExecutionStatus (CodeDeploy user guide, "AppSpec hooks section"). Default: None,
                so requests move immediately.
            post_hook: The same after all requests have moved. Default: None, so the shift ends then.

        Raises:
            InvalidArgumentError: If an argument is of another type; if the function has no version of its own, is in
                another stack or has such an alias already; if Lambda would refuse the alias's name, or CodeDeploy the
                alarms (more than 10, or of another region); if the shift and the hooks take the 120 minutes after
                which CloudFormation gives up. At synth, if an alarm or a hook waits for the alias.
        """
        path = path_in(scope, id)
        config = deployment_config or codedeploy.LambdaDeploymentConfig.LINEAR_10_PERCENT_EVERY_1_MINUTE
        stack = stack_of(scope)
        _check_function(path, function, stack)
        check_alias_name(path=path, alias_name=alias_name)
        check_alias_is_free(function, path=path, alias_name=alias_name)
        hooks = [hook for hook in (pre_hook, post_hook) if hook]
        check_thresholds(thresholds, path=path)
        check_config(config, path=path)
        shift = shift_of(config)
        check_shift_duration(path=path, config=config, shift=shift, hooks=hooks)
        super().__init__(scope, id)
        remember_place(scope, self, id)
        # If the template does not mention alarms, CodeDeploy keeps the former ones, which are deleted by then.
        self.node.set_context(_RENDER_EMPTY_ALARMS, True)

        self._path, self._stack = path, stack
        self.version = remember_place(function, function.current_version, "CurrentVersion")
        self.alias = make_alias(self, "Alias", alias_name=alias_name, version=self.version, function=function)
        self._cfn_alias = cast("lambda_.CfnAlias", resource_of(self.alias))
        self._build_alarms(function, alias_name, thresholds)
        self._shift = {"Shift": shift_name(config, shift), **({"ShiftSeconds": shift.seconds} if shift else {})}
        self._further_alarms = self._checked(alarms)
        self.deployment_group = codedeploy.LambdaDeploymentGroup(
            self,
            "DeploymentGroup",
            alias=self.alias,
            application=application,
            deployment_config=config,
            alarms=[*self.version_alarms, *self._further_alarms],
            pre_hook=pre_hook,
            post_hook=post_hook,
            auto_rollback=codedeploy.AutoRollbackConfig(failed_deployment=True, stopped_deployment=True),
        )
        self.application = self.deployment_group.application
        if hooks:
            self._wait_for_permission_to_call_hooks()
        self._describe()
        group = cast("codedeploy.CfnDeploymentGroup", resource_of(self.deployment_group))
        check_at_synth(self, partial(cycle_faults, self._cfn_alias, group, self._cfn_version_alarms))
        when_nag_checks(self, lambda: acknowledge_group_findings(self.deployment_group, hooks))

    def add_alarm(self, alarm: cloudwatch.IAlarm) -> None:
        """Let the shift watch one more alarm that could only be made after the alias, such as one on its API.

        Args:
            alarm: The alarm, as in `alarms`.

        Raises:
            InvalidArgumentError: If CodeDeploy would refuse it.
        """
        self._further_alarms = self._checked([*self._further_alarms, alarm])
        self.deployment_group.add_alarm(alarm)
        self._describe()

    def _build_alarms(self, function: lambda_.Function, alias_name: str, thresholds: Thresholds | None) -> None:
        self.version_alarms, self.alias_alarms = [], []
        if thresholds:
            refuse_unreachable_latency(self, function, thresholds)
            of_version = version_signals(function=function, version=self.version, alias_name=alias_name)
            self.version_alarms = alarms_on(of_version, self, thresholds)
            of_alias = alias_signals(function=function, alias_name=alias_name)
            self.alias_alarms = alarms_on(of_alias, self, thresholds)
        self._cfn_version_alarms = _cfn(self.version_alarms)
        renew_with_version(self._cfn_version_alarms, self.version, path=self._path)
        for alarm in (*self._cfn_version_alarms, *_cfn(self.alias_alarms)):
            alarm.add_metadata(METADATA_KEY, {"Watches": BACKEND})

    def _checked(self, alarms: Sequence[cloudwatch.IAlarm]) -> list[cloudwatch.IAlarm]:
        check_alarms(alarms, path=self._path)
        check_group_alarms(
            path=self._path,
            region=region_of(self._stack),
            alarms=alarms,
            default_alarms=len(self.version_alarms),
        )
        return list(alarms)

    def _wait_for_permission_to_call_hooks(self) -> None:
        """Keep the first shift with a hook from starting before CodeDeploy may invoke it."""
        policy = self.deployment_group.role.node.try_find_child("DefaultPolicy")
        if policy is not None:
            self._cfn_alias.add_resource_dependency(cast("cdk.CfnResource", resource_of(policy)))

    def _describe(self) -> None:
        """Write the alias's role in a release to the template."""
        description = {
            "Phase": BACKEND,
            **self._shift,
            "Alarms": [
                *map(logical_id_of, self._cfn_version_alarms),
                *(_id_in_template(alarm, self._stack) for alarm in self._further_alarms),
            ],
        }
        self._cfn_alias.add_metadata(METADATA_KEY, description)


def _check_function(path: str, function: lambda_.Function, stack: cdk.Stack) -> None:
    check_kind(
        function,
        lambda_.Function,
        path=path,
        argument="function",
        allowed="a lambda_.Function of this app, which has a version for each change",
        remedy="An imported function has no versions here: make this construct in the app that makes the function.",
    )
    if stack_of(function) is not stack:
        raise InvalidArgumentError(
            path=path,
            argument="function",
            given=f"{function.node.path}, which is in another stack",
            allowed=f"a function of the stack {stack.node.path}",
            remedy="Make this construct in the function's stack.",
        )


def _cfn(alarms: Sequence[cloudwatch.Alarm]) -> list[cloudwatch.CfnAlarm]:
    return [cast("cloudwatch.CfnAlarm", resource_of(alarm)) for alarm in alarms]


def _id_in_template(alarm: cloudwatch.IAlarm, stack: cdk.Stack) -> str:
    """Return an alarm's logical id, a plain string, or its path if this template does not hold it."""
    resource = resource_of(alarm)
    if resource is not None and stack_of(alarm) is stack:
        return logical_id_of(resource)
    return alarm.node.path
