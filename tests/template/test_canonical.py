"""Two places of a template that name the same thing have the same canonical text."""

import json
from typing import Any

import pytest

from prod_one_box.template.intrinsics import readable, text

CASES = [
    ("live", "live"),
    (3, "3"),
    (True, "true"),
    (None, "null"),
    ({"Ref": "Pages"}, "${Pages}"),
    ({"Fn::GetAtt": ["Pages", "Arn"]}, "${Pages.Arn}"),
    ({"Fn::GetAtt": "Pages.Arn"}, "${Pages.Arn}"),
    ({"Fn::Join": ["", [{"Ref": "Pages"}, ":live"]]}, "${Pages}:live"),
    ({"Fn::Join": ["/", ["a", {"Fn::Join": ["-", ["b", 3]]}]]}, "a/b-3"),
    ({"Fn::Sub": "${Pages}:live"}, "${Pages}:live"),
    ({"Fn::Sub": ["${Name}:${Alias}", {"Name": {"Ref": "Pages"}}]}, "${Pages}:${Alias}"),
]


@pytest.mark.parametrize(("value", "written"), CASES)
def test_an_intrinsic_value_is_written_as_text(value: Any, written: str) -> None:
    assert text(value) == written


def test_what_cannot_be_computed_stays_equal_to_itself_and_to_nothing_else() -> None:
    first: Any = {"Fn::Select": [0, {"Fn::Split": [":", {"Ref": "Pages"}]}]}
    second: Any = {"Fn::Select": [1, {"Fn::Split": [":", {"Ref": "Pages"}]}]}
    assert text(first) == text({**first})
    assert text(first) != text(second)
    assert text({"Fn::Join": [":", {"Ref": "Names"}]}).startswith("${")


def test_what_cannot_be_computed_can_stand_in_a_string_of_json() -> None:
    unknown = text({"Fn::Select": [0, ['"', "\\"]]})
    assert json.loads(f'"{unknown}"') == unknown


def test_people_read_names_without_their_signs() -> None:
    assert (
        readable("${Pages}:live is back, ${Version.Number} and $5 stay")
        == "Pages:live is back, Version.Number and $5 stay"
    )
