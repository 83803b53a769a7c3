"""A recipe with the wrong parameters is refused before it is called."""

import re
from functools import partial

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions import a_function, pages
from prod_one_box import InvalidArgumentError, OneBoxFrontend


def front_end(build_function: object) -> OneBoxFrontend:
    return OneBoxFrontend(cdk.Stack(cdk.App(), "Shop"), "Frontend", build_function=build_function)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: a_function(cdk.Stack(), "Called"), "a Function"),
        (lambda: None, "None"),
        (lambda: lambda scope: None, "one that takes (scope)"),
        (lambda: lambda scope, partition, size: None, "one that takes (scope, partition, size)"),
    ],
)
def test_what_cannot_be_called_with_a_scope_and_a_name_is_refused(make, words):
    message = re.escape(f"Shop/Frontend/OneBox: build_function: got {words}; allowed: a recipe that is called with")
    with pytest.raises(InvalidArgumentError, match=message):
        front_end(make())


class Pages(lambda_.Function):
    """A class is a recipe too."""

    def __init__(self, scope: Construct, partition: str) -> None:
        super().__init__(
            scope,
            f"Pages-{partition}",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
        )


class Recipes:
    def pages(self, scope: Construct, partition: str) -> lambda_.Function:
        return pages(scope, partition)


@pytest.mark.parametrize(
    "build_function",
    [
        pages,
        Pages,
        Recipes().pages,
        partial(a_function, description="shop"),
        lambda scope, partition="one-box": pages(scope, partition),
        lambda *given: pages(given[0], given[1]),
    ],
)
def test_whatever_takes_both_is_a_recipe(build_function):
    assert front_end(build_function).one_box.alias is not None


def test_an_error_within_the_recipe_stays_the_recipes_own():
    def recipe(scope: Construct, partition: str) -> lambda_.Function:
        raise TypeError("takes 1 positional argument")

    with pytest.raises(TypeError, match="takes 1 positional argument"):
        front_end(recipe)
