"""With what is deployed at hand, a change of a function that moves no version is named."""

from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb
from aws_cdk import aws_lambda as lambda_

from functions import a_function, a_layer, with_layers
from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.plan.chosen_release import chosen_releases
from prod_one_box.template.cloud_assembly import AssemblyError, read_assembly


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


def taken_by_hand(make: Callable[[cdk.Stack, str], str], word: str) -> Path:
    """A shop made by hand, whose version knows nothing of what its function takes."""
    app = cdk.App(outdir=mkdtemp())
    stack = cdk.Stack(app, "Shop")
    function = a_function(stack, "Api", environment={"A": make(stack, word)})
    fixed = lambda_.CfnVersion(stack, "Fixed", function_name=function.function_name)
    alias = lambda_.CfnAlias(
        stack, "Live", function_name=function.function_name, function_version=fixed.attr_version, name="live"
    )
    alias.add_metadata("ProdOneBox", {"Phase": "backend"})
    app.synth()
    return Path(app.outdir)


def of_a_nested_stack(stack: cdk.Stack, word: str) -> str:
    nested = cdk.NestedStack(stack, "Nested")
    cdk.CfnOutput(nested, "Word", value=word)
    return nested.nested_stack_resource.get_att("Outputs.Word").to_string()


TAKEN: dict[str, Callable[[cdk.Stack, str], str]] = {
    "Shop/Api: its property Environment changes": lambda stack, word: cdk.CfnMapping(
        stack, "Words", mapping={"a": {"b": word}}
    ).find_in_map("a", "b"),
    "the mapping Words, which it takes, changes": lambda stack, word: cdk.CfnMapping(
        stack, "Words", mapping={"a": {"b": word}}
    ).find_in_map(cdk.Aws.REGION, "b"),
    "the default of the parameter Given, which it takes, changes": lambda stack, word: (
        cdk.CfnParameter(stack, "Given", default=word).value_as_string
    ),
    "Shop/Seed, which it takes, changes": lambda stack, word: cdk.CustomResource(
        stack, "Seed", service_token="arn:aws:sns:eu-west-1:1:seed", properties={"Word": word}
    ).get_att_string("Value"),
    "Shop/Table, which it takes, changes": lambda stack, word: (
        aws_dynamodb.CfnTable(
            stack,
            "Table",
            table_name=word,
            key_schema=[{"attributeName": "id", "keyType": "HASH"}],
        ).ref
    ),
    "Api: its property Environment changes, ": of_a_nested_stack,
}


@pytest.mark.parametrize("named", TAKEN)
def test_what_a_function_takes_is_named_when_it_changes_and_no_version_moves(named: str) -> None:
    old, new = (read_assembly(taken_by_hand(TAKEN[named], word)) for word in ("old", "new"))
    with pytest.raises(AssemblyError, match=r"nothing to rehearse") as raised:
        chosen_releases(new, old, None, Assumptions())
    assert named in str(raised.value)
