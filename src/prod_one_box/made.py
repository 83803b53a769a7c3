"""What never changes about a construct, asked of Node once: each look at a construct from Python is a round trip."""

from typing import Final, TypeVar

from aws_cdk import CfnResource, Stack
from constructs import IConstruct

# Nothing of an app is held longer for it: jsii keeps every object that Node knows, until the process ends.
_RESOURCES: Final[dict[IConstruct, CfnResource]] = {}
_STACKS: Final[dict[IConstruct, Stack]] = {}

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
    if construct not in _STACKS:
        _STACKS[construct] = construct if isinstance(construct, Stack) else Stack.of(construct)
    return _STACKS[construct]


def made_in(scope: IConstruct, construct: _Made) -> _Made:
    """Remembers that a construct is in its scope's stack.

    Args:
        scope: The scope that it was made in.
        construct: The construct, which is no stack itself.
    """
    _STACKS[construct] = stack_of(scope)
    return construct
