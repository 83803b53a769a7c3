"""A template that nobody has foreseen is read or refused with the reason: never does another error come out."""

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.aws.cloudformation import states_before
from prod_one_box.rehearsal.cloudwatch.alarm_definition import only_measured, read_alarms
from prod_one_box.rehearsal.plan.chosen_release import chosen_releases
from prod_one_box.rehearsal.plan.release_plan import ways_back
from prod_one_box.rehearsal.plan.release_steps import plan_release
from prod_one_box.rehearsal.visitors.release_site import read_site
from prod_one_box.rehearsal.visitors.serving import is_measured, is_of_requests
from prod_one_box.template.cloud_assembly import AssemblyError, read_assembly

ODD = [
    None, {}, [], "", 0, -1, 1e308, 10**400, True, "x", [None], [[]], {"Ref": "X"}, {"Ref": None}, {"Ref": []},
    {"Fn::If": ["Production", {"Ref": "X"}, {"Ref": "AWS::NoValue"}]}, {"Fn::GetAtt": []}, {"Fn::GetAtt": "X"},
    {"Fn::GetAtt": [{}, 1]}, {"Fn::Sub": []}, {"Fn::Sub": ["${A.B}", {"A": None}]}, {"Fn::Join": [1, "x"]},
    {"Fn::ImportValue": {}}, {"Fn::GetStackOutput": []}, {"Fn::GetStackOutput": {"StackName": "Storefront"}},
]  # fmt: skip
DELETED = object()
Spot = tuple[Any, Any]


def spots(value: object) -> Iterator[Spot]:
    """Every place of a document, as what holds it and its key there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        yield from spots(item)


def mutate(document: dict[str, Any], draw: random.Random, changes: int) -> list[str]:
    """Changes a document in some places, mostly in resources that take part in a release; says what it did."""
    resources = document["Resources"]
    telling = [each for each in resources.values() if is_telling(each)]
    done = []
    for _ in range(changes):
        among = draw.choice(telling) if draw.random() < 0.8 else document
        holder, key = draw.choice(list(spots(among)) or [(document, "Resources")])
        odd = draw.choice([DELETED, *ODD])
        done.append(f"{key!r} = {odd!r}")
        if odd is DELETED:
            del holder[key]
        else:
            holder[key] = deepcopy(odd)
    return done


def is_telling(resource: dict[str, Any]) -> bool:
    return "Metadata" in resource or not resource["Type"].startswith(("AWS::IAM", "AWS::Logs"))


def read_everything(folder: Path) -> None:
    """All that `plan` and `rehearse` read before anything is played."""
    stacks = read_assembly(folder)
    for stack in stacks:
        plan_release(stack)
    (plan,) = chosen_releases(stacks, None, None, Assumptions())
    site = read_site(plan, stacks)
    for template in (plan.old, plan.new):
        only_measured(read_alarms(template), lambda key: is_measured(key, site.tiers), is_of_requests)
    plan.order()
    states_before(plan)
    next(iter(ways_back(plan)))


@pytest.fixture(scope="module")
def original(assembly_of: Callable[[str], Path]) -> Path:
    return assembly_of("storefront")


def copied(original: Path, folder: Path, template: dict[str, Any]) -> Path:
    for file in original.iterdir():
        if not (folder / file.name).exists() and file.name != "Storefront.template.json":
            (folder / file.name).symlink_to(file)
    (folder / "Storefront.template.json").write_text(json.dumps(template))
    return folder


@pytest.mark.parametrize("seed", range(4))
def test_a_template_with_odd_values_is_read_or_refused_with_the_reason(
    seed: int, original: Path, tmp_path: Path
) -> None:
    template = json.loads((original / "Storefront.template.json").read_text())
    draw = random.Random(seed)
    read = 0
    for _ in range(25):
        changed = deepcopy(template)
        done = mutate(changed, draw, draw.randint(1, 4))
        try:
            read_everything(copied(original, tmp_path, changed))
            read += 1
        except AssemblyError:
            pass
        except Exception as error:
            raise AssertionError("; ".join(done)) from error
    assert read > 5
