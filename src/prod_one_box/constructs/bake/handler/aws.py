"""Calls AWS, for everything but metrics, which `metrics` reads; and what one poll read there, as values.

Each function is one question or one change. What could not be read is None or UNREAD, never a guess.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Final

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .comparison import Verdict


@dataclass(frozen=True)
class Stack:
    """A stack's state: the wait's own stack, or the root of the nested stack that the wait is in.

    Attributes:
        status: Its status in CloudFormation.
        updated_at: When its last update started.
        root_id: The ARN of its root; "" if it is not nested.
        rollback_disabled: The setting that keeps CloudFormation from rolling the update back, or from waiting for it;
            "" if there is none.
    """

    status: str
    updated_at: datetime | None = None
    root_id: str = ""
    rollback_disabled: str = ""

    @property
    def at_work(self) -> bool:
        """Whether CloudFormation is updating resources; in the cleanup it only deletes old ones."""
        return self.status.endswith("_IN_PROGRESS") and "CLEANUP" not in self.status

    @property
    def going_back(self) -> bool:
        """Whether the update has failed: it is rolled back, or stopped because rollback is disabled."""
        return "ROLLBACK" in self.status or self.status == "UPDATE_FAILED"


@dataclass(frozen=True)
class StackResource:
    """A resource of the wait's own stack."""

    physical_id: str
    status: str
    updated_at: datetime

    @property
    def in_progress(self) -> bool:
        """Whether CloudFormation is waiting for it."""
        return self.status.endswith("_IN_PROGRESS")

    @property
    def exists(self) -> bool:
        """Whether it has been created: CloudFormation lists a resource, with its physical id, before that."""
        return bool(self.physical_id) and not self.status.startswith(("CREATE_IN_PROGRESS", "CREATE_FAILED", "DELETE_"))

    @property
    def function_and_qualifier(self) -> tuple[str, str]:
        """The function's ARN and the name or number after it, for an alias or a version."""
        function, _, qualifier = self.physical_id.rpartition(":")
        return function, qualifier

    @property
    def label(self) -> str:
        """An alias for people: the function's name and the alias's."""
        function, qualifier = self.function_and_qualifier
        return f"{function.rpartition(':')[2]}:{qualifier}"


@dataclass(frozen=True)
class Alias:
    """Where a Lambda alias points."""

    version: str
    weights: Mapping[str, float] = field(default_factory=dict)
    revision: str = ""

    def serves(self, version: int) -> bool:
        """Return whether any request reaches the version."""
        return str(version) == self.version or str(version) in self.weights

    def __str__(self) -> str:
        shares = [f"{weight:.0%} on version {version}" for version, weight in self.weights.items()]
        return ", ".join([f"version {self.version}", *shares])


class AlarmState(Enum):
    """What is known of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    MISSING = "missing"
    NOT_CREATED = "not created yet"
    UNREAD = "unread"

    @classmethod
    def _missing_(cls, _value: object) -> "AlarmState":
        # A state that CloudWatch introduces later must not break the polls of a wait that is deployed today.
        return cls.UNREAD


@dataclass(frozen=True)
class Change:
    """An alarm's change from one state to another."""

    at: datetime
    old: AlarmState
    new: AlarmState

    def __str__(self) -> str:
        return f"from {self.old.value} to {self.new.value} at {self.at:%Y-%m-%d %H:%M:%S %Z}"


@dataclass(frozen=True)
class Alarm:
    """An alarm at this poll.

    Attributes:
        label: Its name, or its logical id while CloudFormation has not created it.
        state: What is known of it.
        reason: CloudWatch's reason for the state.
        changed_at: When its state last changed.
        changes: Its changes since the wait started, or since the release did if it overrides red alarms; None if they
            are unread, empty if they would not matter.
    """

    label: str
    state: AlarmState
    reason: str = ""
    changed_at: datetime | None = None
    changes: tuple[Change, ...] | None = ()

    def red(self, no_data_is_red: bool) -> bool:
        """Return whether it ends a release."""
        return is_red(self.state, no_data_is_red)

    def red_at_start(self, no_data_is_red: bool) -> bool:
        """Return whether it was red before the first of its changes."""
        return is_red(self.changes[0].old if self.changes else self.state, no_data_is_red)

    def change_of_red(self, since: datetime, no_data_is_red: bool) -> Change | None:
        """Return the first change after `since` from or to a red state, even if the alarm is quiet now."""
        # Every new alarm leaves INSUFFICIENT_DATA, so as a former state that is never red.
        for change in self.changes or ():
            if change.at > since and (is_red(change.new, no_data_is_red) or change.old is AlarmState.ALARM):
                return change
        return None


def is_red(state: AlarmState, no_data_is_red: bool) -> bool:
    """Return whether a state ends a release."""
    return state is AlarmState.ALARM or (state is AlarmState.INSUFFICIENT_DATA and no_data_is_red)


@dataclass(frozen=True)
class Reading:
    """Everything that one poll read.

    Attributes:
        stack: The wait's own stack.
        root: The root of a nested stack; the same as `stack` if it is not nested.
        resources: The resources of `stack` by logical id.
        alarms: The watched alarms.
        aliases: The aliases under bake that were read, by logical id.
        verdict: What the comparison says; None if there is none, or if it could not be read.
        problems: What could not be read and why.
        denied: The operations among them for which AWS denied permission, each with its error code.
    """

    stack: Stack | None
    root: Stack | None
    resources: Mapping[str, StackResource] | None
    alarms: tuple[Alarm, ...] = ()
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    verdict: Verdict | None = None
    problems: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()

    @property
    def going_back(self) -> bool:
        """Whether a stack that was read is going back."""
        return any(stack.going_back for stack in (self.stack, self.root) if stack)

    @property
    def in_rollback(self) -> bool:
        """Whether a stack that was read is being rolled back, or has been."""
        return any("ROLLBACK" in stack.status for stack in (self.stack, self.root) if stack)

    @property
    def going_forward(self) -> bool:
        """Whether both stacks were read and neither is going back."""
        return bool(self.stack and self.root) and not self.going_back


# A call that hangs must not outlast the poll: at worst two attempts of seven seconds.
_CONFIG: Final = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
_NAMES_A_CALL: Final = 100  # CloudWatch API reference, DescribeAlarms: "Maximum number of 100 items"
# "Common errors" in the API references of the three services, and the answers of their permission checks.
_DENIALS: Final = ("AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation")
_ITEMS_A_CALL: Final = 100  # CloudWatch API reference, DescribeAlarmHistory: "MaxRecords", "Maximum value of 100"


class AwsError(Exception):
    """A call that AWS did not answer, refused, or answered in an unexpected form.

    Attributes:
        operation: The operation, as boto3 names it.
        code: AWS's error code, or the exception's name if there was no answer or it could not be understood.
    """

    def __init__(self, operation: str, error: Exception) -> None:
        self.operation = operation
        response = error.response if isinstance(error, ClientError) else {}
        self.code: str = response.get("Error", {}).get("Code") or type(error).__name__
        super().__init__(f"{operation}: {self.code}")

    @property
    def denied(self) -> bool:
        """Whether the handler's role lacks the permission, or has not got it yet."""
        return self.code in _DENIALS


@contextmanager
def aws_errors(operation: str) -> Iterator[None]:
    """Turn every exception of a call to AWS into an `AwsError`: one that escapes a poll fails a rollback."""
    try:
        yield
    except (ClientError, BotoCoreError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise AwsError(operation, error) from error


@cache
def connect(service: str, region: str) -> BaseClient:
    """Return the client of a service; an empty region stands for the function's own."""
    client: BaseClient = boto3.client(service, region_name=region or None, config=_CONFIG)
    return client


@aws_errors("describe_stacks")
def describe_stack(stack_id: str) -> Stack:
    """Read the state of a stack."""
    found = call("cloudformation", "describe_stacks", StackName=stack_id)["Stacks"][0]
    return Stack(found["StackStatus"], found.get("LastUpdatedTime"), found.get("RootId", ""), _rollback_disabled(found))


@aws_errors("list_stack_resources")
def list_resources(stack_id: str) -> dict[str, StackResource]:
    """Read a stack's resources by logical id."""
    found = pages("cloudformation", "list_stack_resources", StackName=stack_id)
    return {
        each["LogicalResourceId"]: StackResource(
            each.get("PhysicalResourceId", ""), each["ResourceStatus"], each["LastUpdatedTimestamp"]
        )
        for page in found
        for each in page["StackResourceSummaries"]
    }


@aws_errors("get_alias")
def get_alias(function: str, name: str) -> Alias:
    """Read where an alias points."""
    found = call("lambda", "get_alias", FunctionName=function, Name=name)
    weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Alias(found["FunctionVersion"], weights, found["RevisionId"])


@aws_errors("update_alias")
def put_alias(function: str, name: str, *, version: int, revision: str) -> None:
    """Send all requests of an alias to one version, unless the alias has changed since it was read."""
    call(
        "lambda",
        "update_alias",
        FunctionName=function,
        Name=name,
        FunctionVersion=str(version),
        RevisionId=revision,
        # Without it the weights would stay (Lambda API reference, UpdateAlias: omitted settings do not change).
        RoutingConfig={"AdditionalVersionWeights": {}},
    )


@aws_errors("describe_alarms")
def describe_alarms(names: Sequence[str], *, region: str, composite: bool) -> dict[str, Alarm]:
    """Read alarms by name; one that does not exist is left out.

    Composite alarms are returned only if their type is named, and only to a role with the permission on "*".
    """
    types = ["MetricAlarm", "CompositeAlarm"] if composite else ["MetricAlarm"]
    found: dict[str, Alarm] = {}
    for start in range(0, len(names), _NAMES_A_CALL):
        wanted = list(names[start : start + _NAMES_A_CALL])
        for page in pages("cloudwatch", "describe_alarms", region, AlarmNames=wanted, AlarmTypes=types):
            for each in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())):
                found[each["AlarmName"]] = _alarm(each)
    return found


@aws_errors("describe_alarm_history")
def list_changes(name: str, *, region: str, composite: bool, since: datetime) -> tuple[Change, ...]:
    """Read an alarm's state changes since a time, the earliest first."""
    found = pages(
        "cloudwatch",
        "describe_alarm_history",
        region,
        AlarmName=name,
        AlarmTypes=["MetricAlarm", "CompositeAlarm"] if composite else ["MetricAlarm"],
        HistoryItemType="StateUpdate",
        StartDate=since,
        ScanBy="TimestampAscending",
        MaxRecords=_ITEMS_A_CALL,
    )
    return tuple(_change(item) for page in found for item in page.get("AlarmHistoryItems", ()))


def _rollback_disabled(stack: Mapping[str, Any]) -> str:
    # CloudFormation user guide, "Deploy AWS CloudFormation stacks faster with express mode": rollback is disabled by
    # default. Clients in older Lambda runtimes omit the deployment configuration.
    deployment = stack.get("DeploymentConfig") or {}
    if deployment.get("Mode") == "EXPRESS":
        return "DeploymentConfig: Mode EXPRESS"
    return "DisableRollback" if stack.get("DisableRollback") or deployment.get("DisableRollback") else ""


def _change(item: Mapping[str, Any]) -> Change:
    states = json.loads(item["HistoryData"])
    old, new = (AlarmState(states[each]["stateValue"]) for each in ("oldState", "newState"))
    return Change(item["Timestamp"], old, new)


def _alarm(found: Mapping[str, Any]) -> Alarm:
    changed_at = found.get("StateTransitionedTimestamp") or found.get("StateUpdatedTimestamp")
    return Alarm(found["AlarmName"], AlarmState(found["StateValue"]), found.get("StateReason", ""), changed_at)


def pages(service: str, operation: str, region: str = "", **arguments: object) -> Iterator[Mapping[str, Any]]:
    """Call an operation until its answer is complete."""
    page = call(service, operation, region, **arguments)
    yield page
    while page.get("NextToken"):
        page = call(service, operation, region, **arguments, NextToken=page["NextToken"])
        yield page


def call(service: str, operation: str, region: str = "", **arguments: object) -> Mapping[str, Any]:
    """Call an operation of a service; an empty region stands for the function's own."""
    answer: Mapping[str, Any] = getattr(connect(service, region), operation)(**arguments)
    return answer
