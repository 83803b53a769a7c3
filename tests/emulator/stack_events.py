"""The events of one stack operation, in the order in which CloudFormation recorded them."""

from dataclasses import dataclass
from datetime import datetime

from emulator.aws import Aws


@dataclass(frozen=True)
class StackEvent:
    """One event.

    Attributes:
        at: When it happened.
        logical_id: The resource; the stack's name for the stack itself.
        type: The resource's type.
        status: The status that it took.
        reason: Why, or "".
    """

    at: datetime
    logical_id: str
    type: str
    status: str
    reason: str = ""


def stack_events(aws: Aws, stack: str, *, since: datetime | None = None) -> list[StackEvent]:
    """Read a stack's events, the oldest first.

    Args:
        aws: The account.
        stack: The stack's name or id; the id for one that was deleted.
        since: Leave out what happened before; default: None, all of them.
    """
    pages = aws.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    found = [
        StackEvent(
            each["Timestamp"],
            each["LogicalResourceId"],
            each["ResourceType"],
            each["ResourceStatus"],
            each.get("ResourceStatusReason", ""),
        )
        for page in pages
        for each in page["StackEvents"]
    ]
    return [each for each in reversed(found) if since is None or each.at >= since]
