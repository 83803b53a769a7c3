"""The stacks that a nested stack is in."""

from collections.abc import Iterator
from typing import cast

from aws_cdk import CfnResource, NestedStack, Stack


def enclosing_stacks(stack: Stack) -> Iterator[tuple[Stack, CfnResource]]:
    """Yield each stack that a stack is nested in, from the inside out, with its resource that holds the nested one."""
    while isinstance(stack, NestedStack):
        parent = cast("Stack", stack.nested_stack_parent)
        yield parent, cast("CfnResource", stack.nested_stack_resource)
        stack = parent


def holder_in(outer: Stack, stack: Stack) -> CfnResource | None:
    """Return the resource of a stack that holds a stack nested in it at any depth; None if it holds none."""
    return next((held for parent, held in enclosing_stacks(stack) if parent is outer), None)
