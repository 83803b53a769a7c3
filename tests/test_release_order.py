"""The order of a release, from the storefront's synthesized template alone."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dependency_graph import dependencies, downstream, explicit_order, upstream
from synthesized import copy_of, synthesize, template_of

WAIT = "Custom::ProdOneBoxDeployWait"
ALIAS = "AWS::Lambda::Alias"
EDGE = {"AWS::CloudFront::Function", "AWS::CloudFront::Distribution"}


WAVES = ("one-box", "wave-2", "wave-3")
ORDER = ["preflight", "backend", *(step for wave in WAVES for step in (wave, f"bake {wave}")), "regular", "watch"]


@pytest.fixture(scope="module")
def template(assembly_of: Callable[..., Path]) -> dict[str, Any]:
    return template_of(assembly_of("storefront"), "Storefront")


def phase(template: dict[str, Any], name: str) -> str:
    """The logical id of the one resource of a phase; of a bake with its wave."""
    found = []
    for logical_id, body in template["Resources"].items():
        role = body.get("Metadata", {}).get("ProdOneBox", {})
        if " ".join(role[key] for key in ("Phase", "Partition") if key in role) == name:
            found.append(logical_id)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(ORDER)))
def test_each_phase_waits_for_the_one_before(template: dict[str, Any], earlier: str, later: str) -> None:
    assert phase(template, earlier) in upstream(dependencies(template), phase(template, later))


def test_the_preflight_waits_for_nothing_that_the_release_moves(template: dict[str, Any]) -> None:
    before = upstream(dependencies(template), phase(template, "preflight"))
    moved = {name for name, body in template["Resources"].items() if body["Type"] in {ALIAS, "AWS::Lambda::Version"}}
    assert before.isdisjoint(moved)


def test_only_aliases_waits_and_the_edge_carry_an_explicit_order_for_the_release(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    released = {name for name, body in resources.items() if body["Type"] in {ALIAS, WAIT}}
    ordered = {name for name, named in explicit_order(template).items() if named & released}
    assert {resources[name]["Type"] for name in ordered} == {ALIAS, WAIT, *EDGE}
    held = {name for name in ordered if resources[name]["Type"] == WAIT}
    assert held == {phase(template, step) for step in ORDER if step.startswith(("bake", "watch"))}


def test_the_edge_comes_after_the_preflight_and_the_gate_and_after_nothing_else_of_the_release(
    template: dict[str, Any],
) -> None:
    resources, order = template["Resources"], explicit_order(template)
    released = {name for name, body in resources.items() if body["Type"] in {ALIAS, WAIT}}
    for name, body in resources.items():
        if body["Type"] in EDGE:
            before = upstream(dependencies(template), name) & released
            assert before == {phase(template, "preflight"), phase(template, "split")}
            assert order[name] & released == before


def changed(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """The resources that CloudFormation updates or creates."""

    def properties(template: dict[str, Any], name: str) -> object:
        return template["Resources"].get(name, {}).get("Properties")

    return {name for name in new["Resources"] if properties(old, name) != properties(new, name)}


def test_when_only_code_changes_aliases_and_waits_are_all_that_is_updated_after_a_bake(
    template: dict[str, Any], tmp_path: Path
) -> None:
    example = copy_of("storefront", tmp_path)
    for source, comment in (("frontend/built/one/index.mjs", "// new\n"), ("backend/index.py", "# new\n")):
        (example / source).write_text((example / source).read_text() + comment)
    new = template_of(synthesize(example, tmp_path / "out"), "Storefront")
    for wave in WAVES:
        after_the_bake = downstream(dependencies(new), phase(new, f"bake {wave}"))
        later = ORDER[ORDER.index(f"bake {wave}") + 1 :]
        assert changed(template, new) & after_the_bake == {phase(new, step) for step in later}


def wait_release_id(template: dict[str, Any]) -> str:
    return template["Resources"][phase(template, "bake one-box")]["Properties"]["ReleaseId"]


@pytest.mark.parametrize(("source", "bakes"), [("frontend/built/one/index.html", True), ("backend/index.py", False)])
def test_the_bake_has_a_new_release_exactly_when_the_front_end_changed(
    template: dict[str, Any], tmp_path: Path, source: str, bakes: bool
) -> None:
    example = copy_of("storefront", tmp_path)
    (example / source).write_text((example / source).read_text() + " ")
    new = template_of(synthesize(example, tmp_path / "out"), "Storefront")
    assert (wait_release_id(new) != wait_release_id(template)) is bakes
    preflight = phase(template, "preflight")
    assert new["Resources"][preflight] != template["Resources"][preflight], "the preflight covers every version"
