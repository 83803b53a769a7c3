"""What never changes about a construct, asked of Node once: each look at a construct from Python is a round trip."""

from typing import Final, TypeVar
from weakref import WeakKeyDictionary, ref

from aws_cdk import CfnResource, Stack
from constructs import IConstruct

_RESOURCES: Final[WeakKeyDictionary[IConstruct, CfnResource]] = WeakKeyDictionary()
# Not the stacks themselves, which hold their constructs: nothing of an app would ever be forgotten.
_STACKS: Final[WeakKeyDictionary[IConstruct, "ref[Stack]"]] = WeakKeyDictionary()

_Made = TypeVar("_Made", bound=IConstruct)


def resource_of(construct: IConstruct) -> CfnResource | None:
    """Finds what CloudFormation makes of a construct; None if it makes nothing, as of an imported one.

    Args:
        construct: A construct of `aws-cdk-lib`.
    """
    found = _RESOURCES.get(construct)
    if found is None:
        made = construct.node.default_child
        if not isinstance(made, CfnResource):
            return None
        found = _RESOURCES[construct] = made
    return found


def stack_of(construct: IConstruct) -> Stack:
    """Finds the stack that a construct is in.

    Args:
        construct: The construct.
    """
    known = _STACKS.get(construct)
    found = known() if known is not None else None
    if found is None:
        found = Stack.of(construct)
        _STACKS[construct] = ref(found)
    return found


def made_in(scope: IConstruct, construct: _Made) -> _Made:
    """Remembers that a construct is in its scope's stack.

    Args:
        scope: The scope that it was made in.
        construct: The construct, which is no stack itself.
    """
    _STACKS[construct] = ref(stack_of(scope))
    return construct
