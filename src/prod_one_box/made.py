"""What never changes about a construct, asked of Node once: each look at a construct from Python is a round trip."""

from typing import Final, TypeVar

from aws_cdk import CfnResource, Stack
from constructs import IConstruct

# Nothing of an app is held longer for it: jsii keeps every object that Node knows, until the process ends.
_RESOURCES: Final[dict[IConstruct, CfnResource]] = {}
_STACKS: Final[dict[IConstruct, Stack]] = {}
_PLACES: Final[dict[IConstruct, tuple[IConstruct, str]]] = {}
_PATHS: Final[dict[IConstruct, str]] = {}

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


def path_of(construct: IConstruct) -> str:
    """Finds a construct's path in the app.

    Args:
        construct: The construct.
    """
    if construct not in _PATHS:
        scope, id = _PLACES.get(construct, (None, ""))
        _PATHS[construct] = construct.node.path if scope is None else path_in(scope, id)
    return _PATHS[construct]


def path_in(scope: IConstruct, id: str) -> str:
    """Builds the path of a construct, perhaps before it is made.

    Args:
        scope: The scope that it is made in.
        id: Its id there, in which `constructs` writes every slash as two hyphens.
    """
    return f"{path_of(scope)}/{id.replace('/', '--')}".removeprefix("/")


def made_in(scope: IConstruct, construct: _Made, id: str) -> _Made:
    """Remembers where a construct was made, and so its stack and path.

    Args:
        scope: The scope.
        construct: The construct, which is no stack itself.
        id: Its id there.
    """
    _STACKS[construct], _PLACES[construct] = stack_of(scope), (scope, id)
    return construct
