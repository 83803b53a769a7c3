"""How an alarm is named to the wait's handler."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import ArnFormat, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import IConstruct

from ..errors import InvalidArgumentError
from ..made import resource_of, stack_of
from .handler import wire
from .same_stack import is_same_stack

_Made = cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm


@dataclass(frozen=True)
class WatchedAlarm:
    """An alarm as the handler gets it.

    Attributes:
        label: What people know it by: its logical id in the wait's stack, or its name.
        properties: What the handler gets. An alarm of the wait's own stack is a plain logical id, so
            that the wait depends on nothing that it watches.
        arn: Its ARN, as a dashboard names it.
        alarm: The alarm.
        made: What CloudFormation makes of it; None if it was imported.
    """

    label: str
    properties: Mapping[str, str]
    arn: str
    alarm: cloudwatch.IAlarm
    made: _Made | None

    @property
    def composite(self) -> bool:
        """Whether it is, or being imported may be, a composite alarm."""
        return _may_be_composite(self.made)

    @classmethod
    def of(cls, alarm: cloudwatch.IAlarm, *, watcher: IConstruct, here: Stack) -> "WatchedAlarm":
        """Names an alarm.

        Args:
            alarm: The alarm: of the watcher's stack, of another one, or imported.
            watcher: The wait.
            here: The wait's stack.

        Raises:
            InvalidArgumentError: If it is of another account, or of another region without a name of its own.
        """
        made = resource_of(alarm)
        if not isinstance(made, _Made):
            return _by_name(alarm, alarm.alarm_name, alarm.alarm_arn, made=None, watcher=watcher)
        if is_same_stack(stack_of(alarm), here):
            logical_id = made.logical_id
            return cls(logical_id, {wire.LOGICAL_ID: logical_id, **_flag(made)}, alarm.alarm_arn, alarm, made)
        name = stack_of(alarm).resolve(made.alarm_name)
        if isinstance(name, str):
            return _by_name(alarm, name, _arn(made, name), made=made, watcher=watcher)
        _refuse_unnamed_elsewhere(alarm, watcher)
        label = alarm.node.path
        return _by_name(alarm, alarm.alarm_name, alarm.alarm_arn, made=made, watcher=watcher, label=label)


def _by_name(
    alarm: cloudwatch.IAlarm, name: str, arn: str, *, made: _Made | None, watcher: IConstruct, label: str = ""
) -> WatchedAlarm:
    parts = Stack.of(watcher).split_arn(arn, ArnFormat.COLON_RESOURCE_NAME)
    if _differ(parts.account, Stack.of(watcher).account):
        raise InvalidArgumentError(
            path=watcher.node.path,
            argument="alarms",
            given=f"an alarm of account {parts.account}, {arn}",
            allowed=f"alarms of the stack's own account, {Stack.of(watcher).account}",
            remedy="Watch it through an alarm of this account.",
        )
    where = {wire.NAME: name, wire.REGION: parts.region or "", **_flag(made)}
    return WatchedAlarm(label or name, where, arn, alarm, made)


def _arn(made: _Made, name: str) -> str:
    # By hand, because the alarm's own ARN would make the wait's stack depend on the alarm's, which often depends on it.
    return Stack.of(made).format_arn(
        service="cloudwatch", resource="alarm", resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
    )


def _refuse_unnamed_elsewhere(alarm: cloudwatch.IAlarm, watcher: IConstruct) -> None:
    there, here = Stack.of(alarm), Stack.of(watcher)
    if _differ(there.region, here.region) or _differ(there.account, here.account):
        raise InvalidArgumentError(
            path=watcher.node.path,
            argument="alarms",
            given=f"{alarm.node.path}, an alarm of {there.region} whose name AWS chooses",
            allowed="alarms of another region only with a name of their own",
            remedy="Give the alarm an alarm_name.",
        )


def _differ(one: str | None, other: str | None) -> bool:
    return not Token.is_unresolved(one) and not Token.is_unresolved(other) and one != other


def _flag(made: _Made | None) -> dict[str, str]:
    return {wire.COMPOSITE: wire.TRUE} if _may_be_composite(made) else {}


def _may_be_composite(made: _Made | None) -> bool:
    return not isinstance(made, cloudwatch.CfnAlarm)
