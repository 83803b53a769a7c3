"""A shop adopts one construct after the other, and leaves any: nothing that holds data or traffic is replaced."""

import json
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from adoption.existing_app import STEPS, Shop, on_the_way, without
from adoption.replacements import removed, replaced

EXISTING = Path(__file__).parent / "existing.template.json"
KEPT = (
    "AWS::Lambda::Function",
    "AWS::Lambda::Alias",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
    "AWS::CloudFront::Distribution",
    "AWS::S3::Bucket",
)


@cache
def _resources(steps: tuple[str, ...]) -> dict[str, Any]:
    return Template.from_stack(Shop(cdk.App(), "Shop", steps=steps)).to_json()["Resources"]


def resources(steps: Iterable[str]) -> dict[str, Any]:
    return _resources(tuple(steps))


def _of_kept_types(names: list[str], within: dict[str, Any]) -> list[str]:
    return [name for name in names if within[name]["Type"] in KEPT]


def test_the_shop_is_the_one_whose_template_is_kept() -> None:
    assert resources([]) == json.loads(EXISTING.read_text())["Resources"]


@pytest.mark.parametrize(("before", "after"), list(pairwise(on_the_way())), ids=STEPS)
def test_a_step_replaces_and_removes_nothing_with_data_or_traffic(before: list[str], after: list[str]) -> None:
    old, new = resources(before), resources(after)
    assert _of_kept_types(replaced(old, new), old) == []
    assert _of_kept_types(removed(old, new), old) == []


@pytest.mark.parametrize(("before", "after"), list(pairwise(on_the_way())), ids=STEPS)
def test_a_step_changes_something(before: list[str], after: list[str]) -> None:
    assert resources(after) != resources(before)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_taken_back_replaces_nothing_and_removes_nothing_that_the_shop_had_before(step: str) -> None:
    old, new = resources(STEPS), resources(without(step))
    assert _of_kept_types(replaced(old, new), old) == []
    assert [name for name in removed(old, new) if name in resources([])] == []
    assert removed(old, new) or old != new


def test_the_wait_stands_between_what_it_holds_and_what_comes_after() -> None:
    found = resources(STEPS)
    (wait,) = (one for name, one in found.items() if name.startswith("SearchBake") and one["Type"].startswith("Custom"))
    (name,) = (name for name, one in found.items() if one is wait)
    (search,) = (name for name in found if name.startswith("SearchAlias"))
    (suggestions,) = (one for name, one in found.items() if name.startswith("SuggestionsAlias"))
    assert search in wait["DependsOn"]
    assert name in suggestions["DependsOn"]


def test_a_renamed_function_would_be_noticed() -> None:
    old = resources([])
    name = next(name for name, one in old.items() if one["Type"] == "AWS::Lambda::Function")
    renamed = {**old, name: {**old[name], "Properties": {**old[name]["Properties"], "FunctionName": "another"}}}
    assert replaced(old, renamed) == [name]
