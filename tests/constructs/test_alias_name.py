"""An alias name that Lambda would refuse is refused at synth."""

import pytest
from aws_cdk import App, Aws, Stack
from aws_cdk import aws_lambda as lambda_
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box import InvalidArgumentError, TrafficShiftedFunction
from prod_one_box.constructs.alias_name import check_alias_name

LETTERS = "abcXYZ-_"


@given(st.text(alphabet=LETTERS + "0123456789", min_size=1, max_size=128).filter(lambda name: not name.isdigit()))
def test_names_of_lambdas_own_alphabet_pass(name):
    check_alias_name(path="Shop/Backend", alias_name=name)


@pytest.mark.parametrize("name", ["", "$LATEST", "7", "live!", "li ve", "live\n", "a" * 129, "lïve", "live:1"])
def test_a_name_that_lambda_refuses_is_refused_with_what_is_allowed(name):
    with pytest.raises(InvalidArgumentError, match="alias_name") as raised:
        check_alias_name(path="Shop/Backend", alias_name=name)
    assert repr(name) in str(raised.value)
    assert "digits, hyphens and underscores" in str(raised.value)


def test_a_name_known_only_at_deploy_time_passes():
    check_alias_name(path="Shop/Backend", alias_name=Aws.STACK_NAME)


def test_a_name_that_the_function_has_already_is_refused(function):
    function.add_alias("live")
    with pytest.raises(InvalidArgumentError, match="alias_name: got 'live', which Shop/Function/Aliaslive is called"):
        TrafficShiftedFunction(Stack.of(function), "Backend", function=function)


def test_another_name_beside_it_passes(function):
    function.add_alias("live")
    backend = TrafficShiftedFunction(Stack.of(function), "Backend", function=function, alias_name="shifted")
    assert backend.alias.alias_name == "shifted"


def test_two_constructs_on_one_function_need_two_names(function):
    stack = Stack.of(function)
    TrafficShiftedFunction(stack, "Backend", function=function)
    with pytest.raises(InvalidArgumentError, match="alias_name: got 'live', which Shop/Backend/Alias is called"):
        TrafficShiftedFunction(stack, "Again", function=function)
    assert TrafficShiftedFunction(stack, "Other", function=function, alias_name="other").alias.alias_name == "other"


def test_two_functions_have_the_same_name_each(function):
    stack = Stack.of(function)
    TrafficShiftedFunction(stack, "Backend", function=function)
    other = TrafficShiftedFunction(stack, "Other", function=a_function(stack, "OtherFunction"))
    assert other.alias.alias_name == "live"


@pytest.fixture
def function():
    return a_function(Stack(App(), "Shop"), "Function")


def a_function(stack, id):
    return lambda_.Function(
        stack,
        id,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
    )
