"""The end of a run's stacks: those that it recorded and that carry its tag, and no others."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from emulator.aws import Aws
from verify_on_aws.caller import one_line
from verify_on_aws.outlived import outlived
from verify_on_aws.recorded_creation import CHANGE_SET
from verify_on_aws.run_record import TAG, RunRecord

_LONGEST_SECONDS = 3600
_LOOK_SECONDS = 3


@dataclass(frozen=True)
class Left:
    """A stack that was not deleted.

    Attributes:
        name: Its name.
        why: Why it was not.
        command: What shows it, or deletes it.
    """

    name: str
    why: str
    command: str


class Deletion:
    """Deletes the stacks of a run.

    Args:
        aws: The account.
        record: The run, from which each stack is struck out once it is gone.
        say: What gets one line for each that happens.
        longest_seconds: How long it waits for all of them.

    Attributes:
        outlived: What is still there of the stacks that are gone, one line for each.
    """

    def __init__(
        self, aws: Aws, record: RunRecord, say: Callable[[str], None], longest_seconds: float = _LONGEST_SECONDS
    ) -> None:
        self._aws = aws
        self._record = record
        self._say = say
        self._longest_seconds = longest_seconds
        self._asked: set[str] = set()
        self.outlived: list[str] = []

    def run(self) -> list[Left]:
        """Delete them all at once, wait for them, and return what is left."""
        left: list[Left] = []
        until = time.monotonic() + self._longest_seconds
        waiting = dict(self._record.stacks)
        while waiting:
            for name, stack_id in list(waiting.items()):
                late = time.monotonic() > until
                found = self._advance(name, stack_id, late=late)
                if isinstance(found, Left):
                    left.append(found)
                if found:
                    del waiting[name]
            if waiting:
                time.sleep(_LOOK_SECONDS)
        return left

    def _advance(self, name: str, stack_id: str | None, *, late: bool) -> Left | bool:
        """Take a stack one step on: what is left of it, whether it is gone otherwise."""
        try:
            stack = self._stack(stack_id) if stack_id else None
            if stack_id is None or stack is None:
                return self._unknown(name, recorded=stack_id is not None)
            if stack["StackStatus"] == "DELETE_COMPLETE":
                self.outlived += outlived(self._aws, stack_id)
                return self._gone(name, "is deleted")
            obstacle = self._obstacle(name, stack, late=late)
            if obstacle:
                return obstacle
            self._ask(name, stack)
        except Exception as error:  # Whatever keeps one stack from its deletion, the others are deleted.
            return self._left(
                name, f"{type(error).__name__}: {one_line(error)}", "delete-stack" if stack_id else "describe-stacks"
            )
        return False

    def _gone(self, name: str, why: str) -> bool:
        self._record.gone(name)
        self._say(f"{name} {why}")
        return True

    def _obstacle(self, name: str, stack: Any, *, late: bool) -> Left | None:
        """What keeps a stack from being deleted, or deleted in time."""
        if not self._is_ours(stack):
            return self._left(name, f"it does not carry the tag {TAG}={self._record.run}", "describe-stacks")
        if stack["StackStatus"] == "DELETE_FAILED" and name in self._asked:
            return self._left(name, stack.get("StackStatusReason", "DELETE_FAILED"), "delete-stack")
        if late:
            return self._left(name, f"it is still {stack['StackStatus']}", "delete-stack")
        return None

    def _ask(self, name: str, stack: Any) -> None:
        """Ask CloudFormation for whatever its status allows.

        A stack that is being updated cannot be deleted, so its update is cancelled first.
        """
        status, client = stack["StackStatus"], self._aws.cloudformation
        if status == "DELETE_IN_PROGRESS":
            self._asked.add(name)
            return
        # Any other status is of a stack that is not being deleted, though it was asked for: an update was faster.
        self._asked.discard(name)
        if status == "UPDATE_IN_PROGRESS":
            _unless_too_early(client.cancel_update_stack, StackName=stack["StackId"])
        elif _can_be_deleted(status) and _unless_too_early(client.delete_stack, StackName=stack["StackId"]):
            self._asked.add(name)
            self._say(f"{name} is being deleted")

    def _unknown(self, name: str, *, recorded: bool) -> Left | bool:
        """A stack whose id is not known to AWS, or was never recorded: what has its name now is left alone."""
        if self._stack(name) is None:
            return self._gone(name, "is there no longer" if recorded else "was never made")
        why = "it has another id than the record, so it may be somebody else's"
        if not recorded:
            by_hand = self._left(name, "", "delete-stack").command
            tagged = f"if it carries the tag {TAG}={self._record.run}, delete it with `{by_hand}`"
            why = f"its id was never recorded, so it may be somebody else's: {tagged}"
        return self._left(name, why, "describe-stacks")

    def _stack(self, named: str) -> Any:
        try:
            return self._aws.cloudformation.describe_stacks(StackName=named)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def _is_ours(self, stack: Any) -> bool:
        """Whether a stack carries the run's tag; one without resources may carry it in its change set only."""
        tag = {"Key": TAG, "Value": self._record.run}
        if tag in stack.get("Tags", []) or stack["StackStatus"] != "REVIEW_IN_PROGRESS":
            return tag in stack.get("Tags", [])
        named = {"StackName": stack["StackId"], "ChangeSetName": CHANGE_SET}
        return tag in self._aws.cloudformation.describe_change_set(**named).get("Tags", [])

    def _left(self, name: str, why: str, command: str) -> Left:
        region = f"--region {self._record.region}"
        named = self._record.stacks.get(name) if command == "delete-stack" else name
        return Left(name, why, f"aws cloudformation {command} {region} --stack-name {named or name}")


def _can_be_deleted(status: str) -> bool:
    return status in ("CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS") or not status.endswith("_IN_PROGRESS")


def _unless_too_early(call: Callable[..., Any], **named: str) -> bool:
    """Whether a call was accepted, and not refused for a status that has changed or will."""
    try:
        call(**named)
    except ClientError as error:
        if "status" not in str(error):
            raise
        return False
    return True
