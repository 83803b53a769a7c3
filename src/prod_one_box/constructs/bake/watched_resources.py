"""How an alarm is named to the wait's handler.

Whether two stacks are one.

An alias that a wait watches or contains, as the handler gets it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import jsii
from aws_cdk import ArnFormat, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct, IValidation

from ...errors import InvalidArgumentError, check_kind, check_list
from ..jsii_cache import path_of, resource_of, stack_of
from .handler.request import ALIAS, COMPOSITE, LOGICAL_ID, NAME, REGION, TRUE, VERSION


def is_same_stack(one: Stack, other: Stack) -> bool:
    """Compares two stacks; one that Node made, and not this app, is another object each time."""
    return one is other or one.node.path == other.node.path


_MOST_BYTES: Final = 120_000
"""Of all alarms in a wait's properties.

Step Functions takes 262,144 bytes as an execution's input (Step Functions developer guide, "Service quotas"). The
provider framework starts one with CloudFormation's request, which holds an update's old and new properties, a
signed URL, and up to 1 KB of physical id. What two times this leaves, 22 KB, is for them and for the reasons.
"""

_LONGEST: Final = {NAME: "x" * 255, REGION: "x" * 25}
"""Stand for values that are known only at deployment (CloudWatch API reference, "PutMetricAlarm": `AlarmName`)."""

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
            return cls(logical_id, {LOGICAL_ID: logical_id, **_flag(made)}, alarm.alarm_arn, alarm, made)
        name = stack_of(alarm).resolve(made.alarm_name)
        if isinstance(name, str):
            return _by_name(alarm, name, _arn(made, name), made=made, watcher=watcher)
        _refuse_unnamed_elsewhere(alarm, watcher)
        label = alarm.node.path
        return _by_name(alarm, alarm.alarm_name, alarm.alarm_arn, made=made, watcher=watcher, label=label)


def refuse_too_many(watched: Sequence[WatchedAlarm], *, waiter: IConstruct) -> None:
    """Raise if the alarms' names do not fit into what Step Functions takes.

    Args:
        watched: All alarms of a wait.
        waiter: The wait.

    Raises:
        InvalidArgumentError: If they do not fit.
    """
    named = [dict(each.properties) for each in watched]
    longest = sum(map(len, _LONGEST.values()))
    if _bytes_of(named) + len(named) * longest <= _MOST_BYTES:
        return  # tokens are resolved, by Node, only where it may matter
    known = [
        {key: value if isinstance(value, str) else _LONGEST[key] for key, value in each.items()}
        for each in stack_of(waiter).resolve(named)
    ]
    size = _bytes_of(known)
    if size > _MOST_BYTES:
        raise InvalidArgumentError(
            path=path_of(waiter),
            argument="alarms",
            given=f"{len(watched)} alarms, whose names take {size:,} bytes",
            allowed=f"names of {_MOST_BYTES:,} bytes in all, since Step Functions, which polls, takes 256 KB for both "
            "the old ones and the new ones of an update",
            remedy="Watch composite alarms over them, or give the alarms shorter names.",
        )


def _bytes_of(named: Sequence[Mapping[str, str]]) -> int:
    return len(json.dumps(named, ensure_ascii=False, separators=(",", ":")).encode())


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
    where = {NAME: name, REGION: parts.region or "", **_flag(made)}
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
    return {COMPOSITE: TRUE} if _may_be_composite(made) else {}


def _may_be_composite(made: _Made | None) -> bool:
    return not isinstance(made, cloudwatch.CfnAlarm)


_ALLOWED: Final = "lambda_.Alias, made in the wait's own stack"
_REMEDY: Final = "Of a Partition or a TrafficShiftedFunction, give its `alias`."


def check_aliases(*, baked: object, contained: object, path: str) -> None:
    """Refuses functions, partitions and other things that are no aliases.

    Args:
        baked: What the user gave; None if no alias is watched.
        contained: What the user gave.
        path: The wait's path.

    Raises:
        InvalidArgumentError: If one is no alias.
    """
    if baked is not None:
        check_kind(baked, lambda_.Alias, path=path, argument="baked", allowed=f"a {_ALLOWED}", remedy=_REMEDY)
    check_list(
        contained, lambda_.Alias, path=path, argument="contained", allowed=f"a list of {_ALLOWED}", remedy=_REMEDY
    )


def place(alias: lambda_.Alias, *, argument: str, waiter: Construct, here: Stack) -> dict[str, str]:
    """Names an alias and the version that the release puts it on, as plain logical ids.

    Args:
        alias: The alias.
        argument: The name of the wait's argument.
        waiter: The wait.
        here: The wait's stack.

    Raises:
        InvalidArgumentError: If the handler could not find the alias or its versions, or must not move it.
    """
    version = alias.version
    cfn_alias, cfn_version = resource_of(alias), resource_of(version)
    if not isinstance(cfn_alias, lambda_.CfnAlias) or not is_same_stack(stack_of(alias), here):
        raise _refusal(alias, argument, waiter, allowed="an alias that is made in the wait's own stack")
    # Containment takes the version with the higher number for the failed one, which holds only for versions that
    # Lambda publishes one after the other as the function changes.
    is_current = version.node.id == "CurrentVersion" and is_same_stack(stack_of(version), here)
    if not isinstance(cfn_version, lambda_.CfnVersion) or not is_current:
        raise _refusal(alias, argument, waiter, allowed="an alias on the current_version of a function of this stack")
    if _managed_by_codedeploy(cfn_alias):
        raise _refusal(alias, argument, waiter, allowed="an alias that CodeDeploy does not manage")
    waiter.node.add_validation(_StillUnmanaged(cfn_alias, argument))
    return {ALIAS: cfn_alias.logical_id, VERSION: cfn_version.logical_id}


def _refusal(alias: lambda_.Alias, argument: str, waiter: Construct, *, allowed: str) -> InvalidArgumentError:
    return InvalidArgumentError(path=waiter.node.path, argument=argument, given=alias.node.path, allowed=allowed)


def _managed_by_codedeploy(cfn_alias: lambda_.CfnAlias) -> bool:
    policy = cfn_alias.cfn_options.update_policy
    return policy is not None and policy.code_deploy_lambda_alias_update is not None


@jsii.implements(IValidation)
class _StillUnmanaged:
    """Looks again when everything is made: a deployment group may be added to the alias after the wait."""

    def __init__(self, cfn_alias: lambda_.CfnAlias, argument: str) -> None:
        self._cfn_alias = cfn_alias
        self._argument = argument

    def validate(self) -> list[str]:
        if not _managed_by_codedeploy(self._cfn_alias):
            return []
        path = self._cfn_alias.node.path.removesuffix("/Resource")
        return [f"{self._argument}: {path} is managed by CodeDeploy, which alone may move it"]
