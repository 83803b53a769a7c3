"""A change of what a function takes is a new version, or it is named at synth and by the tools."""

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

from functions import a_function
from prod_one_box import DeployWaitResource, OneBoxFrontend, TrafficShiftedFunction
from prod_one_box.assembly.cloud_assembly import AssemblyError, read_assembly
from prod_one_box.assembly.links import Links
from prod_one_box.assembly.routing import inputs_without_version
from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.release.chosen_release import chosen_releases

SIGN = "[ack: prod-one-box:unversionedInput]"
FLAGS = ({}, {f"@aws-cdk/aws-lambda:recognize{each}": True for each in ("LayerVersion", "VersionProps")})


def a_layer(scope: Construct, word: str, id: str = "Shared") -> lambda_.LayerVersion:
    folder = Path(mkdtemp())
    (folder / "shared.py").write_text(f"WORD = {word!r}")
    return lambda_.LayerVersion(scope, id, code=lambda_.Code.from_asset(str(folder)))


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


def with_layers(stack: cdk.Stack, layers: list[lambda_.LayerVersion]) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Api",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        layers=layers,
    )


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
)
RELEASES = (a_shift, a_front_end, a_wait)


def synth(
    word: str,
    given: Callable[..., None],
    release: Callable[..., None],
    context: dict[str, Any],
    *,
    nested: bool = False,
) -> list[str]:
    """The versions and release ids of an app."""
    app = cdk.App(outdir=mkdtemp(), context=context)
    outer = cdk.Stack(app, "Shop")
    stack = cdk.NestedStack(outer, "Inside") if nested else outer
    given(stack, word, lambda function: release(stack, function))
    app.synth()
    (template,) = (
        each for each in read_assembly(Path(app.outdir)) if each.name == ("Shop/Inside" if nested else "Shop")
    )
    found = [name for name, each in template.resources.items() if each.type == "AWS::Lambda::Version"]
    waits = [each.body["Properties"].get("ReleaseId") for each in template.resources.values()]
    return [*(name for name in found if name.startswith("Api")), *(str(each) for each in waits if each)]


@pytest.mark.parametrize("context", FLAGS, ids=["no flag", "all flags"])
@pytest.mark.parametrize("given", INPUTS)
def test_a_change_is_a_new_version_in_every_construct_and_nothing_else_is(given: Any, context: dict[str, Any]) -> None:
    for release in RELEASES:
        old, again, new = (synth(word, given, release, context) for word in ("old", "old", "new"))
        assert old == again
        assert all(one != other for one, other in zip(old, new, strict=True)), release


def test_a_change_in_a_nested_stack_is_a_new_version_too() -> None:
    old, again, new = (synth(word, from_the_start, a_shift, {}, nested=True) for word in ("old", "old", "new"))
    assert old == again != new


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


HAZARDS = {
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
    "an asset": lambda stack: with_layers(stack, [a_layer(stack, "old")]),
}


def said_of(make: Callable[[cdk.Stack], lambda_.Function], *, nested: bool, **synthesizer: Any) -> tuple[str, str]:
    """What synth warns of, and what the tools say."""
    app = cdk.App(outdir=mkdtemp())
    outer = cdk.Stack(app, "Shop", **synthesizer)
    stack = cdk.NestedStack(outer, "Inside") if nested else outer
    a_shift(stack, make(stack))
    messages = [str(each.entry.data) for each in app.synth().stacks[0].messages]
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


def changed(word: str, *, layers: bool) -> Path:
    """A shop made by hand, whose version does not know the layer."""
    app = cdk.App(outdir=mkdtemp())
    stack = cdk.Stack(app, "Shop")
    function = with_layers(stack, [a_layer(stack, word)] if layers else [])
    function.node.default_child.add_property_override("Description", None if layers else word)
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    alias.node.default_child.add_metadata("ProdOneBox", {"Phase": "backend"})
    alias.node.default_child.add_property_override("FunctionVersion", {"Fn::GetAtt": ["Fixed", "Version"]})
    fixed = lambda_.CfnVersion(stack, "Fixed", function_name=function.function_name)
    fixed.override_logical_id("Fixed")
    app.synth()
    return Path(app.outdir)


@pytest.mark.parametrize(
    ("layers", "named"), [(True, "Shop/Shared, which it takes,"), (False, "its property Description")]
)
def test_a_change_that_moves_no_version_is_named_against_what_is_deployed(layers: bool, named: str) -> None:
    old, new = (read_assembly(changed(word, layers=layers)) for word in ("old", "new"))

    with pytest.raises(AssemblyError, match=r"nothing to rehearse") as raised:
        chosen_releases(new, old, None, Assumptions())

    assert f"Shop/Api: {named}" in str(raised.value)
    assert "only $LATEST gets the change" in str(raised.value)
