"""Warnings of requests that reach a function past the alias that a release moves.

Each stage of an app costs one look, when CDK validates it, at the resources whose type can call a function. CDK
validates before it writes the templates, so the warnings stand in the assembly beside all others.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import Final, NamedTuple, TypeVar, cast

from aws_cdk import Annotations, CfnResource, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

from ..template.call_targets import ALARMS, CALLERS, ENVIRONMENTS, POLICIES, targets
from ..template.callers import ALIAS, VERSION, Resources, bypass, calls, owners_of, released_functions
from ..template.intrinsics import CROSSING
from ..vocabulary import BYPASS_KEY
from .jsii_cache import (
    key_of,
    logical_id_of,
    path_of,
    properties_of,
    resource_of,
    resources_in,
    resources_of_type,
    stack_of,
    stage_of,
)
from .synth_check import check_at_synth
from .version_inputs import physical_name_of

PAST_THE_ALIAS: Final = "prod-one-box:pastTheAlias"

_FUNCTION: Final = "AWS::Lambda::Function"
_STATE_MACHINE: Final = "AWS::StepFunctions::StateMachine"
_TYPES: Final = (*CALLERS, VERSION, ALIAS)

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")

_Any = TypeVar("_Any")


def _class_of(kind: str) -> str:
    _, service, name = kind.split("::")
    return f"aws-cdk-lib.aws_{service.lower()}.Cfn{name}"


_KINDS: Final = {_class_of(kind): kind for kind in _TYPES if kind.startswith("AWS::")}
"""The CloudFormation type of each class that is looked at; asking a resource for it is a call to Node."""


class _Resource(NamedTuple):
    """A resource that may call a function, or be a version or alias of one."""

    resource: CfnResource
    kind: str
    stack: Stack


class _Caller(NamedTuple):
    """A resource with what it calls in the names of its own stack, and whether it may refer to another stack."""

    resource: CfnResource
    kind: str
    stack: Stack
    called: list[str]
    crosses: bool


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
    """Warn of requests that reach a function past an alias that a release moves."""
    stage = stage_of(function)
    aliases = _ALIASES.get(key_of(stage))
    if aliases is None:
        aliases = _ALIASES[key_of(stage)] = []
        check_at_synth(function, partial(_warn_in_stage, stage, aliases))
    aliases.append(_ReleasedAlias(function, version, alias, name))


_ALIASES: Final[dict[str, list[_ReleasedAlias]]] = {}
"""The released aliases of each stage."""


def expect_no_calls(functions: Iterable[lambda_.CfnFunction]) -> None:
    """Leave out functions of the library's own, which call no function that a release moves."""
    _WITHOUT_CALLS.update(map(key_of, functions))


_WITHOUT_CALLS: Final[set[str]] = set()
"""The keys of the functions that are left out."""


class _StageResources:
    """The resources of a stage that matter, each read once, however many stacks have released functions."""

    def __init__(self, stage: IConstruct, stacks: Iterable[Stack]) -> None:
        self._stage = stage
        self._stacks = {key_of(each): stack for stack in stacks for each in resources_in(stack, *_relevant_types())}
        self.all = self._find(_relevant_types())
        callers = [each for each in self.all if each.kind in CALLERS]
        self.callers = list(_read([each for each in callers if key_of(each.resource) not in _WITHOUT_CALLS]))

    @cached_property
    def policies(self) -> list[_Caller]:
        """The policies, which are looked at only where an environment variable names a function."""
        return list(_read(self._find(POLICIES)))

    def _find(self, kinds: Iterable[str]) -> list[_Resource]:
        return [
            _Resource(each, _kind_of(each), self._stacks.get(key_of(each)) or stack_of(each))
            for each in resources_of_type(self._stage, *kinds)
        ]


def _warn_in_stage(stage: IConstruct, aliases: Sequence[_ReleasedAlias]) -> None:
    stacks = _each_once(stack_of(each.function) for each in aliases)
    resources = _StageResources(stage, stacks)
    for stack in stacks:
        _warn_of_calls(stack, [each for each in aliases if stack_of(each.function) is stack], resources)


def _warn_of_calls(stack: Stack, aliases: Sequence[_ReleasedAlias], resources: _StageResources) -> None:
    """Warn of the resources that call the functions of one stack."""
    naming = _naming(stack, aliases, [each for each in resources.all if each.stack is stack])
    owners = owners_of(naming.resources)
    released = released_functions(naming.resources, naming.aliases)
    callers = resources.callers
    called = [_seen_from(stack, each) for each in callers]
    in_environments = [names for caller, names in zip(callers, called, strict=True) if caller.kind in ENVIRONMENTS]
    if any(each.is_called_by(target) for names in in_environments for target in names for each in released):
        callers = [*callers, *resources.policies]
        called += [_seen_from(stack, each) for each in resources.policies]
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


def _naming(stack: Stack, aliases: Sequence[_ReleasedAlias], here: Sequence[_Resource]) -> _Naming:
    own = {key_of(_cfn(each)) for released in aliases for each in (released.version, released.alias)}
    others = [each for each in here if each.kind in (VERSION, ALIAS) and key_of(each.resource) not in own]
    groups: list[list[CfnResource]] = [
        [_cfn(each.function) for each in aliases],
        [_cfn(each.version) for each in aliases],
        [_cfn(each.alias) for each in aliases],
        [each.resource for each in others],
    ]
    functions, versions, names, other_names = stack.resolve(
        [[logical_id_of(each) for each in group] for group in groups]
    )
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


def _kind_of(resource: CfnResource) -> str:
    return _KINDS.get(str(getattr(type(resource), "__jsii_type__", ""))) or resource.cfn_resource_type


def _relevant_types() -> list[str]:
    """Leave out the types that cost more than they show.

    Alarms are many, and one that calls a function has a permission, which is looked at. Policies are looked at where an
    environment variable names a function. For state machines in an app that imports none, Python would load their
    module only for the waits' own.
    """
    left_out = [*ALARMS, *POLICIES, *([] if "aws_cdk.aws_stepfunctions" in sys.modules else [_STATE_MACHINE])]
    return [kind for kind in _TYPES if kind not in left_out]


def _read(resources: Sequence[_Resource]) -> Iterator[_Caller]:
    for stack in _each_once(each.stack for each in resources):
        inside = [each for each in resources if each.stack is stack]
        all_properties = properties_of(stack, [each.resource for each in inside])
        for each, properties in zip(inside, all_properties, strict=True):
            crosses = any(sign in json.dumps(properties) for sign in CROSSING)
            yield _Caller(*each, called=targets(each.kind, properties), crosses=crosses)


def _seen_from(stack: Stack, caller: _Caller) -> list[str]:
    """Return what a resource calls, in a stack's names, where a reference from another stack is a plain one.

    What a resource of another stack names there gets other names, since both stacks may use the same.
    """
    names = found = caller.called
    if caller.stack is stack:
        return names
    if caller.crosses:
        # A reference to another environment cannot be resolved here, and cannot lead here.
        with suppress(RuntimeError):
            found = names + targets(caller.kind, properties_of(stack, [caller.resource])[0])
    own = set(_VARIABLE.findall("\n".join(names)))
    return [_VARIABLE.sub(lambda name: f"${{/{name[1]}}}" if name[1] in own else name[0], each) for each in found]


def _cfn(construct: IConstruct) -> CfnResource:
    return cast("CfnResource", resource_of(construct))


def _each_once(items: Iterable[_Any]) -> list[_Any]:
    return list({id(each): each for each in items}.values())
