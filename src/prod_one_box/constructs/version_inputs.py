"""What a function takes from elsewhere in the app: it becomes part of the version, or the user is warned.

CDK gives a function a new version when the function's own properties change. It looks at layers only under the flag
`@aws-cdk/aws-lambda:recognizeLayerVersion`, and then by their ids, which two layers may share. Each function costs one
look, when CDK visits its version.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from tempfile import TemporaryDirectory
from typing import Final, cast

import jsii
from aws_cdk import (
    Annotations,
    App,
    Aspects,
    Aws,
    CfnCondition,
    CfnCustomResource,
    CfnMapping,
    CfnParameter,
    CfnResource,
    CfnStack,
    IAspect,
    NestedStack,
    Stack,
)
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

from ..template.choices import CHOICE_FUNCTIONS, Choices, chosen
from ..template.intrinsics import asked_of, named_in, references
from ..template.unversioned import COMPUTED_TYPES, NOT_IN_A_VERSION, unversioned_inputs
from .jsii_cache import key_of, path_of, properties_of, resource_of, resources_of_type, stack_of, stage_of

UNVERSIONED_INPUT: Final = "prod-one-box:unversionedInput"

_LAYER: Final = "AWS::Lambda::LayerVersion"
_SSM: Final = "AWS::SSM::Parameter"

_UNTYPED: Final = (CfnResource, CfnCustomResource, CfnStack)
"""The classes whose resources can be of `COMPUTED_TYPES`."""

_Properties = Mapping[str, object]


def track_inputs(function: lambda_.Function, version: lambda_.Version) -> None:
    """Make what the app decides elsewhere part of a function's version, and warn of what cannot be."""
    if key_of(function) not in _TRACKED:
        inputs = _TRACKED[key_of(function)] = _VersionInputs(function)
        Aspects.of(cast("CfnResource", resource_of(version))).add(cast("IAspect", inputs))


def physical_name_of(function: lambda_.Function) -> object:
    """Return the name that the template gives to a tracked function, once CDK has visited its version."""
    inputs = _TRACKED.get(key_of(function))
    return inputs.physical_name if inputs else None


@jsii.implements(IAspect)
class _VersionInputs:
    """Gives a function a new version when a layer or an SSM parameter changes, or the choice of a mapping.

    The aspect hangs on the version, after the function in CDK's order, so it sees what other aspects add to the
    function; and it comes before CDK renders nested stacks.
    """

    def __init__(self, function: lambda_.Function) -> None:
        self._function = function
        self._digest = ""
        self.physical_name: object = None

    def visit(self, _node: IConstruct) -> None:
        """Tell CDK what the version depends on, and the user what it does not."""
        stack = stack_of(self._function)
        (written,) = properties_of(stack, [cast("CfnResource", resource_of(self._function))])
        self.physical_name = written.get("functionName")
        properties = _with_choices(stack, written)
        inputs = list(_layers_and_parameters(stack, properties))
        changed = {
            name: value
            for name, value in properties.items()
            if name.lower() not in NOT_IN_A_VERSION and value != written[name]
        }
        digest = _digest([*(_relevant(each) for _, each in inputs), *([changed] if changed else [])])
        if digest and digest != self._digest:
            self._function.invalidate_version_based_on(digest)
            self._digest = digest
        self._warn("", properties)
        for resource, input_properties in inputs:
            self._warn(f"{path_of(resource)}: ", input_properties)

    def _warn(self, where: str, properties: _Properties) -> None:
        sources = _parameters_and_computed(stack_of(self._function), properties)
        for sentence in unversioned_inputs(properties, *sources):
            Annotations.of(self._function).add_warning_v2(UNVERSIONED_INPUT, f"{where}{sentence}")


_TRACKED: Final[dict[str, _VersionInputs]] = {}


def _layers_and_parameters(stack: Stack, properties: _Properties) -> Iterator[tuple[CfnResource, _Properties]]:
    """Find a function's layers and SSM parameters by their logical ids, in any stack of the stage."""
    # Of resources in the environment only SSM parameters are looked up, by their attribute.
    values = [each for each in named_in(properties.get("environment")) if each.endswith(".Value")]
    names = {*references(properties.get("layers")), *(each.removesuffix(".Value") for each in values)}
    resources = resources_of_type(stage_of(stack), _LAYER, _SSM) if names else []
    ids = stack.resolve([each.logical_id for each in resources]) if resources else []
    for resource, name in zip(resources, ids, strict=True):
        if name in names:
            owner = stack_of(resource)
            yield resource, _with_choices(owner, properties_of(owner, [resource])[0])


def _relevant(properties: _Properties) -> _Properties:
    """Keep of an SSM parameter what a function can take; any property of a layer changes the layer's ARN."""
    return {"value": properties["value"]} if "value" in properties else properties


def _digest(inputs: Iterable[_Properties]) -> str:
    """Digest what a version depends on, the same on every machine; "" for nothing."""
    texts = sorted(json.dumps(properties, sort_keys=True) for properties in inputs)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest() if texts else ""


def _parameters_and_computed(stack: Stack, properties: _Properties) -> tuple[list[str], Collection[str]]:
    """Return the names of parameters and computed resources, if the properties may name one."""
    names = {*references(properties)} - {*references(properties.get("role"))}
    if all(name.startswith("AWS::") for name in names):
        return [], []
    inside = _outermost(stack).node.find_all()
    parameters = [each for each in inside if isinstance(each, CfnParameter)]
    untyped = [each for each in inside if isinstance(each, CfnResource) and type(each) in _UNTYPED]
    if not (parameters or untyped):
        return [], []
    parameter_names, ids = stack.resolve([[each.logical_id for each in group] for group in (parameters, untyped)])
    return parameter_names, [
        name
        for name, each in zip(ids, untyped, strict=True)
        if name in names and each.cfn_resource_type.startswith(COMPUTED_TYPES)
    ]


def _outermost(stack: Stack) -> Stack:
    """Return what holds a nested stack: custom resources elsewhere are read by exports, which CloudFormation keeps."""
    while isinstance(stack, NestedStack) and stack.nested_stack_parent:
        stack = stack.nested_stack_parent
    return stack


def _with_choices(stack: Stack, properties: _Properties) -> _Properties:
    """Replace what mappings and conditions choose by their choice."""
    text = json.dumps(properties)
    if not any(f'"{function}"' in text for function in CHOICE_FUNCTIONS):
        return properties
    return cast("_Properties", chosen(properties, _choices(stack, text)))


def _choices(stack: Stack, text: str) -> Choices:
    """Read a stack's conditions, and the mappings that they or `text`, a part of its template as JSON, name."""
    own = [
        each
        for each in stack.node.find_all()
        if isinstance(each, CfnCondition | CfnMapping) and key_of(stack_of(each)) == key_of(stack)
    ]
    conditions = [each for each in own if isinstance(each, CfnCondition)]
    mappings = [each for each in own if isinstance(each, CfnMapping)]
    names, expressions, mapping_names, environment = stack.resolve(
        [
            [each.logical_id for each in conditions],
            [each.expression for each in conditions],
            [each.logical_id for each in mappings],
            {"AWS::AccountId": stack.account, "AWS::Region": stack.region},
        ]
    )
    text += json.dumps(expressions)
    named = {name: each for name, each in zip(mapping_names, mappings, strict=True) if f'"{name}"' in text}
    return Choices(
        dict(zip(named, _contents(list(named.values())), strict=True)),
        dict(zip(names, expressions, strict=True)),
        {name: value for name, value in environment.items() if isinstance(value, str)},
    )


def _contents(mappings: Sequence[CfnMapping]) -> list[object]:
    """Read what mappings hold, which CDK does not expose: it copies a mapping into a stack that looks a value up."""
    if not mappings:
        return []
    with TemporaryDirectory() as folder:
        app = App(outdir=folder, auto_synth=False, analytics_reporting=False, tree_metadata=False)
        copies = Stack(app, "Copies")
        lookups = copies.resolve([each.find_in_map(Aws.REGION, Aws.REGION) for each in mappings])
        template = app.synth().get_stack_by_name("Copies").template
    return [template["Mappings"][name] for name in asked_of(lookups, "Fn::FindInMap")]
