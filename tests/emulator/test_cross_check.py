"""The rehearsal and the emulator play the same scenarios from the same assemblies, and agree."""

import json
import os
from collections.abc import Callable

import pytest

from emulator import emulator_page
from emulator.emulated_aws import BUILD, emulator_version
from emulator.measured import write_measured
from emulator.played import CrossCheck, Played
from emulator.scenario import SCENARIOS, Scenario
from emulator.site import Site
from prod_one_box import Assumptions
from prod_one_box.cli.rehearse_options import read_assumptions

SHOWN = {"good": "good", "red": "red during the bake", "cancelled": "cancelled during the bake"}
MEASURED = BUILD / "measured.json"


@pytest.fixture(scope="module")
def cross_check(new_site: Callable[[str], Site]) -> CrossCheck:
    return CrossCheck(new_site)


@pytest.fixture(scope="module")
def played(cross_check: CrossCheck) -> list[Played]:
    return [cross_check.played(each) for each in SCENARIOS]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_the_rehearsal_and_the_emulator_agree(scenario: Scenario, cross_check: CrossCheck) -> None:
    assert cross_check.played(scenario).checked.unexplained == ()


def test_each_explanation_of_a_disagreement_is_needed(played: list[Played]) -> None:
    used = {each.name for one in played for each in one.checked.explained}
    assert used == {each.name for each in emulator_page.EXPLAINED}


def test_a_rehearsal_takes_the_durations_that_the_run_measured(played: list[Played]) -> None:
    write_measured(MEASURED, where=emulator_version(), operations=[each.of_changed() for each in played])
    measured = json.loads(MEASURED.read_text())["assume"]

    assumed = Assumptions.from_file(MEASURED)

    assert assumed == read_assumptions([f"@{MEASURED}"])
    assert measured.keys() >= {"handler_seconds", "rollback_start_seconds", "cleanup_seconds"}
    assert assumed.handler_seconds == measured["handler_seconds"] > 0
    assert assumed.seconds_to_update("AWS::Lambda::Alias") == measured["update_seconds.AWS::Lambda::Alias"]


def test_the_page_shows_what_was_found(played: list[Played]) -> None:
    parts = {"cross-check": emulator_page.cross_check([each.checked for each in played]), "gaps": emulator_page.gaps()}
    if os.environ.get("EMULATOR_REPORT"):  # make emulator-report
        assert [each.checked.unexplained for each in played] == [()] * len(played)
        shown = {name: next(each for each in played if each.scenario.name == of) for name, of in SHOWN.items()}
        events = {name: emulator_page.events(each) for name, each in shown.items()}
        version = f"Written by `make emulator-report`, with {emulator_version()}."
        emulator_page.write_page({**parts, **events, "version": version})
    for name, made in parts.items():
        assert emulator_page.written(name) == made, "remake the page with `make emulator-report`"
    assert emulator_version() in emulator_page.written("version"), "remake the page with `make emulator-report`"
