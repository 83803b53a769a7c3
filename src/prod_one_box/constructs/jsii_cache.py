"""Facts about constructs that hardly change, cached because every look at a construct from Python is a call to Node."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, TypeVar, cast

from aws_cdk import CfnResource, CfnStack, ConstructSelector, IConstructSelector, Stack, Stage
from constructs import IConstruct

_Made = TypeVar("_Made", bound=IConstruct)

_RESOURCES: Final[dict[str, CfnResource]] = {}
_LOGICAL_IDS: Final[dict[str, str]] = {}
_STACKS: Final[dict[str, Stack]] = {}
_STAGES: Final[dict[str, IConstruct]] = {}
_REGIONS: Final[dict[str, str]] = {}
_PLACES: Final[dict[str, tuple[IConstruct, str]]] = {}
_PATHS: Final[dict[str, str]] = {}


def key_of(construct: IConstruct) -> str:
    """Return a key that is unique in the process.

    The Python object is none: a construct that Node made is another one at each look, and a user's class may define
    equality.
    """
    return str(construct.__jsii_ref__.ref)  # type: ignore[attr-defined]


def resource_of(construct: IConstruct) -> CfnResource | None:
    """Return the CloudFormation resource of a CDK construct as it was at the first look; None if it is imported."""
    key = key_of(construct)
    if key not in _RESOURCES:
        found = cast("list[CfnResource]", _resource_selector().select(construct))
        if not found:
            return None
        _RESOURCES[key] = found[0]
    return _RESOURCES[key]


def logical_id_of(resource: CfnResource) -> str:
    """Return the token of a resource's logical id."""
    key = key_of(resource)
    if key not in _LOGICAL_IDS:
        _LOGICAL_IDS[key] = resource.logical_id
    return _LOGICAL_IDS[key]


def resources_of_type(scope: IConstruct, *types: str) -> list[CfnResource]:
    """Return the resources in a scope that have one of these CloudFormation types, in one call to Node."""
    return cast("list[CfnResource]", _selector(*types).select(scope))


def resources_in(stack: Stack, *types: str) -> list[CfnResource]:
    """Return the resources of a stack itself, without those of stacks nested in it, that have one of these types."""
    found = resources_of_type(stack, *types, "AWS::CloudFormation::Stack")
    resources = [each for each in found if not isinstance(each, CfnStack)]
    return resources if len(resources) == len(found) else [each for each in resources if stack_of(each) is stack]


@cache
def _resource_selector() -> IConstructSelector:
    """Return what finds a construct's resource in one call; `node` and its `default_child` would be two."""
    return ConstructSelector.cfn_resource()


@cache
def _selector(*types: str) -> IConstructSelector:
    return ConstructSelector.resources_of_type(*types)


def properties_of(stack: Stack, resources: Sequence[CfnResource]) -> list[Mapping[str, object]]:
    """Resolve the properties of resources as a stack's template has them, without property overrides."""
    properties = [each._cfn_properties for each in resources]
    return cast("list[Mapping[str, object]]", stack.resolve(properties)) if properties else []


def stack_of(construct: IConstruct) -> Stack:
    """Return the stack that a construct is in."""
    if isinstance(construct, Stack):
        return construct
    key = key_of(construct)
    if key not in _STACKS:
        _STACKS[key] = Stack.of(construct)
    return _STACKS[key]


def stage_of(construct: IConstruct) -> IConstruct:
    """Return the stage, or the app, that a construct is in."""
    stack = stack_of(construct)
    key = key_of(stack)
    if key not in _STAGES:
        _STAGES[key] = Stage.of(stack) or stack.node.root
    return _STAGES[key]


def region_of(construct: IConstruct) -> str:
    """Return the region of the stack that a construct is in."""
    stack = stack_of(construct)
    key = key_of(stack)
    if key not in _REGIONS:
        _REGIONS[key] = stack.region
    return _REGIONS[key]


def id_of(construct: IConstruct) -> str:
    """Return a construct's id in its scope."""
    key = key_of(construct)
    return _PLACES[key][1] if key in _PLACES else construct.node.id


def path_of(construct: IConstruct) -> str:
    """Return a construct's path in the app."""
    key = key_of(construct)
    if key not in _PATHS:
        _PATHS[key] = path_in(*_PLACES[key]) if key in _PLACES else construct.node.path
    return _PATHS[key]


def path_in(scope: IConstruct, id: str) -> str:
    """Build the path of a construct in a scope, even before it is made; `constructs` writes each slash as `--`."""
    return f"{path_of(scope)}/{str(id).replace('/', '--')}".removeprefix("/")


def remember_place(scope: IConstruct, construct: _Made, id: str) -> _Made:
    """Remember where a construct, which is no stack, was made, and so its stack and its path."""
    _STACKS[key_of(construct)] = stack_of(scope)
    _PLACES[key_of(construct)] = scope, id
    return construct
