"""Warnings of requests that reach a function past the alias that a release moves.

Each stage of an app costs one look, when CDK validates it, at the resources whose type can call a function. CDK
validates before it writes the templates, so the warnings stand in the assembly beside all others.
"""

import json
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple, TypeVar, cast

from aws_cdk import Annotations, CfnResource, Stack, Stage
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

from ..template.call_targets import ALARMS, CALLERS, ENVIRONMENTS, POLICIES, targets
from ..template.callers import ALIAS, VERSION, Resources, bypass, calls, owners_of, released_functions
from ..template.intrinsics import CROSSING
from ..vocabulary import BYPASS_KEY
from .jsii_cache import ConstructCache, key_of, path_of, properties_of, resource_of, resources_of_type, stack_of
from .synth_check import check_at_synth
from .version_inputs import physical_name_of

PAST_THE_ALIAS: Final = "prod-one-box:pastTheAlias"

_FUNCTION: Final = "AWS::Lambda::Function"
_STATE_MACHINE: Final = "AWS::StepFunctions::StateMachine"
_NESTED: Final = "AWS::CloudFormation::Stack"
_TYPES: Final = (*CALLERS, VERSION, ALIAS)

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")

_Any = TypeVar("_Any")


def _class_of(kind: str) -> str:
    _, service, name = kind.split("::")
    return f"aws-cdk-lib.aws_{service.lower()}.Cfn{name}"


_KINDS: Final = {_class_of(kind): kind for kind in _TYPES if kind.startswith("AWS::")} | {
    "aws-cdk-lib.CfnStack": _NESTED
}
"""The CloudFormation type of each class that is looked at; asking a resource for it is a call to Node."""


class _Caller(NamedTuple):
    """A resource that may call a function."""

    resource: CfnResource
    kind: str


class _ReleasedAlias(NamedTuple):
    """An alias that a release moves."""

    function: lambda_.Function
    version: lambda_.Version
    alias: lambda_.Alias
    name: str


class _Naming(NamedTuple):
    """The names of released functions and aliases in a stack, and the resources around the functions."""

    functions: dict[str, lambda_.Function]
    aliases: list[str]
    resources: Resources


def watch_alias(function: lambda_.Function, version: lambda_.Version, alias: lambda_.Alias, name: str) -> None:
    """Warn of requests that reach a function past an alias that a release moves.

    Args:
        function: The function.
        version: Its current version.
        alias: The alias, which is on that version.
        name: The alias's name.
    """
    stack = stack_of(function)
    aliases = _ALIASES.get(stack)
    if aliases is None:
        stage = _stage_of(stack)
        aliases = _ALIASES.get(stage)
        if aliases is None:
            aliases = _ALIASES.put(stage, [])
            check_at_synth(stage, partial(_warn_in_stage, stage, aliases))
        _ALIASES.put(stack, aliases)
    aliases.append(_ReleasedAlias(function, version, alias, name))


_ALIASES: Final[ConstructCache[list[_ReleasedAlias]]] = ConstructCache()
"""The released aliases of each stage, also by each of its stacks."""


def _warn_in_stage(stage: IConstruct, aliases: Sequence[_ReleasedAlias]) -> list[str]:
    """Warn, and return no faults."""
    callers = _callers(stage, _relevant_types())
    for stack in _each_once(stack_of(each.function) for each in aliases):
        _warn_of_calls(stack, [each for each in aliases if stack_of(each.function) is stack], callers)
    return []


def _warn_of_calls(stack: Stack, aliases: Sequence[_ReleasedAlias], resources: Sequence[_Caller]) -> None:
    """Warn of the resources that call the functions of one stack."""
    here = _members(stack)
    naming = _naming(stack, aliases, [each for each in resources if key_of(each.resource) in here])
    owners = owners_of(naming.resources)
    released = released_functions(naming.resources, naming.aliases)
    callers = [each for each in resources if each.kind in CALLERS]
    called = _targets(stack, callers, here)
    in_environments = [names for caller, names in zip(callers, called, strict=True) if caller.kind in ENVIRONMENTS]
    if any(each.is_called_by(target) for names in in_environments for target in names for each in released):
        policies = _callers(_stage_of(stack), POLICIES)
        callers, called = [*callers, *policies], [*called, *_targets(stack, policies, here)]
    found = calls(
        {str(number): (callers[number].kind, names) for number, names in enumerate(called)},
        released,
        {alias: owners[alias] for alias in naming.aliases},
    )
    for call in found:
        if call.instead:
            _warn(callers[int(call.caller)], call.instead, naming.functions[call.function])


def _warn(caller: _Caller, instead: str, function: lambda_.Function) -> None:
    if not caller.resource.get_metadata(BYPASS_KEY):
        warning = f"This {bypass(caller.kind, instead, path_of(function))}"
        Annotations.of(caller.resource).add_warning_v2(PAST_THE_ALIAS, warning)


def _naming(stack: Stack, aliases: Sequence[_ReleasedAlias], here: Sequence[_Caller]) -> _Naming:
    own = {key_of(_cfn(each)) for released in aliases for each in (released.version, released.alias)}
    others = [each for each in here if each.kind in (VERSION, ALIAS) and key_of(each.resource) not in own]
    groups: list[list[CfnResource]] = [
        [_cfn(each.function) for each in aliases],
        [_cfn(each.version) for each in aliases],
        [_cfn(each.alias) for each in aliases],
        [each.resource for each in others],
    ]
    functions, versions, names, other_names = stack.resolve([[each.logical_id for each in group] for group in groups])
    resources: dict[str, tuple[str, Mapping[str, object]]] = {}
    for released, function, version, name in zip(aliases, functions, versions, names, strict=True):
        owner = {"FunctionName": {"Ref": function}}
        resources[function] = (_FUNCTION, {"FunctionName": physical_name_of(released.function)})
        resources[version] = (VERSION, owner)
        resources[name] = (ALIAS, {**owner, "Name": released.name})
    for other, name, properties in zip(others, other_names, properties_of(stack, groups[3]), strict=True):
        resources[name] = (other.kind, properties)
    by_name = dict(zip(functions, (each.function for each in aliases), strict=True))
    return _Naming(functions=by_name, aliases=names, resources=resources)


def _members(stack: Stack) -> set[str]:
    """Return the keys of the resources that are in a stack itself, not in one nested in it."""
    inside = _callers(stack, [*_relevant_types(), _NESTED])
    own = all(each.kind != _NESTED for each in inside)
    return {key_of(each.resource) for each in inside if own or stack_of(each.resource) is stack}


def _callers(scope: IConstruct, kinds: Iterable[str]) -> list[_Caller]:
    resources = resources_of_type(scope, *kinds)
    classes = [str(getattr(type(each), "__jsii_type__", "")) for each in resources]
    return [
        _Caller(each, _KINDS.get(name) or each.cfn_resource_type) for each, name in zip(resources, classes, strict=True)
    ]


def _relevant_types() -> list[str]:
    """Leave out the types that cost more than they show.

    Alarms are many, and one that calls a function has a permission, which is looked at. Policies are looked at where an
    environment variable names a function. For state machines in an app that imports none, Python would load their
    module only for the waits' own.
    """
    left_out = [*ALARMS, *POLICIES, *([] if "aws_cdk.aws_stepfunctions" in sys.modules else [_STATE_MACHINE])]
    return [kind for kind in _TYPES if kind not in left_out]


def _targets(stack: Stack, callers: Sequence[_Caller], here: Collection[str]) -> list[list[str]]:
    """Return what resources call, with the names of one stack."""
    owners = [stack if key_of(caller.resource) in here else stack_of(caller.resource) for caller in callers]
    found: list[list[str]] = [[] for _ in callers]
    for owner in _each_once(owners):
        numbers = [number for number, each in enumerate(owners) if each is owner]
        all_properties = properties_of(owner, [callers[number].resource for number in numbers])
        for number, properties in zip(numbers, all_properties, strict=True):
            names = targets(callers[number].kind, properties)
            crosses = owner is not stack and any(sign in json.dumps(properties) for sign in CROSSING)
            found[number] = names if owner is stack else _seen_from(stack, callers[number], names, crosses=crosses)
    return found


def _seen_from(stack: Stack, caller: _Caller, names: Sequence[str], *, crosses: bool) -> list[str]:
    """Return what a resource of another stack calls, in this stack's names, where a reference here is a plain one.

    What the resource names in its own stack gets other names, since both stacks may use the same.
    """
    found = list(names)
    if crosses:
        # A reference to another environment cannot be resolved here, and cannot lead here.
        with suppress(RuntimeError):
            found += targets(caller.kind, properties_of(stack, [caller.resource])[0])
    own = set(_VARIABLE.findall("\n".join(names)))
    return [_VARIABLE.sub(lambda name: f"${{/{name[1]}}}" if name[1] in own else name[0], each) for each in found]


def _cfn(construct: IConstruct) -> CfnResource:
    return cast("CfnResource", resource_of(construct))


def _each_once(items: Iterable[_Any]) -> Iterable[_Any]:
    return {id(each): each for each in items}.values()


def _stage_of(construct: IConstruct) -> IConstruct:
    return Stage.of(construct) or construct.node.root
