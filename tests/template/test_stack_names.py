"""A stack is found by any name that its user may know it by, and never by half of one."""

from pathlib import Path

import pytest

from prod_one_box.template.cloud_assembly import AssemblyError
from prod_one_box.template.stacks import stacks_called
from template.assemblies import nested, stacks


@pytest.mark.parametrize("name", ["Prod/Shop", "Prod-Shop", "Prod_Shop", "Prod/Shop (Prod-Shop)"])
def test_a_stages_stack_has_the_names_that_cdk_gives_it(tmp_path: Path, name: str) -> None:
    read = stacks(tmp_path, Dev_Shop={}, Prod_Shop={})
    assert [each.name for each in stacks_called(read, name)] == ["Prod/Shop"]


def test_without_a_name_all_stacks_are_meant(tmp_path: Path) -> None:
    assert len(stacks_called(stacks(tmp_path, Dev={}, Prod={}), None)) == 2


def test_a_stack_comes_with_those_nested_in_it(tmp_path: Path) -> None:
    read = nested(tmp_path, {"Resources": {}})
    assert [each.name for each in stacks_called(read, "Outer")] == ["Outer", "Outer/Inner"]
    assert [each.name for each in stacks_called(read, "Outer/Inner")] == ["Outer/Inner"]


def test_an_unknown_name_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="no stack Shop; it has Dev/Shop, Prod/Shop"):
        stacks_called(stacks(tmp_path, Dev_Shop={}, Prod_Shop={}), "Shop")
