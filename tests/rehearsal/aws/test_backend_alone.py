"""A stack with a backend alone: visitors are taken to call it, and what it cannot break is not said to have held."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.visitors.faults import Fault
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.template.cloud_assembly import AssemblyError
from rehearsal.shop_release import assembly, backend
from rehearsed import as_text, bad_backend

FEW = Population(visits_per_minute=20, assets_per_page=2, api_calls_per_page=1)
CALLED = "ApiAlias: no way to it was found in this assembly; pages are assumed to call it"
URL = {
    "Type": "AWS::Lambda::Url",
    "Properties": {"AuthType": "NONE", "TargetFunctionArn": {"Ref": "ApiFn"}, "Qualifier": "live"},
}


def rehearsed(folder: Path, **others: Any) -> Report:
    return rehearse(assembly(folder, {**backend("Api", "B"), **others}), visitors=FEW, fault=bad_backend())


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return rehearsed(tmp_path_factory.mktemp("alone"))


def test_what_it_cannot_break_was_not_checked(alone: Report) -> None:
    checked = {each.invariant.name for each in alone.verdicts if each.checks}
    assert checked == set()
    assert "no page loads its assets from another partition (nothing here could break it)" in as_text(alone)


def test_a_backend_to_which_nothing_leads_is_said_to_be_called(alone: Report, tmp_path: Path) -> None:
    assert alone.figures.met > 0
    assert CALLED in alone.notes
    assert CALLED not in rehearsed(tmp_path, Url=URL).notes


def test_pages_cannot_need_a_new_backend_where_either_is_missing(
    tmp_path: Path, assembly_of: Callable[[str], Path]
) -> None:
    for folder, missing in (
        (assembly(tmp_path, backend("Api", "B")), "front-end"),
        (assembly_of("minimal"), "backend"),
    ):
        with pytest.raises(AssemblyError, match=f"changes no {missing} that visitors reach: no page can need a new"):
            rehearse(folder, fault=Fault(needs_new_backend=True))
