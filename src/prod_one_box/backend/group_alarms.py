"""Which alarms a CodeDeploy deployment group accepts."""

from collections.abc import Sequence

from aws_cdk import Stack, Token, aws_cloudwatch

from ..errors import InvalidArgumentError

_MOST = 10


def check_group_alarms(*, path: str, region: str, alarms: Sequence[aws_cloudwatch.IAlarm], default_alarms: int) -> None:
    """Refuses alarms that CodeDeploy refuses.

    CodeDeploy API reference, 'AlarmConfiguration': at most 10 alarms. CodeDeploy looks for them in its own region.

    Args:
        path: The construct's path.
        region: The deployment group's region; a token passes.
        alarms: The user's alarms.
        default_alarms: How many alarms the group has besides.

    Raises:
        InvalidArgumentError: If there are too many, or one is in another region.
    """
    if len(alarms) + default_alarms > _MOST:
        raise InvalidArgumentError(
            path=path,
            argument="alarms",
            given=f"{len(alarms)} and {default_alarms} default alarms",
            allowed=f"at most {_MOST} together",
            remedy="Combine some in a metric math expression, or set thresholds=None.",
        )
    for alarm in alarms:
        elsewhere = _region_of(alarm)
        if not Token.is_unresolved(region) and not Token.is_unresolved(elsewhere) and elsewhere != region:
            raise InvalidArgumentError(
                path=path,
                argument="alarms",
                given=f"{alarm.node.path} of {elsewhere}",
                allowed=f"alarms of {region}",
                remedy="An alarm of another region can watch the bake: OneBoxFrontend(alarms=…).",
            )


def _region_of(alarm: aws_cloudwatch.IAlarm) -> str:
    """Reads the region from a literal ARN, as an imported alarm has it, else from the alarm's stack."""
    arn = alarm.alarm_arn
    return Stack.of(alarm).region if Token.is_unresolved(arn) else arn.split(":")[3]
