"""Facts about constructs that hardly change, cached because every look at a construct from Python is a call to Node."""

from collections.abc import Mapping, Sequence
from typing import Final, Generic, TypeVar, cast

from aws_cdk import CfnResource, ConstructSelector, Stack
from constructs import IConstruct

_Value = TypeVar("_Value")
_Made = TypeVar("_Made", bound=IConstruct)


class ConstructCache(Generic[_Value]):
    """One value for each construct, by identity, however a user's class defines equality.

    It keeps no app alive for longer: jsii keeps every object that Python made until the process ends.
    """

    def __init__(self) -> None:
        self._of: dict[int, tuple[IConstruct, _Value]] = {}

    def get(self, construct: IConstruct) -> _Value | None:
        """Return the construct's value; None if there is none."""
        entry = self._of.get(id(construct))
        return None if entry is None else entry[1]

    def put(self, construct: IConstruct, value: _Value) -> _Value:
        """Keep the value, and the construct with it, so that no other construct gets its `id`."""
        self._of[id(construct)] = construct, value
        return value


_RESOURCES: Final[ConstructCache[CfnResource]] = ConstructCache()
_STACKS: Final[ConstructCache[Stack]] = ConstructCache()
_PLACES: Final[ConstructCache[tuple[IConstruct, str]]] = ConstructCache()
_PATHS: Final[ConstructCache[str]] = ConstructCache()


def resource_of(construct: IConstruct) -> CfnResource | None:
    """Return the CloudFormation resource of a CDK construct as it was at the first look; None if it is imported."""
    resource = _RESOURCES.get(construct)
    if resource is None:
        child = construct.node.default_child
        resource = _RESOURCES.put(construct, child) if isinstance(child, CfnResource) else None
    return resource


def resources_of_type(scope: IConstruct, *types: str) -> list[CfnResource]:
    """Return the resources in a scope that have one of these CloudFormation types, in one call to Node."""
    return cast("list[CfnResource]", ConstructSelector.resources_of_type(*types).select(scope))


def properties_of(stack: Stack, resources: Sequence[CfnResource]) -> list[Mapping[str, object]]:
    """Resolve the properties of resources as a stack's template has them, without property overrides."""
    properties = [each._cfn_properties for each in resources]
    return cast("list[Mapping[str, object]]", stack.resolve(properties)) if properties else []


def key_of(construct: IConstruct) -> str:
    """Return a key of a construct that Node made, which is another Python object at each look."""
    return str(construct.__jsii_ref__.ref)  # type: ignore[attr-defined]


def stack_of(construct: IConstruct) -> Stack:
    """Return the stack that a construct is in."""
    if isinstance(construct, Stack):
        return construct
    return _STACKS.get(construct) or _STACKS.put(construct, Stack.of(construct))


def path_of(construct: IConstruct) -> str:
    """Return a construct's path in the app."""
    path = _PATHS.get(construct)
    if path is None:
        place = _PLACES.get(construct)
        path = _PATHS.put(construct, construct.node.path if place is None else path_in(*place))
    return path


def path_in(scope: IConstruct, id: str) -> str:
    """Build the path of a construct in a scope, even before it is made; `constructs` writes each slash as `--`."""
    return f"{path_of(scope)}/{str(id).replace('/', '--')}".removeprefix("/")


def remember_place(scope: IConstruct, construct: _Made, id: str) -> _Made:
    """Remember where a construct, which is no stack, was made, and so its stack and its path."""
    _STACKS.put(construct, stack_of(scope))
    _PLACES.put(construct, (scope, id))
    return construct
