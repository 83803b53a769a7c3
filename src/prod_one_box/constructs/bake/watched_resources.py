"""How a wait names its alarms and aliases to the handler.

Resources of the wait's own stack are named by plain logical ids, so that the wait depends on nothing that it watches.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import ArnFormat, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from ...errors import InvalidArgumentError, check_list
from ..jsii_cache import id_of, logical_id_of, path_of, resource_of, stack_of
from ..synth_check import check_at_synth
from .handler.request import ALIAS, COMPOSITE, LOGICAL_ID, NAME, REGION, TRUE, VERSION

_MOST_BYTES: Final = 78_000
"""The limit for all alarms in a wait's properties.

Step Functions accepts 262,144 bytes as an execution's input (Step Functions developer guide, "Service quotas"). The
provider framework starts one with CloudFormation's request, which holds an update's old and new properties, a signed
URL, and up to 1 KB of physical id. The aliases, versions and functions of the most partitions that a release can have
take up to 35,000, and the metrics by which those are compared up to 9,000. Twice all of that leaves 18 KB for the rest
and for the reasons.
"""

_LONGEST: Final = {NAME: "x" * 255, REGION: "x" * 25}
"""Stand-ins for values that are known only at deployment (CloudWatch API reference, "PutMetricAlarm": `AlarmName`)."""

_Resource = cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm

_ALLOWED: Final = "lambda_.Alias, made in the wait's own stack"
_REMEDY: Final = "Of a Partition or a TrafficShiftedFunction, give its `alias`."


def is_same_stack(one: Stack, other: Stack) -> bool:
    """Compare two stacks, by their paths because jsii may give several Python objects for one stack."""
    return one is other or one.node.path == other.node.path


@dataclass(frozen=True)
class WatchedAlarm:
    """An alarm as the handler receives it.

    Attributes:
        label: Its name for people: its logical id in the wait's stack, or its name in CloudWatch.
        properties: Its entry in the wait's properties.
        arn: Its ARN, for a dashboard; "" in the wait's own stack.
        alarm: The alarm.
        resource: Its CloudFormation resource; None if it is imported.
    """

    label: str
    properties: Mapping[str, str]
    arn: str
    alarm: cloudwatch.IAlarm
    resource: _Resource | None

    @property
    def composite(self) -> bool:
        """Whether it is a composite alarm or, if imported, may be one."""
        return COMPOSITE in self.properties

    @classmethod
    def of(cls, alarm: cloudwatch.IAlarm, *, watcher: IConstruct, here: Stack) -> "WatchedAlarm":
        """Name an alarm.

        Raises:
            InvalidArgumentError: If it is of another account, or of another region without a name of its own.
        """
        resource = resource_of(alarm)
        composite = {} if isinstance(resource, cloudwatch.CfnAlarm) else {COMPOSITE: TRUE}
        if not isinstance(resource, _Resource):
            resource = None
        elif is_same_stack(stack_of(alarm), here):
            logical_id = logical_id_of(resource)
            return cls(logical_id, {LOGICAL_ID: logical_id, **composite}, "", alarm, resource)
        label, name, arn = _names(alarm, resource, watcher)
        region = _region_of(arn, watcher)
        return cls(label, {NAME: name, REGION: region, **composite}, arn, alarm, resource)


def _names(alarm: cloudwatch.IAlarm, resource: _Resource | None, watcher: IConstruct) -> tuple[str, str, str]:
    """Return the label, the name and the ARN of an alarm that is not of the wait's stack."""
    if resource is None:
        return alarm.alarm_name, alarm.alarm_name, alarm.alarm_arn
    there, here = stack_of(alarm), Stack.of(watcher)
    name = there.resolve(resource.alarm_name)
    if isinstance(name, str):
        # By hand: the alarm's own ARN would make the wait's stack depend on the alarm's, which often depends on it.
        arn = there.format_arn(
            service="cloudwatch", resource="alarm", resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        return name, name, arn
    if _differ(there.region, here.region) or _differ(there.account, here.account):
        raise InvalidArgumentError(
            path=watcher.node.path,
            argument="alarms",
            given=f"{alarm.node.path}, an alarm of {there.region} whose name AWS chooses",
            allowed="alarms of another region only with a name of their own",
            remedy="Give the alarm an alarm_name.",
        )
    return alarm.node.path, alarm.alarm_name, alarm.alarm_arn


def _region_of(arn: str, watcher: IConstruct) -> str:
    here = Stack.of(watcher)
    parts = here.split_arn(arn, ArnFormat.COLON_RESOURCE_NAME)
    if _differ(parts.account, here.account):
        raise InvalidArgumentError(
            path=watcher.node.path,
            argument="alarms",
            given=f"an alarm of account {parts.account}, {arn}",
            allowed=f"alarms of the stack's own account, {here.account}",
            remedy="Watch it through an alarm of this account.",
        )
    return parts.region or ""


def _differ(one: str | None, other: str | None) -> bool:
    return not Token.is_unresolved(one) and not Token.is_unresolved(other) and one != other


def check_size(watched: Sequence[WatchedAlarm], *, waiter: IConstruct) -> None:
    """Raise if the names of all alarms of a wait do not fit into an input of Step Functions."""
    entries = [dict(each.properties) for each in watched]
    longest = sum(map(len, _LONGEST.values()))
    if _bytes_of(entries) + len(entries) * longest <= _MOST_BYTES:
        return  # tokens are resolved, by Node, only where it may matter
    known = [
        {key: value if isinstance(value, str) else _LONGEST[key] for key, value in each.items()}
        for each in stack_of(waiter).resolve(entries)
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


def _bytes_of(entries: Sequence[Mapping[str, str]]) -> int:
    return len(json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode())


def check_aliases(*, path: str, **lists: object) -> None:
    """Raise unless arguments are lists of aliases."""
    for argument, given in lists.items():
        check_list(given, lambda_.Alias, path=path, argument=argument, allowed=f"a list of {_ALLOWED}", remedy=_REMEDY)


def placement(alias: lambda_.Alias, *, argument: str, waiter: Construct, here: Stack) -> dict[str, str]:
    """Name an alias and the version that the release moves it to.

    Raises:
        InvalidArgumentError: If the handler could not find the alias or its versions, or must not move it.
    """
    version = alias.version
    cfn_alias, cfn_version = resource_of(alias), resource_of(version)
    if not isinstance(cfn_alias, lambda_.CfnAlias) or not is_same_stack(stack_of(alias), here):
        raise _refusal(alias, argument, waiter, allowed="an alias that is made in the wait's own stack")
    # Containment takes the higher number for the failed version, which is right only for versions that Lambda publishes
    # one after the other as the function changes.
    is_current = id_of(version) == "CurrentVersion" and is_same_stack(stack_of(version), here)
    if not isinstance(cfn_version, lambda_.CfnVersion) or not is_current:
        raise _refusal(alias, argument, waiter, allowed="an alias on the current_version of a function of this stack")

    options = cfn_alias.cfn_options

    def check_unmanaged() -> None:
        if "codeDeployLambdaAliasUpdate" in here.resolve(options).get("updatePolicy", {}):
            raise _refusal(alias, argument, waiter, allowed="an alias that CodeDeploy does not manage")

    check_unmanaged()
    check_at_synth(waiter, check_unmanaged)  # a deployment group may be added to the alias after the wait
    return {ALIAS: logical_id_of(cfn_alias), VERSION: logical_id_of(cfn_version)}


def _refusal(alias: lambda_.Alias, argument: str, waiter: Construct, *, allowed: str) -> InvalidArgumentError:
    return InvalidArgumentError(path=waiter.node.path, argument=argument, given=alias.node.path, allowed=allowed)
