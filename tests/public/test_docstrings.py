"""Every public name says what it is for, what it takes, what it raises and where AWS's behaviour is written."""

import re

import griffe
import pytest

import prod_one_box
from public.documented import (
    Argument,
    arguments,
    attributes,
    callables,
    errors,
    is_described,
    public_objects,
    reached_objects,
)
from public.raising import raised_by

OBJECTS = public_objects()
CALLABLES = dict(callables())
RAISED = {name: raised_by(OBJECTS[name.split(".", maxsplit=1)[0]].module.canonical_path, name) for name in CALLABLES}
OF_AWS = [name for name in OBJECTS if prod_one_box._HOMES[name].startswith(".constructs.")]
NUMBER = re.compile(r"\b(Duration|float|int)\b")
WITHOUT_UNIT = {"seed", "visitor"}
UNIT = re.compile(
    r"%|\b(milliseconds?|seconds?|minutes?|hours?|days?|percent|percentage|0 to 1|how (many|much|often|long)|times"
    r"|number of|added to the error rate|without unit)\b",
    re.IGNORECASE,
)
DEFAULT = re.compile(r"\b[Dd]efault: \S")


def _in_one_line(argument: Argument) -> str:
    return " ".join((argument.description or "").split())


@pytest.mark.parametrize("name", OBJECTS)
def test_a_public_name_says_what_it_is_for(name: str) -> None:
    docstring = OBJECTS[name].docstring
    assert docstring is not None
    assert re.match(r"\S.*[.:]$", docstring.value.splitlines()[0])


@pytest.mark.parametrize("name", [name for name in CALLABLES if not name.endswith("__init__")])
def test_a_public_method_says_what_it_does(name: str) -> None:
    assert CALLABLES[name].docstring is not None


@pytest.mark.parametrize("name", CALLABLES)
def test_every_argument_is_described(name: str) -> None:
    assert [one.name for one in arguments(CALLABLES[name]) if not one.description] == []


@pytest.mark.parametrize("name", CALLABLES)
def test_every_optional_argument_says_its_default(name: str) -> None:
    optional = [one for one in arguments(CALLABLES[name]) if one.default is not None and one.description]
    assert [one.name for one in optional if not DEFAULT.search(_in_one_line(one))] == []


@pytest.mark.parametrize("name", CALLABLES)
def test_every_number_and_every_time_says_its_unit(name: str) -> None:
    numbers = [one for one in arguments(CALLABLES[name]) if NUMBER.search(one.annotation) and one.description]
    without = [one.name for one in numbers if not UNIT.search(_in_one_line(one))]
    assert set(without) <= WITHOUT_UNIT


@pytest.mark.parametrize("name", OBJECTS)
def test_every_attribute_is_described(name: str) -> None:
    if not {"Enum", "enum.Enum"} & {str(base) for base in getattr(OBJECTS[name], "bases", ())}:
        assert [one.name for one in attributes(OBJECTS[name]) if not is_described(one)] == []


@pytest.mark.parametrize("found", reached_objects().values(), ids=lambda found: found.name)
def test_what_public_names_lead_to_is_described(found: griffe.Object) -> None:
    assert found.docstring is not None
    if "Enum" not in {str(base) for base in getattr(found, "bases", ())}:
        assert [one.name for one in attributes(found) if not is_described(one)] == []


@pytest.mark.parametrize("name", [name for name, raised in RAISED.items() if raised])
def test_a_public_callable_that_can_raise_says_what_it_refuses(name: str) -> None:
    """A class says it in its constructor's docstring, and a dataclass, whose constructor has none, in its own."""
    told = errors(CALLABLES[name])
    if name.endswith(".__init__"):
        told += errors(OBJECTS[name.removesuffix(".__init__")])
    assert RAISED[name] & set(told)


def test_what_the_source_raises_is_found_through_what_it_calls() -> None:
    assert RAISED["rest_api_origin"] == {"InvalidArgumentError"}
    assert RAISED["Limits.__init__"] == {"ValueError"}
    assert RAISED["Report.__init__"] == set()


@pytest.mark.parametrize("name", OF_AWS)
def test_what_deals_with_aws_names_the_page_that_aws_s_behaviour_comes_from(name: str) -> None:
    own = [OBJECTS[name], *(function for called, function in CALLABLES.items() if called.startswith(f"{name}."))]
    text = " ".join(one.docstring.value for one in own if one.docstring)
    assert re.search(r"(guide|reference|documentation),\s+[\"“'`]", text)
