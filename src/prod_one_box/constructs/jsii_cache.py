"""What hardly changes about a construct, asked of Node once: each look at a construct from Python is a round trip."""

from typing import Final, Generic, TypeVar, cast

from aws_cdk import CfnResource, ConstructSelector, Stack
from constructs import IConstruct

_Value = TypeVar("_Value")
_Made = TypeVar("_Made", bound=IConstruct)


class Known(Generic[_Value]):
    """What is known of constructs, each by itself, whatever a user's class says of equality.

    Nothing of an app is held longer for it: jsii keeps every object that Python made until the process ends.
    """

    def __init__(self) -> None:
        self._of: dict[int, tuple[IConstruct, _Value]] = {}

    def get(self, construct: IConstruct) -> _Value | None:
        """Finds what is known; None if nothing is."""
        known = self._of.get(id(construct))
        return None if known is None else known[1]

    def keep(self, construct: IConstruct, value: _Value) -> _Value:
        """Remembers it, and the construct with it, so that no other gets its number."""
        self._of[id(construct)] = construct, value
        return value


_RESOURCES: Final[Known[CfnResource]] = Known()
_STACKS: Final[Known[Stack]] = Known()
_PLACES: Final[Known[tuple[IConstruct, str]]] = Known()
_PATHS: Final[Known[str]] = Known()


def resource_of(construct: IConstruct) -> CfnResource | None:
    """Finds what CloudFormation makes of a construct, as it was at the first look; None if it makes nothing.

    Args:
        construct: A construct of `aws-cdk-lib`; an imported one makes nothing.
    """
    found = _RESOURCES.get(construct)
    if found is None:
        made = construct.node.default_child
        found = _RESOURCES.keep(construct, made) if isinstance(made, CfnResource) else None
    return found


def resources_of_type(scope: IConstruct, *types: str) -> list[CfnResource]:
    """Finds the resources of some types in a scope, in one call: Node sends no others.

    Args:
        scope: The scope.
        types: Their CloudFormation types.
    """
    return cast("list[CfnResource]", ConstructSelector.resources_of_type(*types).select(scope))


def key_of(construct: IConstruct) -> str:
    """Finds what tells a construct from others: one that Node made is another object of Python's at each look.

    Args:
        construct: The construct.
    """
    return str(construct.__jsii_ref__.ref)  # type: ignore[attr-defined]


def stack_of(construct: IConstruct) -> Stack:
    """Finds the stack that a construct is in.

    Args:
        construct: The construct.
    """
    if isinstance(construct, Stack):
        return construct
    return _STACKS.get(construct) or _STACKS.keep(construct, Stack.of(construct))


def path_of(construct: IConstruct) -> str:
    """Finds a construct's path in the app.

    Args:
        construct: The construct.
    """
    path = _PATHS.get(construct)
    if path is None:
        place = _PLACES.get(construct)
        path = _PATHS.keep(construct, construct.node.path if place is None else path_in(*place))
    return path


def path_in(scope: IConstruct, id: str) -> str:
    """Builds the path of a construct, perhaps before it is made.

    Args:
        scope: The scope that it is made in.
        id: Its id there, in which `constructs` writes every slash as two hyphens.
    """
    return f"{path_of(scope)}/{str(id).replace('/', '--')}".removeprefix("/")


def made_in(scope: IConstruct, construct: _Made, id: str) -> _Made:
    """Remembers where a construct was made, and so its stack and path.

    Args:
        scope: The scope.
        construct: The construct, which is no stack itself.
        id: Its id there.
    """
    _STACKS.keep(construct, stack_of(scope))
    _PLACES.keep(construct, (scope, id))
    return construct
