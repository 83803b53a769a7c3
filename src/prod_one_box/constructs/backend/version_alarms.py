"""The alarms of a shift: new resources for each version, and no more than CodeDeploy accepts."""

from collections.abc import Sequence
from typing import Final, cast

from aws_cdk import CfnResource, Stack, Token, aws_cloudwatch, aws_lambda

from ...errors import InvalidArgumentError
from ..jsii_cache import logical_id_of, resource_of, stack_of

_LONGEST_ID: Final = 255
_UNIQUE: Final = 32
"""How many of the last characters of an alarm's id make it unique: CDK ends an id in a hash of its path."""

_MOST: Final = 10


def renew_with_version(alarms: Sequence[aws_cloudwatch.CfnAlarm], version: aws_lambda.Version, *, path: str) -> None:
    """Make CloudFormation create new alarms for each version of the function.

    An update keeps an alarm's state (CloudWatch API reference, "PutMetricAlarm"), so an alarm that the old version
    made red would stop the release that fixes it. Therefore the alarms' logical ids end in the version's, which ends
    in the hash of the function, which CDK computes when it synthesizes.
    """
    version_id = logical_id_of(cast("CfnResource", resource_of(version)))
    of_version, *own = stack_of(version).resolve([version_id, *map(logical_id_of, alarms)])
    room = _LONGEST_ID - len(of_version)
    if room < _UNIQUE:
        raise InvalidArgumentError(
            path=path,
            argument="function",
            given=f"one whose version has a logical id of {len(of_version)} characters",
            allowed=f"{_LONGEST_ID - _UNIQUE} characters at most, since its alarms' ids end in it",
            remedy="Give the constructs around the function shorter ids.",
        )
    for alarm, id in zip(alarms, own, strict=True):
        # The version's id stays a token: the function may still change, and with it the hash, but not the length.
        alarm.override_logical_id(f"{id[-room:]}{version_id}")


def check_group_alarms(*, path: str, region: str, alarms: Sequence[aws_cloudwatch.IAlarm], default_alarms: int) -> None:
    """Raise if CodeDeploy would refuse a deployment group's alarms.

    CodeDeploy API reference, "AlarmConfiguration": at most 10 alarms. CodeDeploy looks for them in its own region.
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
    """Return the region in a literal ARN, as imported alarms have it, else the region of the alarm's stack."""
    arn = alarm.alarm_arn
    return Stack.of(alarm).region if Token.is_unresolved(arn) else arn.split(":")[3]
