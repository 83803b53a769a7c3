"""Releases of the storefront, rehearsed from its synthesized assembly."""

import json
import re
import shutil
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import simpy

from prod_one_box.rehearsal.aws.cloudformation import StackUpdate
from prod_one_box.rehearsal.plan.release_plan import Disturbance, read_release, ways_back
from prod_one_box.rehearsal.play import play as play_once
from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.report.report_html import report_as_html
from prod_one_box.rehearsal.report.report_json import report_as_json
from prod_one_box.rehearsal.visitors.faults import GOOD, Fault
from prod_one_box.rehearsal.visitors.population import Crowd, Population
from prod_one_box.rehearsal.visitors.release_site import read_site
from prod_one_box.rehearsal.visitors.scenario import Scenario
from prod_one_box.template.cloud_assembly import AssemblyError, read_assembly
from prod_one_box.template.edge_functions import edge_functions
from rehearsed import bad_backend, bad_front_end, split_into

FEW = Population(visits_per_minute=60, assets_per_page=2, api_calls_per_page=1)
Play = Callable[..., Report]


@pytest.fixture(scope="module")
def storefront(one_wave: Callable[..., Path]) -> Path:
    return one_wave()


@pytest.fixture(scope="module")
def play(storefront: Path) -> Play:
    """Rehearses the storefront; alike rehearsals only once."""
    known: dict[str, Report] = {}

    def played(fault: Fault = GOOD, **arguments: Any) -> Report:
        key = repr((fault, sorted(arguments.items())))
        if key not in known:
            known[key] = rehearse(storefront, fault=fault, visitors=FEW, **arguments)
        return known[key]

    return played


def broken(report: Report) -> set[str]:
    return {verdict.invariant.name for verdict in report.verdicts if not verdict.held}


def mutated(assembly: Path, folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A copy of the storefront's assembly whose template was changed."""
    copy = Path(shutil.copytree(assembly, folder / "mutated"))
    template = copy / "Storefront.template.json"
    content = json.loads(template.read_text())
    change(content["Resources"])
    template.write_text(json.dumps(content))
    return copy


def test_a_good_release_reaches_everybody_and_breaks_nothing(play: Play) -> None:
    report = play()

    assert report.released
    assert report.held
    assert report.figures.errors == report.figures.broken == 0
    assert report.figures.overhead < 120


def test_a_bad_front_end_is_contained_within_a_poll_of_its_alarm(play: Play) -> None:
    report = play(bad_front_end())
    figures = report.figures

    assert not report.released
    assert broken(report) == set()
    assert figures.detect is not None
    assert figures.contain is not None
    assert figures.contain - figures.detect <= 12  # A poll every 10 s, and a handler that takes 1 s.
    assert 0 < figures.blast_radius < 0.2


def test_a_bad_backend_stops_in_the_first_steps_of_its_shift(play: Play) -> None:
    report = play(bad_backend())
    slices = [each for each in report.timeline.slices if each.new[2]]
    new, old = (sum(getattr(each, name)[2] for each in slices) for name in ("new", "old"))

    assert not report.released
    assert broken(report) == set()
    assert new / (new + old) < 0.35


def test_every_way_back_is_played_and_the_ones_that_break_a_promise_are_named(play: Play) -> None:
    report = play(disturbance=Disturbance(crash_at_poll=5))
    guilty = {way.name for way in report.ways if any(not verdict.held for verdict in way.verdicts)}

    assert len(report.ways) > 20
    assert broken(report) == {"NEW_ON_NEW"}
    assert guilty
    assert all(name.index("backend") < name.index("one-box") for name in guilty if "all at once" not in name)


def test_without_stickiness_nearly_every_page_breaks_while_the_partitions_are_apart(storefront: Path) -> None:
    many = Population(visits_per_minute=30, assets_per_page=15, api_calls_per_page=0)
    report = rehearse(storefront, visitors=many, without=["stickiness", "retained-assets"])

    assert {"STICKY", "OWN_ASSETS"} <= broken(report)
    assert report.figures.broken_apart / report.figures.pages_apart > 0.9


def test_retained_assets_keep_pages_whole_that_were_loaded_before_a_switch(storefront: Path) -> None:
    many = Population(visits_per_minute=60, assets_per_page=15, api_calls_per_page=0)
    kept, lost = (rehearse(storefront, visitors=many, without=without) for without in ([], ["retained-assets"]))

    assert kept.figures.replaced == 0
    assert lost.figures.replaced > 0


def test_without_order_new_pages_meet_the_old_backend_before_any_bake(play: Play) -> None:
    assert {"NEW_ON_NEW", "BAKED_FIRST"} <= broken(play(without=["order"]))


def test_without_containment_the_front_end_can_go_back_after_the_backend(play: Play) -> None:
    report = play(bad_front_end(), without=["containment"])
    contained, best = report.figures.contain, play(bad_front_end()).figures.contain

    assert "NEW_ON_NEW" in broken(report)
    assert contained is not None
    assert best is not None
    assert contained > best + 60


def test_without_a_bake_a_bad_front_end_reaches_everybody(play: Play) -> None:
    report = play(bad_front_end(), without=["bake"])

    assert report.released
    assert report.figures.blast_radius > 2 * play(bad_front_end()).figures.blast_radius


def test_what_a_bad_release_breaks_after_it_was_let_through_is_broken_for_as_long_as_the_rehearsal_goes_on(
    play: Play,
) -> None:
    report = play(bad_front_end(), without=["bake"])
    (waits,) = (each for each in report.verdicts if each.invariant.name == "BAKED_FIRST")

    assert waits.seconds > report.assumptions.aftermath_seconds


def test_a_site_that_is_red_already_gets_no_release(play: Play) -> None:
    report = play(red=("FrontendOneBoxHttpApiErrorRateC900701B",))

    assert not report.released
    assert report.figures.met == 0


def test_the_same_seed_gives_the_same_report_and_another_seed_another(storefront: Path) -> None:
    few = Population(visits_per_minute=20, assets_per_page=1, api_calls_per_page=1)
    first, again, other = (rehearse(storefront, visitors=few, seed=seed) for seed in (1, 1, 2))

    assert report_as_json(first) == report_as_json(again)
    assert report_as_html(first) == report_as_html(again)
    assert report_as_json(first) != report_as_json(other)


def test_a_dropped_dependency_is_noticed(storefront: Path, tmp_path: Path) -> None:
    def drop(resources: dict[str, Any]) -> None:
        del resources["FrontendRegularAlias8672167B"]["DependsOn"]

    report = rehearse(mutated(storefront, tmp_path, drop), visitors=FEW)

    assert {"NEW_ON_NEW", "BAKED_FIRST"} <= broken(report)


def test_alarms_that_nobody_watches_let_a_bad_front_end_through(storefront: Path, tmp_path: Path) -> None:
    def look_away(resources: dict[str, Any]) -> None:
        for name in ("FrontendPreflightA784180C", "FrontendBake529A449C"):
            resources[name]["Properties"]["Alarms"] = []
            resources[name]["Metadata"]["ProdOneBox"]["Alarms"] = []

    unwatched = mutated(storefront, tmp_path, look_away)
    report = rehearse(unwatched, visitors=FEW, fault=bad_front_end(), without=["comparison"])

    assert report.released
    assert (report.figures.detect, report.figures.contain) == (None, None)
    assert report.figures.alarmed is not None
    assert sum("watches no alarm" in note for note in report.notes) == 2

    compared = rehearse(unwatched, visitors=replace(FEW, usual_errors=0.01), fault=bad_front_end())

    assert not compared.released
    assert compared.held
    assert compared.figures.compared
    assert sum("watches no alarm" in note for note in compared.notes) == 1


def test_origins_that_lead_to_the_other_partition_are_named(storefront: Path, tmp_path: Path) -> None:
    def swap(resources: dict[str, Any]) -> None:
        partitions = resources["SiteDistribution390DED28"]["Metadata"]["ProdOneBox"]["Partitions"]
        partitions["one-box"], partitions["regular"] = partitions["regular"], partitions["one-box"]

    report = rehearse(mutated(storefront, tmp_path, swap), visitors=FEW)

    assert any("leads to Frontend/Regular/Alias" in note for note in report.notes)


def test_a_rollback_that_leaves_an_alias_behind_is_noticed(storefront: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave_everything(update: StackUpdate) -> Generator[simpy.Event, object, bool]:
        yield update._world.env.timeout(60)
        return True

    monkeypatch.setattr(StackUpdate, "_roll_back", leave_everything)
    report = rehearse(storefront, visitors=FEW, fault=bad_front_end())

    assert broken(report) == {"RESTORED"}
    assert report.figures.back is None


def test_what_a_way_back_costs_does_not_depend_on_how_it_is_computed(storefront: Path, play: Play) -> None:
    """Ways that are continued from where the update ended are as if they had been played from the beginning."""
    fault = bad_front_end()
    stacks = read_assembly(storefront)
    report = play(fault)
    plan = read_release(stacks[0])
    for way in list(ways_back(plan))[::150]:
        scenario = Scenario(
            site=read_site(plan, stacks),
            crowd=Crowd(edge_functions(stacks), FEW, shares=split_into(20), seed=1),
            population=FEW,
            fault=fault,
            shares=split_into(20),
            keeps_assets=True,
        )
        whole = play_once(replace(plan, way_back=way), scenario)
        assert whole.figures in [each.figures for each in report.ways]


def test_the_page_needs_nothing_else(play: Play) -> None:
    page = report_as_html(play(bad_front_end()))

    assert not re.search(r"<script|<link|<img|@import|url\(|https?://", page)
    assert page.count("<svg") == 7
    assert "NaN" not in page


def test_an_app_without_a_backend_and_one_with_lambda_at_edge_are_rehearsed_too(
    assembly_of: Callable[..., Path],
) -> None:
    report = rehearse(assembly_of("minimal"), visitors=FEW, fault=bad_front_end())
    assert (report.released, broken(report)) == (False, set())
    assert report.figures.contain is not None

    report = rehearse(assembly_of("storefront", "lambda-at-edge"), visitors=replace(FEW, visits_per_minute=20))
    assert (report.released, broken(report)) == (True, set())


@pytest.mark.parametrize(
    ("given", "blamed"),
    [
        ({"Threshold": {"Ref": "Limit"}}, "the property Threshold"),
        ({"Threshold": {"Fn::If": ["Strict", 1, 5]}}, "the property Threshold"),
        ({"DatapointsToAlarm": 99}, "DatapointsToAlarm, which is 99: more than EvaluationPeriods"),
    ],
)
def test_a_watched_alarm_that_cannot_be_evaluated_is_refused_by_name(
    storefront: Path, tmp_path: Path, given: dict[str, Any], blamed: str
) -> None:
    def change(resources: dict[str, Any]) -> None:
        for resource in resources.values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                resource["Properties"].update(given)

    with pytest.raises(AssemblyError, match=f"this alarm cannot be evaluated: .*{blamed}"):
        rehearse(mutated(storefront, tmp_path, change), visitors=FEW)
