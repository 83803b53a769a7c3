"""The one place that talks to AWS: each function is one question, or one change.

What one poll read, as values. What could not be read is None or UNREAD, never a guess.
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


@dataclass(frozen=True)
class Stack:
    """A stack's state: the wait's own, or the root of the nested stack that the wait is in.

    Attributes:
        status: CloudFormation's word for it.
        updated_at: When its last update began.
        root_id: The ARN of its root; "" when it is not nested.
        rollback_disabled: What says that CloudFormation would not roll the update back, or not wait for it; "" if
            nothing does.
    """

    status: str
    updated_at: datetime | None = None
    root_id: str = ""
    rollback_disabled: str = ""

    @property
    def at_work(self) -> bool:
        """Whether CloudFormation works on resources of the templates; in the cleanup it only deletes old ones."""
        return self.status.endswith("_IN_PROGRESS") and "CLEANUP" not in self.status

    @property
    def going_back(self) -> bool:
        """Whether the update has failed: rolled back, or standing still because rollback is disabled."""
        return "ROLLBACK" in self.status or self.status == "UPDATE_FAILED"


@dataclass(frozen=True)
class Resource:
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
        """Whether AWS has it: CloudFormation lists a resource, its physical id included, before it is created."""
        return bool(self.physical_id) and not self.status.startswith(("CREATE_IN_PROGRESS", "CREATE_FAILED", "DELETE_"))


@dataclass(frozen=True)
class Alias:
    """Where a Lambda alias points."""

    version: str
    weights: Mapping[str, float] = field(default_factory=dict)
    revision: str = ""

    def serves(self, version: int) -> bool:
        """Whether any request reaches the version."""
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
        # A state that CloudWatch gives alarms one day must not break the polls of a wait that is deployed today.
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
        reason: CloudWatch's own words for the state.
        changed_at: When its state last changed.
        changes: Its changes since the wait began, or since the release did if it overrides red alarms; None if they are
            unread, and empty where they would decide nothing.
    """

    label: str
    state: AlarmState
    reason: str = ""
    changed_at: datetime | None = None
    changes: tuple[Change, ...] | None = ()

    def red(self, no_data_is_red: bool) -> bool:
        """Whether it ends a release."""
        return is_red(self.state, no_data_is_red)

    def red_at_start(self, no_data_is_red: bool) -> bool:
        """Whether it was red before the first of its changes."""
        return is_red(self.changes[0].old if self.changes else self.state, no_data_is_red)

    def change_of_red(self, since: datetime, no_data_is_red: bool) -> Change | None:
        """Finds the change after a time that shows that it was red then, though it may be well now."""
        # Every alarm comes out of INSUFFICIENT_DATA when it is new: as a former state that is never red.
        shown = (
            change
            for change in self.changes or ()
            if change.at > since and (is_red(change.new, no_data_is_red) or change.old is AlarmState.ALARM)
        )
        return next(shown, None)


def is_red(state: AlarmState, no_data_is_red: bool) -> bool:
    """Whether a state ends a release."""
    return state is AlarmState.ALARM or (state is AlarmState.INSUFFICIENT_DATA and no_data_is_red)


@dataclass(frozen=True)
class Reading:
    """Everything that one poll read.

    Attributes:
        stack: The wait's own stack.
        root: The root of a nested stack; the own stack again when it is not nested.
        resources: The own stack's resources by logical id.
        alarms: The watched alarms.
        baked: The alias under bake; None as well when there is none to read.
        problems: What could not be read and why.
        refused: What of that AWS refused for want of a permission, with its error code.
    """

    stack: Stack | None
    root: Stack | None
    resources: Mapping[str, Resource] | None
    alarms: tuple[Alarm, ...] = ()
    baked: Alias | None = None
    problems: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def going_back(self) -> bool:
        """Whether a stack that was read has begun to go back."""
        return any(stack.going_back for stack in (self.stack, self.root) if stack)

    @property
    def in_rollback(self) -> bool:
        """Whether a stack that was read is being rolled back, or has been."""
        return any("ROLLBACK" in stack.status for stack in (self.stack, self.root) if stack)

    @property
    def going_forward(self) -> bool:
        """Whether both stacks were read and neither has begun to go back."""
        return bool(self.stack and self.root) and not self.going_back


# A call that hangs must not outlast the poll: at worst two attempts of seven seconds.
_CONFIG: Final = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
_NAMES_A_CALL: Final = 100  # CloudWatch API reference, DescribeAlarms: "Maximum number of 100 items"
# Common errors of the three services' API references, and what their permission checks answer.
_REFUSALS: Final = ("AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation")
_ITEMS_A_CALL: Final = 100  # CloudWatch API reference, DescribeAlarmHistory: "MaxRecords", "Maximum value of 100"


class AwsError(Exception):
    """A call that AWS did not answer, refused, or answered in a way that nobody expects.

    Attributes:
        operation: What was asked, as boto3 calls it.
        code: AWS's error code, or the exception when no answer came or an answer could not be understood.
    """

    def __init__(self, operation: str, error: Exception) -> None:
        self.operation = operation
        response = error.response if isinstance(error, ClientError) else {}
        self.code: str = response.get("Error", {}).get("Code") or type(error).__name__
        super().__init__(f"{operation}: {self.code}")

    @property
    def refused(self) -> bool:
        """Whether the handler's role lacks the permission, or does not have it yet."""
        return self.code in _REFUSALS


@contextmanager
def _asking(operation: str) -> Iterator[None]:
    """Makes an `AwsError` of whatever a question to AWS can raise: one that escapes a poll fails a rollback."""
    try:
        yield
    except (ClientError, BotoCoreError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise AwsError(operation, error) from error


@cache
def connect(service: str, region: str) -> BaseClient:
    """Makes the client of a service; an empty region is the function's own."""
    client: BaseClient = boto3.client(service, region_name=region or None, config=_CONFIG)
    return client


@_asking("describe_stacks")
def describe_stack(stack_id: str) -> Stack:
    """Reads a stack's status."""
    found = _call("cloudformation", "describe_stacks", StackName=stack_id)["Stacks"][0]
    return Stack(found["StackStatus"], found.get("LastUpdatedTime"), found.get("RootId", ""), _rollback_disabled(found))


@_asking("list_stack_resources")
def list_resources(stack_id: str) -> dict[str, Resource]:
    """Reads a stack's resources by logical id."""
    pages = _pages("cloudformation", "list_stack_resources", StackName=stack_id)
    return {
        each["LogicalResourceId"]: Resource(
            each.get("PhysicalResourceId", ""), each["ResourceStatus"], each["LastUpdatedTimestamp"]
        )
        for page in pages
        for each in page["StackResourceSummaries"]
    }


@_asking("get_alias")
def get_alias(function: str, name: str) -> Alias:
    """Reads where an alias points."""
    found = _call("lambda", "get_alias", FunctionName=function, Name=name)
    weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Alias(found["FunctionVersion"], weights, found["RevisionId"])


@_asking("update_alias")
def put_alias(function: str, name: str, *, version: int, revision: str) -> None:
    """Puts all of an alias's requests on one version, if nobody has changed it since it was read."""
    _call(
        "lambda",
        "update_alias",
        FunctionName=function,
        Name=name,
        FunctionVersion=str(version),
        RevisionId=revision,
        # Left out, the weights would stay (Lambda API reference, UpdateAlias: what is not given is not changed).
        RoutingConfig={"AdditionalVersionWeights": {}},
    )


@_asking("describe_alarms")
def describe_alarms(names: Sequence[str], *, region: str, composite: bool) -> dict[str, Alarm]:
    """Reads alarms by name; one that does not exist is not in the answer."""
    # Composite alarms come only when named here, and only to a role with the permission on "*".
    types = ["MetricAlarm", "CompositeAlarm"] if composite else ["MetricAlarm"]
    found: dict[str, Alarm] = {}
    for start in range(0, len(names), _NAMES_A_CALL):
        wanted = list(names[start : start + _NAMES_A_CALL])
        for page in _pages("cloudwatch", "describe_alarms", region, AlarmNames=wanted, AlarmTypes=types):
            for each in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())):
                found[each["AlarmName"]] = _alarm(each)
    return found


@_asking("describe_alarm_history")
def list_changes(name: str, *, region: str, composite: bool, since: datetime) -> tuple[Change, ...]:
    """Reads an alarm's changes of state since a time, the first one first."""
    pages = _pages(
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
    return tuple(_change(item) for page in pages for item in page.get("AlarmHistoryItems", ()))


@_asking("get_metric_statistics")
def count_invocations(function: str, alias: str, *, since: datetime, until: datetime) -> dict[datetime, int]:
    """Reads how often an alias was invoked in each minute that CloudWatch has data of; at most 1,440 minutes.

    Lambda developer guide, "Types of metrics for Lambda functions": the dimension `Resource` is an alias's.
    """
    name = function.rpartition(":")[2]
    answer = _call(
        "cloudwatch",
        "get_metric_statistics",
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": "FunctionName", "Value": name}, {"Name": "Resource", "Value": f"{name}:{alias}"}],
        StartTime=since,
        EndTime=until,
        Period=60,
        Statistics=["Sum"],
    )
    return {each["Timestamp"]: round(each["Sum"]) for each in answer["Datapoints"]}


def _rollback_disabled(stack: Mapping[str, Any]) -> str:
    # CloudFormation user guide, "Deploy AWS CloudFormation stacks faster with express mode": rollback is disabled by
    # default. The clients of older Lambda runtimes leave the deployment configuration out of their answer.
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


def _pages(service: str, operation: str, region: str = "", **arguments: object) -> Iterator[Mapping[str, Any]]:
    page = _call(service, operation, region, **arguments)
    yield page
    while page.get("NextToken"):
        page = _call(service, operation, region, **arguments, NextToken=page["NextToken"])
        yield page


def _call(service: str, operation: str, region: str = "", **arguments: object) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = getattr(connect(service, region), operation)(**arguments)
    return answer
