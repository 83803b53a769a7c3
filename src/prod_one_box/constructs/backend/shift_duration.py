"""How long a shift takes, and whether CloudFormation waits that long."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from aws_cdk import Stack, aws_codedeploy, aws_lambda

from ...errors import InvalidArgumentError, check_kind

_LIMIT_MINUTES = 120
_DEFAULT_TIMEOUT_SECONDS = 3
_LONGEST_TIMEOUT_SECONDS = 900
_ALL = 100
_NAMED = re.compile(r"\.Lambda(?:(AllAtOnce)|(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?)$")


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How requests move to the new version.

    CodeDeploy API reference, "TimeBasedLinear" and "TimeBasedCanary": the first part moves immediately, and an
    interval lies between one part and the next.

    Attributes:
        percentage: Percent of requests in the first part, and in each further part of a linear shift.
        interval_minutes: Minutes between parts.
        linear: Whether the parts are equal; otherwise the second part is all the rest.
    """

    percentage: int
    interval_minutes: int
    linear: bool

    @property
    def seconds(self) -> int:
        """Seconds from the first part to the last."""
        if self.percentage == _ALL:
            return 0
        further_parts = ceil(_ALL / self.percentage) - 1 if self.linear else 1
        return further_parts * self.interval_minutes * 60

    def __str__(self) -> str:
        if self.percentage == _ALL:
            return "All at once"
        if self.linear:
            return f"Linear {self.percentage} % every {self.interval_minutes} min"
        return f"Canary {self.percentage} %, the rest after {self.interval_minutes} min"


ALL_AT_ONCE = Shift(percentage=_ALL, interval_minutes=0, linear=False)


def check_config(config: object, *, path: str) -> None:
    """Raise unless the argument is a deployment configuration; its name alone is not accepted."""
    check_kind(
        config,
        aws_codedeploy.ILambdaDeploymentConfig,
        path=path,
        argument="deployment_config",
        allowed="a deployment configuration, such as codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES",
        remedy="By its name: codedeploy.LambdaDeploymentConfig.from_lambda_deployment_config_name(…).",
    )


def shift_of(config: aws_codedeploy.ILambdaDeploymentConfig) -> Shift | None:
    """Return what a deployment configuration does; None if only a name is known and it does not tell."""
    if isinstance(config, aws_codedeploy.LambdaDeploymentConfig):
        return _shift_of_resource(config)
    named = _NAMED.search(config.deployment_config_name)
    if named is None:
        return None
    at_once, kind, percentage, minutes = named.groups()
    if at_once:
        return ALL_AT_ONCE
    return Shift(percentage=int(percentage), interval_minutes=int(minutes), linear=kind == "Linear")


def shift_name(config: aws_codedeploy.ILambdaDeploymentConfig, shift: Shift | None) -> str:
    """Name a deployment configuration for people: by AWS's name, or by what the app's own configuration does."""
    owned = isinstance(config, aws_codedeploy.LambdaDeploymentConfig)
    return str(shift) if owned and shift else config.deployment_config_name


def check_shift_duration(
    *,
    path: str,
    config: aws_codedeploy.ILambdaDeploymentConfig,
    shift: Shift | None,
    hooks: Iterable[aws_lambda.IFunction],
) -> None:
    """Raise if CloudFormation would not wait for the shift.

    CloudFormation's update handler of AWS::Lambda::Alias gives up after 120 minutes (`timeoutInMinutes` of the resource
    type's schema), although CodeDeploy goes on. A hook counts with its function's timeout, or with 15 minutes if that
    is unknown. A hook that reports its result later, from elsewhere, may take up to an hour (CodeDeploy user guide,
    "CodeDeploy quotas"), which synth cannot know.
    """
    if shift is None:
        return
    hook_seconds = sum(map(_timeout_seconds, hooks))
    if shift.seconds + hook_seconds >= _LIMIT_MINUTES * 60:
        raise InvalidArgumentError(
            path=path,
            argument="deployment_config",
            given=f"{shift_name(config, shift)}: {shift.seconds / 60:g} min of shift and "
            f"{hook_seconds / 60:g} min of hooks",
            allowed=f"less than {_LIMIT_MINUTES} min together, because CloudFormation waits no longer for an alias",
            remedy="Use a shorter interval or larger parts.",
        )


def _shift_of_resource(config: aws_codedeploy.LambdaDeploymentConfig) -> Shift | None:
    resource = config.node.default_child
    if not isinstance(resource, aws_codedeploy.CfnDeploymentConfig):
        return None
    routing = Stack.of(config).resolve(resource._cfn_properties)["trafficRoutingConfig"]
    if routing["type"] == "AllAtOnce":
        return ALL_AT_ONCE
    linear = routing["type"] == "TimeBasedLinear"
    kind = "Linear" if linear else "Canary"
    step = routing[f"timeBased{kind}"]
    percentage, minutes = step[f"{kind.lower()}Percentage"], step[f"{kind.lower()}Interval"]
    if not isinstance(percentage, int | float) or not isinstance(minutes, int | float):
        return None
    return Shift(percentage=int(percentage), interval_minutes=int(minutes), linear=linear)


def _timeout_seconds(hook: aws_lambda.IFunction) -> float:
    if not isinstance(hook, aws_lambda.Function):
        return _LONGEST_TIMEOUT_SECONDS
    if hook.timeout is None:
        return _DEFAULT_TIMEOUT_SECONDS
    return _LONGEST_TIMEOUT_SECONDS if hook.timeout.is_unresolved() else hook.timeout.to_seconds()
