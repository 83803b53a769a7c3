"""Whether two stacks are one."""

from aws_cdk import Stack


def is_same_stack(one: Stack, other: Stack) -> bool:
    """Compares two stacks; one that Node made, and not this app, is another object each time."""
    return one is other or one.node.path == other.node.path
