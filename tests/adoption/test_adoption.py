"""A shop that exists adopts one construct after the other; nothing that holds data or traffic is replaced."""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from adoption.existing_app import STEPS, Shop
from adoption.replacements import removed, replaced

EXISTING = Path(__file__).parent / "existing.template.json"
KEPT = (
    "AWS::Lambda::Function",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
    "AWS::CloudFront::Distribution",
    "AWS::S3::Bucket",
)


@cache
def resources(step: str) -> dict[str, Any]:
    return Template.from_stack(Shop(cdk.App(), "Shop", step=step)).to_json()["Resources"]


def _of_kept_types(names: list[str], within: dict[str, Any]) -> list[str]:
    return [name for name in names if within[name]["Type"] in KEPT]


def test_the_shop_is_the_one_whose_template_is_kept() -> None:
    assert resources("existing") == json.loads(EXISTING.read_text())["Resources"]


@pytest.mark.parametrize(("before", "after"), list(pairwise(STEPS)))
def test_a_step_replaces_and_removes_nothing_with_data_or_traffic(before: str, after: str) -> None:
    old, new = resources(before), resources(after)
    assert _of_kept_types(replaced(old, new), old) == []
    assert _of_kept_types(removed(old, new), old) == []


@pytest.mark.parametrize(("before", "after"), list(pairwise(STEPS)))
def test_a_step_changes_something(before: str, after: str) -> None:
    assert resources(after) != resources(before)


def test_a_renamed_function_would_be_noticed() -> None:
    old = resources("existing")
    name = next(name for name, one in old.items() if one["Type"] == "AWS::Lambda::Function")
    renamed = {**old, name: {**old[name], "Properties": {**old[name]["Properties"], "FunctionName": "another"}}}
    assert replaced(old, renamed) == [name]
