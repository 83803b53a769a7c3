"""A stack as AWS describes it during an update: its status, its resources and their physical ids."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ...template.cloud_assembly import Resource, StackTemplate, properties
from ...template.intrinsics import text
from ..plan.release_plan import ReleasePlan
from .world import World

STACK_ID: Final = "arn:aws:cloudformation:us-east-1:123456789012:stack/rehearsed/0a1b"
_FUNCTION: Final = "arn:aws:lambda:us-east-1:123456789012:function"


class Row(NamedTuple):
    """A resource in the stack's list.

    Attributes:
        physical_id: Its id in AWS.
        status: Its status in CloudFormation.
        updated_at: When the status changed, in seconds.
    """

    physical_id: str
    status: str
    updated_at: float


class StackState:
    """The state that `DescribeStacks` and `ListStackResources` would describe.

    Attributes:
        status: The stack's status.
        updated_at: When its last update or rollback started, in seconds.
        rows: Its resources by logical id; a new one only once the update starts to create it.
        numbers: The number of every version by logical id. Lambda numbers a function's versions upwards only (Lambda
            developer guide, "Lambda function versions").
        aliases: The logical id of every alias by its function's ARN and its name.
    """

    def __init__(self, world: World, plan: ReleasePlan) -> None:
        self._world = world
        self._plan = plan
        self.status = "UPDATE_COMPLETE"
        self.updated_at = world.now
        self.numbers = _numbers(plan.old, plan.new)
        self.aliases = {(_arn(each.function), each.name): each.logical_id for each in plan.aliases.values()}
        resources = (*plan.new.resources.values(), *plan.old.resources.values())
        self._ids = {each.logical_id: self._physical_id(each) for each in resources}
        self.rows = {name: Row(self._ids[name], "UPDATE_COMPLETE", world.now) for name in plan.old.resources}

    def turn(self, status: str) -> None:
        """Set the stack's status."""
        if status in ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"):
            self.updated_at = self._world.now
        self.status = status
        self._world.note("update", status)

    def mark(self, name: str, word: str) -> None:
        """Set a resource's status to `IN_PROGRESS`, `COMPLETE` or `FAILED`."""
        kind = "CREATE" if name in self._plan.created else "UPDATE"
        self.rows[name] = Row(self._ids[name], f"{kind}_{word}", self._world.now)
        self._world.note("resource", f"{name} {kind}_{word}")

    def forget(self, name: str) -> None:
        """Take a deleted resource off the list."""
        self.rows.pop(name, None)

    def _physical_id(self, resource: Resource) -> str:
        function = _arn(text(properties(resource).get("FunctionName")))
        if resource.type == "AWS::Lambda::Version":
            return f"{function}:{self.numbers[resource.logical_id]}"
        if resource.type == "AWS::Lambda::Alias":
            return f"{function}:{text(properties(resource).get('Name'))}"
        return resource.logical_id


def _arn(function: str) -> str:
    return f"{_FUNCTION}:{function}"


def _numbers(old: StackTemplate, new: StackTemplate) -> Mapping[str, int]:
    """Number each function's versions: first the deployed ones, then those that the release makes."""
    numbers: dict[str, int] = {}
    counts: dict[str, int] = {}
    for stack in (old, new):
        for name in sorted(stack.resources.keys() - numbers.keys()):
            resource = stack.resources[name]
            if resource.type == "AWS::Lambda::Version":
                function = text(properties(resource).get("FunctionName"))
                counts[function] = numbers[name] = counts.get(function, 0) + 1
    return numbers
