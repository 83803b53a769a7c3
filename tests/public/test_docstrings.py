"""Every public name says what it is for, what it takes, what it raises and where AWS's behaviour is written."""

import re

import griffe
import pytest

from public.documented import arguments, attributes, callables, errors, is_described, public_objects

OBJECTS = public_objects()
CALLABLES = dict(callables())
CONSTRUCTS = [
    name
    for name, found in OBJECTS.items()
    if isinstance(found, griffe.Class) and "Construct" in [str(base) for base in found.bases]
]
NUMBER = re.compile(r"\b(Duration|float|int)\b")
UNIT = re.compile(
    r"second|minute|hour|day|percent|%|number|count|share|rate|how long|how often|how many|times|0 to|port|bytes"
    r"|largest|lowest|seed|without unit",
    re.IGNORECASE,
)


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
    assert [one.name for one in optional if not re.search(r"[Dd]efault|Usually", one.description or "")] == []


@pytest.mark.parametrize("name", CALLABLES)
def test_every_number_and_every_time_says_its_unit(name: str) -> None:
    numbers = [one for one in arguments(CALLABLES[name]) if NUMBER.search(one.annotation) and one.description]
    assert [one.name for one in numbers if not UNIT.search(one.description or "")] == []


@pytest.mark.parametrize("name", OBJECTS)
def test_every_attribute_is_described(name: str) -> None:
    if not {"Enum", "enum.Enum"} & {str(base) for base in getattr(OBJECTS[name], "bases", ())}:
        assert [one.name for one in attributes(OBJECTS[name]) if not is_described(one)] == []


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_construct_says_what_it_refuses(name: str) -> None:
    assert "InvalidArgumentError" in errors(CALLABLES[f"{name}.__init__"])


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_construct_names_the_page_that_aws_s_behaviour_comes_from(name: str) -> None:
    own = [OBJECTS[name], *(function for called, function in CALLABLES.items() if called.startswith(f"{name}."))]
    text = " ".join(one.docstring.value for one in own if one.docstring)
    assert re.search(r"(guide|reference|documentation),\s+[\"“'`]", text)
