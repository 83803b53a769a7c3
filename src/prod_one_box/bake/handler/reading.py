"""What one poll read, as values. What could not be read is None or UNREAD, never a guess."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


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
