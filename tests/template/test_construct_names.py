"""Resources are named by their constructs' paths wherever people read of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.template.cloud_assembly import AssemblyError
from prod_one_box.template.construct_names import construct_names, names_in_release, naming_constructs, with_constructs
from template.assemblies import stacks


def named(path: str) -> dict[str, Any]:
    return {"Type": "Custom::Thing", "Metadata": {"aws:cdk:path": f"{path}/Resource"}}


def test_each_logical_id_in_a_text_becomes_a_path(tmp_path: Path) -> None:
    names = construct_names(stacks(tmp_path, Shop={"SiteBake1A2B": named("Shop/Site/Bake"), "Bare": {"Type": "A::B"}}))
    assert with_constructs("SiteBake1A2B, Bare: SiteBake1A2B:7", names) == "Shop/Site/Bake, Bare: Shop/Site/Bake:7"
    for other in ("SiteBake1A2BX", "/SiteBake1A2B", "folder/SiteBake1A2B.json", "x-SiteBake1A2B"):
        assert with_constructs(other, names) == other


def test_an_id_that_stands_for_two_constructs_stays(tmp_path: Path) -> None:
    both = stacks(tmp_path, Shop={"Bake1": named("Shop/Bake")}, Store={"Bake1": named("Store/Bake")})
    assert construct_names(both) == {}
    new = both[0]
    assert names_in_release(new, new, both)["Bake1"] == "Bake"


def test_what_a_release_replaces_is_told_from_what_it_brings(tmp_path: Path) -> None:
    (new,) = stacks(tmp_path, Shop={"Version2": named("Shop/Version")})
    gone = {"Version1": replace(new.resources["Version2"], logical_id="Version1")}
    old = replace(new, resources={**gone, "Lost1": replace(new.resources["Version2"], path="Shop/Lost")})
    names = names_in_release(new, old, [new])
    assert names == {"Version2": "Version", "Version1": "Version (before)", "Lost1": "Lost"}


def test_what_is_refused_names_constructs(tmp_path: Path) -> None:
    shop = stacks(tmp_path, Shop={"SiteBake1A2B": named("Shop/Site/Bake")})
    with pytest.raises(AssemblyError, match=r"^Shop/Site/Bake waits for itself$"), naming_constructs(shop):
        raise AssemblyError("SiteBake1A2B waits for itself")
