"""What a release holds, checked at synth: changes that make no new version, and requests that pass the alias by.

Each released function costs one look when CDK visits its version, and each stage of an app one look when CDK validates
it, at the resources whose type can call a function. CDK validates before it writes the templates, so that its
warnings stand in the assembly beside every other.
"""

import hashlib
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple, TypeVar, cast

import jsii
from aws_cdk import (
    Annotations,
    Aspects,
    CfnCustomResource,
    CfnParameter,
    CfnResource,
    CfnStack,
    IAspect,
    NestedStack,
    Stack,
    Stage,
)
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct, IValidation

from ..template.call_targets import ALARMS, CALLERS, ENVIRONMENTS, POLICIES, targets
from ..template.callers import ALIAS, VERSION, bypass, calls, owners_of, released_functions
from ..template.choices import chosen
from ..template.intrinsics import references
from ..template.unversioned import COMPUTED_TYPES, NOT_IN_A_VERSION, unversioned_inputs
from ..vocabulary import BYPASS_KEY
from .choices_of import choices_of
from .jsii_cache import Known, key_of, path_of, resource_of, resources_of_type, stack_of

PAST_THE_ALIAS: Final = "prod-one-box:pastTheAlias"
UNVERSIONED_INPUT: Final = "prod-one-box:unversionedInput"

_FUNCTION: Final = "AWS::Lambda::Function"
_LAYER: Final = "AWS::Lambda::LayerVersion"
_SSM: Final = "AWS::SSM::Parameter"
_STATE_MACHINE: Final = "AWS::StepFunctions::StateMachine"
_NESTED: Final = "AWS::CloudFormation::Stack"
_LOOKED_AT: Final = (*CALLERS, VERSION, ALIAS)

_CROSSING: Final = ("Fn::ImportValue", "Fn::GetStackOutput", "referenceto")
"""What CDK writes for a reference to another stack; the last begins the names of a nested stack's parameters."""

_PLAIN: Final = (CfnResource, CfnCustomResource, CfnStack)
"""The classes whose resources can be of `COMPUTED_TYPES`."""

_NAMED: Final = re.compile(r"\$\{([^}]*)\}")

_Rendered = Mapping[str, object]
_Any = TypeVar("_Any")


def _class_of(kind: str) -> str:
    _, service, name = kind.split("::")
    return f"aws-cdk-lib.aws_{service.lower()}.Cfn{name}"


_KINDS: Final = {_class_of(kind): kind for kind in _LOOKED_AT if kind.startswith("AWS::")} | {
    "aws-cdk-lib.CfnStack": _NESTED
}
"""The CloudFormation type of each class that is looked at; asking a resource for it is a question to Node."""


class _Released(NamedTuple):
    """An alias that a release moves."""

    function: lambda_.Function
    version: lambda_.Version
    alias: lambda_.Alias
    name: str


def watch_version(function: lambda_.Function, version: lambda_.Version) -> None:
    """Make what the app decides elsewhere part of a function's version, and warn of what cannot be.

    Args:
        function: The function.
        version: Its current version, which a release moves or waits for.
    """
    if _WATCHED.get(function) is None:
        aspect = _WATCHED.keep(function, _WithInputs(function))
        Aspects.of(_cfn(version)).add(cast("IAspect", aspect))


def watch_alias(function: lambda_.Function, version: lambda_.Version, alias: lambda_.Alias, name: str) -> None:
    """Watch the version, and warn of requests that reach a function past an alias that a release moves.

    Args:
        function: The function.
        version: Its current version.
        alias: The alias, which is on that version.
        name: The alias's name.
    """
    watch_version(function, version)
    stack = stack_of(function)
    watch = _WATCHES.get(stack)
    if watch is None:
        stage = _stage_of(stack)
        watch = _WATCHES.keep(stack, _WATCHES.get(stage) or _WATCHES.keep(stage, _Watch(stage)))
    watch.aliases.append(_Released(function, version, alias, name))


@jsii.implements(IAspect)
class _WithInputs:
    """Gives a function a new version when a layer or an SSM parameter that it takes changes, or what a mapping chooses.

    CDK does so for layers under the flag `@aws-cdk/aws-lambda:recognizeLayerVersion` alone, and then by the layers'
    ids, which two layers may share. The aspect hangs on the version, after the function in CDK's order, so it sees
    what other aspects add to the function; and it comes before CDK renders nested stacks.
    """

    def __init__(self, function: lambda_.Function) -> None:
        self._function = function
        self._given = ""
        self.physical_name: object = None

    def visit(self, _node: IConstruct) -> None:
        """Tells CDK what the version depends on, and the user what it does not."""
        stack = stack_of(self._function)
        written = _rendered(stack, [_cfn(self._function)])[0]
        self.physical_name = written.get("functionName")
        properties = _chosen(stack, written)
        named = {*references(properties.get("layers")), *_values_of(properties.get("environment"))}
        inputs = list(_named(_stage_of(stack), named, stack)) if named else []
        changed = {
            name: value
            for name, value in properties.items()
            if name.lower() not in NOT_IN_A_VERSION and value != written[name]
        }
        given = _digest([*(_taken(said) for _, said in inputs), *([changed] if changed else [])])
        if given and given != self._given:
            self._function.invalidate_version_based_on(given)
            self._given = given
        self._warn("", properties)
        for resource, said in inputs:
            self._warn(f"{path_of(resource)}: ", said)

    def _warn(self, where: str, said: _Rendered) -> None:
        for sentence in unversioned_inputs(said, *_outside(stack_of(self._function), said)):
            Annotations.of(self._function).add_warning_v2(UNVERSIONED_INPUT, f"{where}{sentence}")


@jsii.implements(IValidation)
class _Watch:
    """Looks at a stage of an app when everything in it is made."""

    def __init__(self, stage: IConstruct) -> None:
        self.aliases: list[_Released] = []
        self._stage = stage
        stage.node.add_validation(cast("IValidation", self))

    def validate(self) -> list[str]:
        """Warns, and refuses nothing."""
        callers = [(each, _kind_of(each)) for each in resources_of_type(self._stage, *_looked_at())]
        for stack in _each_once(stack_of(each.function) for each in self.aliases):
            _warn_of_calls(stack, [each for each in self.aliases if stack_of(each.function) is stack], callers)
        return []


_WATCHED: Final[Known[_WithInputs]] = Known()
_WATCHES: Final[Known[_Watch]] = Known()


class _Names(NamedTuple):
    """How a stack names what is released: each construct's logical id, and the resources around the functions."""

    functions: dict[str, lambda_.Function]
    aliases: list[str]
    resources: dict[str, tuple[str, _Rendered]]


def _warn_of_calls(stack: Stack, aliases: Sequence[_Released], callers: Sequence[tuple[CfnResource, str]]) -> None:
    """Judges what calls one stack's functions."""
    here = _members(stack)
    names = _names(stack, aliases, [each for each in callers if key_of(each[0]) in here])
    owners = owners_of(names.resources)
    released = released_functions(names.resources, names.aliases)
    places = [each for each in callers if each[1] in CALLERS]
    named = _targets(stack, places, here)
    in_environments = [said for (_, kind), said in zip(places, named, strict=True) if kind in ENVIRONMENTS]
    if any(each.is_called_by(target) for said in in_environments for target in said for each in released):
        policies = [(each, _kind_of(each)) for each in resources_of_type(_stage_of(stack), *POLICIES)]
        places, named = [*places, *policies], [*named, *_targets(stack, policies, here)]
    found = calls(
        {str(place): (places[place][1], said) for place, said in enumerate(named)},
        released,
        {alias: owners[alias] for alias in names.aliases},
    )
    for call in found:
        if call.instead:
            _warn(*places[int(call.caller)], call.instead, names.functions[call.function])


def _names(stack: Stack, aliases: Sequence[_Released], here: Sequence[tuple[CfnResource, str]]) -> _Names:
    own = {key_of(_cfn(each)) for _, version, alias, _ in aliases for each in (version, alias)}
    others = [(each, kind) for each, kind in here if kind in (VERSION, ALIAS) and key_of(each) not in own]
    groups: list[list[CfnResource]] = [
        [_cfn(each.function) for each in aliases],
        [_cfn(each.version) for each in aliases],
        [_cfn(each.alias) for each in aliases],
        [each for each, _ in others],
    ]
    functions, versions, names, rest = stack.resolve([[each.logical_id for each in group] for group in groups])
    resources: dict[str, tuple[str, _Rendered]] = {}
    for released, function, version, name in zip(aliases, functions, versions, names, strict=True):
        aspect, owner = _WATCHED.get(released.function), {"FunctionName": {"Ref": function}}
        resources[function] = (_FUNCTION, {"FunctionName": aspect.physical_name if aspect else None})
        resources[version] = (VERSION, owner)
        resources[name] = (ALIAS, {**owner, "Name": released.name})
    for (_, kind), name, said in zip(others, rest, _rendered(stack, groups[3]), strict=True):
        resources[name] = (kind, said)
    by_name = dict(zip(functions, (each.function for each in aliases), strict=True))
    return _Names(functions=by_name, aliases=names, resources=resources)


def _warn(caller: CfnResource, kind: str, instead: str, function: lambda_.Function) -> None:
    if not caller.get_metadata(BYPASS_KEY):
        Annotations.of(caller).add_warning_v2(PAST_THE_ALIAS, f"This {bypass(kind, instead, path_of(function))}")


def _members(stack: Stack) -> set[str]:
    """Finds the resources that are looked at in a stack itself, not in one nested in it."""
    inside = resources_of_type(stack, *_looked_at(), _NESTED)
    if all(_kind_of(each) != _NESTED for each in inside):
        return set(map(key_of, inside))
    return {key_of(each) for each in inside if stack_of(each) is stack}


def _looked_at() -> list[str]:
    """Leaves out what costs more than it shows.

    Alarms are many, and one that calls a function has a permission, which is looked at. Policies are looked at where an
    environment variable names a function. For state machines in an app that imports none, Python would load their
    module for the waits' own.
    """
    left_out = [*ALARMS, *POLICIES, *([] if "aws_cdk.aws_stepfunctions" in sys.modules else [_STATE_MACHINE])]
    return [kind for kind in _LOOKED_AT if kind not in left_out]


def _cfn(construct: IConstruct) -> CfnResource:
    return cast("CfnResource", resource_of(construct))


def _each_once(found: Iterable[_Any]) -> Iterable[_Any]:
    return {id(each): each for each in found}.values()


def _stage_of(construct: IConstruct) -> IConstruct:
    return Stage.of(construct) or construct.node.root


def _kind_of(resource: CfnResource) -> str:
    return _KINDS.get(str(getattr(type(resource), "__jsii_type__", ""))) or resource.cfn_resource_type


def _rendered(stack: Stack, resources: Iterable[CfnResource]) -> list[_Rendered]:
    """Reads properties as they stand in a stack; overrides are not among them."""
    said = [each._cfn_properties for each in resources]
    return cast("list[_Rendered]", stack.resolve(said)) if said else []


def _targets(stack: Stack, callers: Sequence[tuple[CfnResource, str]], here: Collection[str]) -> list[list[str]]:
    """Reads what resources call, with the names that a stack gives."""
    owners = [stack if key_of(caller) in here else stack_of(caller) for caller, _ in callers]
    found: list[list[str]] = [[] for _ in callers]
    for owner in _each_once(owners):
        places = [place for place, each in enumerate(owners) if each is owner]
        for place, said in zip(places, _rendered(owner, [callers[place][0] for place in places]), strict=True):
            named = targets(callers[place][1], said)
            found[place] = named if owner is stack else _seen_from(stack, *callers[place], said, named)
    return found


def _seen_from(stack: Stack, caller: CfnResource, kind: str, said: _Rendered, named: Sequence[str]) -> list[str]:
    """Reads what a resource of another stack calls, with this stack's names: a reference to it is a plain one here.

    What the resource names in its own stack gets other names, since both stacks may use the same.
    """
    found = list(named)
    if any(sign in json.dumps(said) for sign in _CROSSING):
        # What it names of another environment cannot be read here, and cannot lead here.
        with suppress(RuntimeError):
            found += targets(kind, _rendered(stack, [caller])[0])
    own = set(_NAMED.findall("\n".join(named)))
    return [_NAMED.sub(lambda name: f"${{/{name[1]}}}" if name[1] in own else name[0], each) for each in found]


def _named(stage: IConstruct, names: Collection[str], stack: Stack) -> Iterator[tuple[CfnResource, _Rendered]]:
    """Finds layers and SSM parameters by their logical ids, in whatever stack, with their properties."""
    resources = resources_of_type(stage, _LAYER, _SSM)
    ids = stack.resolve([each.logical_id for each in resources]) if resources else []
    for resource, name in zip(resources, ids, strict=True):
        if name in names:
            yield resource, _chosen(stack_of(resource), _rendered(stack_of(resource), [resource])[0])


def _taken(said: _Rendered) -> _Rendered:
    """Leaves of an SSM parameter what a function can take; a layer has a new ARN with any of its properties."""
    return {"value": said["value"]} if "value" in said else said


def _chosen(stack: Stack, said: _Rendered) -> _Rendered:
    """Puts in what mappings and conditions choose; looks for these only where there is a choice."""
    text = json.dumps(said)
    if not any(f'"{function}"' in text for function in ("Fn::FindInMap", "Fn::If")):
        return said
    return cast("_Rendered", chosen(said, choices_of(stack, text)))


def _outside(stack: Stack, said: _Rendered) -> tuple[list[str], list[str]]:
    """Finds parameters and computed resources; looks for them only where properties may name one."""
    named = {*references(said)} - {*references(said.get("role"))}
    if all(name.startswith("AWS::") for name in named):
        return [], []
    inside = _outermost(stack).node.find_all()
    parameters = [each for each in inside if isinstance(each, CfnParameter)]
    plain = [each for each in inside if isinstance(each, CfnResource) and type(each) in _PLAIN]
    if not (parameters or plain):
        return [], []
    given, computed = stack.resolve([[each.logical_id for each in found] for found in (parameters, plain)])
    return given, [
        name
        for name, each in zip(computed, plain, strict=True)
        if name in named and each.cfn_resource_type.startswith(COMPUTED_TYPES)
    ]


def _outermost(stack: Stack) -> Stack:
    """Finds what holds a nested stack: custom resources elsewhere come by exports, which CloudFormation keeps."""
    while isinstance(stack, NestedStack) and stack.nested_stack_parent:
        stack = stack.nested_stack_parent
    return stack


def _values_of(value: object) -> Iterator[str]:
    """Finds the resources whose `Value` is asked for: only SSM parameters are looked up among them."""
    if isinstance(value, dict):
        match value.get("Fn::GetAtt"):
            case [str(name), "Value"]:
                yield name
        for item in value.values():
            yield from _values_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from _values_of(item)


def _digest(inputs: Iterable[_Rendered]) -> str:
    """Writes what a version depends on, the same on every machine; "" for nothing."""
    said = sorted(json.dumps(properties, sort_keys=True) for properties in inputs)
    return hashlib.sha256("\n".join(said).encode()).hexdigest() if said else ""
