"""A change of what a function takes makes a new version, or is named at synth and by the tools."""

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr, aws_s3, aws_ssm
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions import a_function, a_layer, with_layers
from prod_one_box import DeployWaitResource, OneBoxFrontend, TrafficShiftedFunction
from prod_one_box.template.cloud_assembly import read_assembly
from prod_one_box.template.links import Links
from prod_one_box.template.routing import inputs_without_version

SIGN = "[ack: prod-one-box:unversionedInput]"
FLAGS = ({}, {f"@aws-cdk/aws-lambda:recognize{each}": True for each in ("LayerVersion", "VersionProps")})


def from_the_start(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    release(with_layers(stack, [a_layer(stack, word)]))


def added_after_the_release_was_made(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    function = with_layers(stack, [])
    release(function)
    function.add_layers(a_layer(stack, word))


def one_of_two_with_the_same_id(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    layers = [a_layer(Construct(stack, "A"), word), a_layer(Construct(stack, "B"), "always")]
    release(with_layers(stack, layers))


def of_another_stack(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    release(with_layers(stack, [a_layer(cdk.Stack(stack.node.scope, "Layers"), word)]))


def an_ssm_parameter(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    parameter = aws_ssm.StringParameter(stack, "Parameter", string_value=word)
    release(a_function(stack, "Api", environment={"GREETING": parameter.string_value}))


def an_ssm_parameter_in_a_text(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    parameter = aws_ssm.CfnParameter(stack, "Parameter", type="String", value=word)
    name = stack.resolve(parameter.logical_id)
    release(a_function(stack, "Api", environment={"GREETING": cdk.Fn.sub(f"${{{name}.Value}}!")}))


def a_mapping(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    mapping = cdk.CfnMapping(stack, "Words", mapping={"prod": {"greeting": word}, "beta": {"greeting": "always"}})
    release(a_function(stack, "Api", environment={"GREETING": f"{mapping.find_in_map('prod', 'greeting')}!"}))


def a_condition(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    is_new = cdk.CfnCondition(stack, "IsNew", expression=cdk.Fn.condition_equals(word, "new"))
    is_old = cdk.CfnCondition(stack, "IsOld", expression=cdk.Fn.condition_not(is_new))
    greeting = cdk.Fn.condition_if(is_old.logical_id, "old", "new").to_string()
    release(a_function(stack, "Api", environment={"GREETING": greeting}))


def a_condition_that_only_the_deployment_decides(
    stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]
) -> None:
    said = cdk.CfnParameter(stack, "Word").value_as_string
    condition = cdk.CfnCondition(stack, "IsGiven", expression=cdk.Fn.condition_equals(said, word))
    greeting = cdk.Fn.condition_if(condition.logical_id, "yes", cdk.Aws.NO_VALUE).to_string()
    release(a_function(stack, "Api", environment={"GREETING": greeting}))


def a_mapping_that_a_layer_takes_its_key_from(
    stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]
) -> None:
    mapping = cdk.CfnMapping(stack, "Keys", mapping={"layer": {"key": word}})
    bucket = aws_s3.Bucket.from_bucket_name(stack, "Bucket", "builds")
    code = lambda_.Code.from_bucket(bucket, mapping.find_in_map("layer", "key"), "v1")
    release(with_layers(stack, [lambda_.LayerVersion(stack, "Shared", code=code)]))


def a_shift(stack: cdk.Stack, function: lambda_.Function) -> None:
    TrafficShiftedFunction(stack, "Backend", function=function, thresholds=None)


def a_front_end(stack: cdk.Stack, function: lambda_.Function) -> None:
    other = a_function(stack, "Other")
    recipe = {"one-box": function, "regular": other}
    OneBoxFrontend(stack, "Frontend", build_function=lambda _, partition: recipe[partition])


def a_wait(stack: cdk.Stack, function: lambda_.Function) -> None:
    DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(1), release_id=function.current_version)


INPUTS = (
    from_the_start,
    added_after_the_release_was_made,
    one_of_two_with_the_same_id,
    of_another_stack,
    an_ssm_parameter,
    an_ssm_parameter_in_a_text,
    a_mapping,
    a_condition,
    a_condition_that_only_the_deployment_decides,
    a_mapping_that_a_layer_takes_its_key_from,
)
GATE = "split"
"""The release id of the wait that holds the edge, which is of no release."""

RELEASES = (a_shift, a_front_end, a_wait)


def synth(
    word: str,
    given: Callable[..., None],
    release: Callable[..., None],
    context: dict[str, Any],
    *,
    nested: bool = False,
    region: str | None = None,
) -> list[str]:
    """The versions and release ids of an app."""
    app = cdk.App(outdir=mkdtemp(), context=context)
    outer = cdk.Stack(app, "Shop", env={"region": region})
    stack = cdk.NestedStack(outer, "Inside") if nested else outer
    given(stack, word, lambda function: release(stack, function))
    app.synth()
    (template,) = (
        each for each in read_assembly(Path(app.outdir)) if each.name == ("Shop/Inside" if nested else "Shop")
    )
    found = [name for name, each in template.resources.items() if each.type == "AWS::Lambda::Version"]
    waits = [each.body["Properties"].get("ReleaseId") for each in template.resources.values()]
    return [
        *(name for name in found if name.startswith("Api")),
        *(str(each) for each in waits if each not in (None, GATE)),
    ]


@pytest.mark.parametrize("context", FLAGS, ids=["no flag", "all flags"])
@pytest.mark.parametrize("given", INPUTS)
def test_a_change_is_a_new_version_in_every_construct_and_nothing_else_is(given: Any, context: dict[str, Any]) -> None:
    for release in RELEASES:
        old, again, new = (synth(word, given, release, context) for word in ("old", "old", "new"))
        assert old == again
        assert all(one != other for one, other in zip(old, new, strict=True)), release


@pytest.mark.parametrize("given", [from_the_start, a_mapping, a_condition])
def test_a_change_in_a_nested_stack_is_a_new_version_too(given: Any) -> None:
    old, again, new = (synth(word, given, a_shift, {}, nested=True) for word in ("old", "old", "new"))
    assert old == again != new


def by_region(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    mapping = cdk.CfnMapping(stack, "Words", mapping={"eu-west-1": {"greeting": word}, "eu-west-2": {"greeting": "hi"}})
    release(a_function(stack, "Api", environment={"GREETING": mapping.find_in_map(cdk.Aws.REGION, "greeting")}))


def in_a_region(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    here = cdk.Fn.condition_equals(cdk.Aws.REGION, "eu-west-1")
    condition = cdk.CfnCondition(
        stack, "Here", expression=cdk.Fn.condition_and(here, cdk.Fn.condition_equals(word, "new"))
    )
    greeting = cdk.Fn.condition_if(condition.logical_id, "new", "old").to_string()
    release(a_function(stack, "Api", environment={"GREETING": greeting}))


def described(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
    parameter = aws_ssm.StringParameter(stack, "Parameter", string_value="hi", description=word)
    release(a_function(stack, "Api", environment={"GREETING": parameter.string_value}))


@pytest.mark.parametrize("given", [by_region, in_a_region])
def test_only_the_region_that_a_change_reaches_gets_a_version_since_lambda_publishes_none_of_a_function_unchanged(
    given: Any,
) -> None:
    for region, is_new in (("eu-west-1", True), ("eu-west-2", False)):
        old, new = (synth(word, given, a_shift, {}, region=region) for word in ("old", "new"))
        assert (old != new) is is_new, region


def beside_a_nested_stack_with_the_same_mapping(
    stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]
) -> None:
    a_mapping(stack, word, release)
    cdk.CfnMapping(cdk.NestedStack(stack, "Nested"), "Words", mapping={"prod": {"greeting": "always"}})


def test_a_mapping_of_a_nested_stack_is_not_taken_for_one_of_the_same_name() -> None:
    old, new = (synth(word, beside_a_nested_stack_with_the_same_mapping, a_shift, {}) for word in ("old", "new"))
    assert old != new


def test_a_lazy_mapping_that_nothing_asks_when_deployed_stays_out_of_the_template() -> None:
    app = cdk.App(outdir=mkdtemp())
    stack = cdk.Stack(app, "Shop")
    assert cdk.CfnMapping(stack, "Unused", mapping={"a": {"b": "c"}}, lazy=True).find_in_map("a", "b") == "c"
    a_mapping(stack, "hi", lambda function: a_shift(stack, function))
    assert list(app.synth().get_stack_by_name("Shop").template["Mappings"]) == ["Words"]


def test_an_ssm_parameters_description_makes_no_version() -> None:
    assert synth("old", described, a_shift, {}) == synth("new", described, a_shift, {})


@pytest.mark.parametrize("context", FLAGS, ids=["no flag", "all flags"])
def test_a_function_that_takes_nothing_keeps_the_version_that_cdk_gives_it(context: dict[str, Any]) -> None:
    def nothing(stack: cdk.Stack, word: str, release: Callable[[lambda_.Function], None]) -> None:
        release(a_function(stack, "Api", environment={"STAGE": "prod"}))

    def by_cdk_alone(stack: cdk.Stack, function: lambda_.Function) -> None:
        lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)

    assert synth("", nothing, a_shift, context) == synth("", nothing, by_cdk_alone, context)


def a_parameter(stack: cdk.Stack) -> lambda_.Function:
    return a_function(stack, "Api", environment={"A": cdk.CfnParameter(stack, "Given").value_as_string})


def an_ssm_value(stack: cdk.Stack) -> lambda_.Function:
    value = aws_ssm.StringParameter.value_for_string_parameter(stack, "/greeting")
    return a_function(stack, "Api", environment={"A": f"hello {value}"})


def a_dynamic_reference(stack: cdk.Stack) -> lambda_.Function:
    return a_function(stack, "Api", environment={"A": "{{resolve:ssm:/greeting}}"})


def a_secret(stack: cdk.Stack) -> lambda_.Function:
    return a_function(stack, "Api", environment={"A": cdk.SecretValue.secrets_manager("greeting").unsafe_unwrap()})


def an_object_of_a_bucket(stack: cdk.Stack, version: str | None = None) -> lambda_.Function:
    bucket = aws_s3.Bucket.from_bucket_name(stack, "Bucket", "builds")
    code = lambda_.Code.from_bucket(bucket, "api.zip", version)
    return lambda_.Function(stack, "Api", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code)


def a_layer_of_a_bucket(stack: cdk.Stack) -> lambda_.Function:
    bucket = aws_s3.Bucket.from_bucket_name(stack, "Bucket", "builds")
    code = lambda_.Code.from_bucket(bucket, "layer.zip")
    return with_layers(stack, [lambda_.LayerVersion(stack, "Shared", code=code)])


def an_imported_layer(stack: cdk.Stack, arn: str | None = None) -> lambda_.Function:
    arn = arn or aws_ssm.StringParameter.value_for_string_parameter(stack, "/layer")
    return with_layers(stack, [lambda_.LayerVersion.from_layer_version_arn(stack, "Shared", arn)])


def a_tag_of_an_image(stack: cdk.Stack, tag: str = "latest") -> lambda_.Function:
    code = lambda_.DockerImageCode.from_ecr(
        aws_ecr.Repository.from_repository_name(stack, "R", "api"), tag_or_digest=tag
    )
    return lambda_.DockerImageFunction(stack, "Api", code=code)


def a_parameter_behind_a_condition(stack: cdk.Stack) -> lambda_.Function:
    stage = cdk.CfnParameter(stack, "Given").value_as_string
    condition = cdk.CfnCondition(stack, "IsProd", expression=cdk.Fn.condition_equals(stage, "prod"))
    greeting = cdk.Fn.condition_if(condition.logical_id, "hi", cdk.Aws.NO_VALUE).to_string()
    return a_function(stack, "Api", environment={"A": greeting})


def a_mapping_by_an_unknown_key(stack: cdk.Stack) -> lambda_.Function:
    mapping = cdk.CfnMapping(stack, "Words", mapping={"eu-west-1": {"greeting": "hi"}})
    return a_function(stack, "Api", environment={"A": mapping.find_in_map(cdk.Aws.REGION, "greeting")})


def a_dynamic_reference_in_a_mapping(stack: cdk.Stack) -> lambda_.Function:
    mapping = cdk.CfnMapping(stack, "Words", mapping={"prod": {"greeting": "{{resolve:ssm:/greeting}}"}})
    return a_function(stack, "Api", environment={"A": mapping.find_in_map("prod", "greeting")})


def a_custom_resource(stack: cdk.Stack) -> lambda_.Function:
    seed = cdk.CustomResource(stack, "Seed", service_token="arn:aws:sns:eu-west-1:1:seed", resource_type="Custom::Seed")
    return a_function(stack, "Api", environment={"A": f"{seed.get_att_string('Value')}!"})


def a_custom_resource_of_another_stack(stack: cdk.Stack) -> lambda_.Function:
    other = cdk.Stack(stack.node.root, "Other")
    seed = cdk.CfnCustomResource(other, "Seed", service_token="arn:aws:sns:eu-west-1:1:seed")
    return a_function(stack, "Api", environment={"A": seed.get_att("Value").to_string()})


def a_custom_resource_of_the_stack_that_holds_this_one(stack: cdk.Stack) -> lambda_.Function:
    holder = stack.nested_stack_parent or stack
    seed = cdk.CfnCustomResource(holder, "Seed", service_token="arn:aws:sns:eu-west-1:1:seed")
    return a_function(stack, "Api", environment={"A": seed.get_att("Value").to_string()})


def a_stack_whose_template_is_elsewhere(stack: cdk.Stack) -> lambda_.Function:
    elsewhere = cdk.CfnStack(stack, "Elsewhere", template_url="https://s3.example.com/template.json")
    return a_function(stack, "Api", environment={"A": elsewhere.get_att("Outputs.Value").to_string()})


def an_output_of_another_stack(stack: cdk.Stack) -> lambda_.Function:
    said = cdk.Token.as_string({"Fn::GetStackOutput": {"StackName": "Elsewhere", "OutputName": "Value"}})
    return a_function(stack, "Api", environment={"A": said})


def an_object_that_a_condition_chooses(stack: cdk.Stack) -> lambda_.Function:
    is_given = cdk.Fn.condition_equals(cdk.Aws.REGION, "eu-west-1")
    condition = cdk.CfnCondition(stack, "IsGiven", expression=is_given)
    function = a_function(stack, "Api")
    made = function.node.default_child
    assert isinstance(made, lambda_.CfnFunction)
    code = [{"S3Bucket": "builds", "S3Key": "api.zip"}, {"ZipFile": "def handler(event, context): ..."}]
    made.code = cdk.Token.as_any({"Fn::If": [condition.logical_id, *code]})
    return function


HAZARDS = {
    an_object_that_a_condition_chooses: "Code is taken from the object api.zip of a bucket, without its version",
    a_parameter_behind_a_condition: "Environment.Variables.A is taken from the parameter Given",
    a_mapping_by_an_unknown_key: "Environment.Variables.A is taken from the mapping Words, by a key that synth does",
    a_dynamic_reference_in_a_mapping: "the dynamic reference {{resolve:ssm:/greeting}}",
    a_custom_resource: "Value, which is computed outside of the template",
    a_custom_resource_of_the_stack_that_holds_this_one: "Seed.Value, which is computed outside of the template",
    a_stack_whose_template_is_elsewhere: "Elsewhere.Outputs.Value, which is computed outside of the template",
    an_output_of_another_stack: "is taken from an output of another stack",
    a_parameter: "Environment.Variables.A is taken from the parameter Given",
    an_ssm_value: "Environment.Variables.A is taken from the parameter SsmParameterValuegreeting",
    a_dynamic_reference: "the dynamic reference {{resolve:ssm:/greeting}}",
    a_secret: "the dynamic reference {{resolve:secretsmanager:greeting:SecretString:",
    an_object_of_a_bucket: "Code is taken from the object api.zip of a bucket, without its version",
    a_layer_of_a_bucket: "Content is taken from the object layer.zip",
    an_imported_layer: "Layers is taken from the parameter SsmParameterValuelayer",
    a_tag_of_an_image: "whose tag can move",
}
HARMLESS = {
    "a versioned object": lambda stack: an_object_of_a_bucket(stack, "v1"),
    "an imported layer": lambda stack: an_imported_layer(stack, "arn:aws:lambda:us-east-1:1:layer:shared:7"),
    "a digest": lambda stack: a_tag_of_an_image(stack, f"sha256:{'0a' * 32}"),
    "a versioned reference": lambda stack: a_function(stack, "Api", environment={"A": "{{resolve:ssm:/greeting:3}}"}),
    "a table's name": lambda stack: a_function(
        stack, "Api", environment={"A": aws_s3.Bucket(stack, "Bucket").bucket_name}
    ),
    "what is no part of a version": lambda stack: lambda_.Function(
        stack,
        "Api",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        reserved_concurrent_executions=cdk.CfnParameter(stack, "Given", type="Number").value_as_number,
    ),
    "an import, whose export CloudFormation keeps as it is": lambda stack: a_function(
        stack, "Api", environment={"A": cdk.Fn.import_value("greeting")}
    ),
    "a custom resource of another stack, whose export is kept, too": a_custom_resource_of_another_stack,
    "a mapping of what is no part of a version": lambda stack: lambda_.Function(
        stack,
        "Api",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        reserved_concurrent_executions=cdk.Token.as_number(
            cdk.CfnMapping(stack, "Numbers", mapping={"eu-west-1": {"reserved": 1}}).find_in_map(
                cdk.Aws.REGION, "reserved"
            )
        ),
    ),
    "an asset": lambda stack: with_layers(stack, [a_layer(stack, "old")]),
}


def said_of(make: Callable[[cdk.Stack], lambda_.Function], *, nested: bool, **synthesizer: Any) -> tuple[str, str]:
    """What synth warns of, and what the tools say."""
    app = cdk.App(outdir=mkdtemp())
    outer = cdk.Stack(app, "Shop", **synthesizer)
    stack = cdk.NestedStack(outer, "Inside") if nested else outer
    a_shift(stack, make(stack))
    messages = [str(each.entry.data) for made in app.synth().stacks for each in made.messages]
    links = Links(read_assembly(Path(app.outdir)))
    tools = [each for stack in links.stacks.values() for each in inputs_without_version(links, stack)]
    return "\n".join(each for each in messages if SIGN in each), "\n".join(tools)


@pytest.mark.parametrize("nested", [False, True])
def test_what_makes_no_version_is_named_with_its_remedy_at_synth_and_by_the_tools(nested: bool) -> None:
    for make, expected in HAZARDS.items():
        for said in said_of(make, nested=nested):
            assert expected in re.sub(r"Shop(/Inside)?/(?=Given|Ssm)", "", said), (make, said)
            assert "no release begins" in said


@pytest.mark.parametrize("nested", [False, True])
def test_what_cannot_change_behind_the_template_is_not_named(nested: bool) -> None:
    for name, make in HARMLESS.items():
        assert said_of(make, nested=nested) == ("", ""), name


def test_the_asset_parameters_of_the_legacy_synthesizer_are_not_named() -> None:
    made = said_of(HARMLESS["an asset"], nested=False, synthesizer=cdk.LegacyStackSynthesizer())
    assert made == ("", "")
