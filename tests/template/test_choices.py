"""A mapping or a condition is replaced by what it chooses, where the template alone decides it."""

from typing import Any

import pytest

from prod_one_box.template.choices import Choices, chosen

HERE = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}
THERE = {"Fn::Equals": ["eu-west-2", {"Ref": "AWS::Region"}]}
OPEN = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
CHOICES = Choices(
    mappings={"Words": {"eu-west-1": {"hello": "hallo", "many": ["a", "b"], "next": "hello"}}},
    conditions={
        "Here": HERE,
        "There": THERE,
        "Open": OPEN,
        "Circle": {"Fn::Not": [{"Condition": "Circle"}]},
        "Mapped": {"Fn::Equals": [{"Fn::FindInMap": ["Words", {"Ref": "AWS::Region"}, "hello"]}, "hallo"]},
        "Nested": {"Fn::And": [{"Condition": "Here"}, {"Condition": "Open"}]},
    },
    known={"AWS::Region": "eu-west-1"},
)
REGION = {"Ref": "AWS::Region"}
UNKNOWN = {"Fn::FindInMap": ["Words", {"Ref": "Stage"}, "hello"]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Fn::FindInMap": ["Words", "eu-west-1", "hello"]}, "hallo"),
        ({"Fn::FindInMap": ["Words", REGION, "many"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Words", REGION, {"Fn::FindInMap": ["Words", REGION, "next"]}]}, "hallo"),
        ({"Fn::FindInMap": ["Words", "none", "hello", {"DefaultValue": [REGION]}]}, [REGION]),
        ({"Fn::FindInMap": ["Words", "none", "hello"]}, {"Fn::FindInMap": ["Words", "none", "hello"]}),
        ({"Fn::Join": ["", [{"Fn::FindInMap": ["Words", REGION, "hello"]}]]}, {"Fn::Join": ["", ["hallo"]]}),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_a_mapping_asked_by_known_keys_is_its_value(value: Any, expected: Any) -> None:
    assert chosen(value, CHOICES) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (HERE, True),
        (THERE, False),
        ({"Fn::Not": [HERE]}, False),
        ({"Fn::And": [HERE, THERE]}, False),
        ({"Fn::And": [HERE, {"Fn::Not": [THERE]}]}, True),
        ({"Fn::And": [OPEN, THERE]}, False),
        ({"Fn::Or": [OPEN, HERE]}, True),
        ({"Fn::Or": [THERE, THERE]}, False),
        ({"Condition": "Mapped"}, True),
        (OPEN, OPEN),
        ({"Fn::Not": [OPEN]}, {"Fn::Not": [OPEN]}),
        ({"Fn::Or": [OPEN, THERE]}, {"Fn::Or": [OPEN]}),
        ({"Condition": "Nested"}, {"Fn::And": [OPEN]}),
        ({"Condition": "None"}, {"Condition": "None"}),
        ({"Condition": "Circle"}, {"Fn::Not": [{"Condition": "Circle"}]}),
        ({"Fn::Equals": [UNKNOWN, "hallo"]}, {"Fn::Equals": [UNKNOWN, "hallo"]}),
    ],
)
def test_a_condition_is_decided_or_stands_with_its_expression(condition: Any, expected: Any) -> None:
    choices = CHOICES._replace(conditions={**CHOICES.conditions, "Asked": condition})
    then, otherwise = {"Fn::If": ["Here", "then", "no"]}, {"Ref": "AWS::NoValue"}

    found = chosen({"A": {"Fn::If": ["Asked", then, otherwise]}}, choices)

    if isinstance(expected, bool):
        assert found == {"A": "then" if expected else otherwise}
    else:
        assert found == {"A": {"Fn::If": [expected, "then", otherwise]}}


def test_a_variable_called_condition_stays() -> None:
    assert chosen({"Condition": "Here"}, CHOICES) == {"Condition": "Here"}
