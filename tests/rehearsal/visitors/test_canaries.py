"""The storefront with a canary: what no error rate sees is noticed during the bake."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.aws.aliases import AliasBoard
from prod_one_box.rehearsal.plan.release_plan import read_release
from prod_one_box.rehearsal.play import play, traffic_before
from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.report.report_json import report_as_json
from prod_one_box.rehearsal.visitors.faults import Fault
from prod_one_box.rehearsal.visitors.population import Crowd, Population
from prod_one_box.rehearsal.visitors.release_site import read_site
from prod_one_box.rehearsal.visitors.scenario import Scenario
from prod_one_box.template.cloud_assembly import read_assembly
from rehearsed import bad_backend, split_into

FEW = Population(visits_per_minute=30, assets_per_page=2, api_calls_per_page=1)
BROKEN = Fault(front_end=True, broken_page=True)
CANARY, ALARM = "OneBoxCanaryFC3D51D6", "OneBoxCanaryAlarmC260A65A"
SHOWN, SHOWN_ALARM = "OneBoxCanary/Canary", "OneBoxCanary/Alarm"
SHARES = split_into(20)
Synthesize = Callable[..., Path]


@pytest.fixture(scope="module")
def made(one_wave: Callable[..., Path]) -> Synthesize:
    def of(release: str = "", *, canary: bool = True) -> Path:
        chosen = {"release": release} if release else {}
        return one_wave(**chosen, **({"testerSecretDigest": "ab" * 32} if canary else {}))

    return of


@pytest.fixture(scope="module")
def noticed(made: Synthesize) -> Report:
    return rehearse(made(), visitors=FEW, fault=BROKEN)


def changed(assembly: Path, folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of an assembly whose canary was changed."""
    copy = Path(shutil.copytree(assembly, folder / "changed"))
    template = copy / "Storefront.template.json"
    content = json.loads(template.read_text())
    change(content["Resources"][CANARY])
    template.write_text(json.dumps(content))
    return copy


def states(report: Report) -> list[tuple[str, str]]:
    """What the canary's alarm went through."""
    return [(change.before, change.after) for change in report.alarms if change.logical_id == ALARM]


def test_a_broken_page_is_noticed_in_the_bake_and_contained(noticed: Report) -> None:
    assert not noticed.released
    assert SHOWN_ALARM in noticed.reason
    assert noticed.held
    assert noticed.figures.contain is not None
    assert noticed.figures.detect is not None
    assert noticed.figures.contain - noticed.figures.detect <= 12  # A poll every 10 s, and a handler that takes 1 s.
    assert 0 < noticed.figures.blast_radius < 0.2


def test_without_the_canary_nobody_notices_it(made: Synthesize) -> None:
    report = rehearse(made(canary=False), visitors=FEW, fault=BROKEN)

    assert report.released
    assert report.figures.detect is None


def test_a_good_release_stays_green_and_visitors_meet_the_same_as_without_a_canary(made: Synthesize) -> None:
    report, bare = (rehearse(made(canary=canary), visitors=FEW) for canary in (True, False))

    assert report.released
    assert states(report) == []
    assert (report.figures, report.timeline) == (bare.figures, bare.timeline)


@pytest.mark.parametrize(("run", "delay"), [(20.0, 60.0), (5.0, 0.0), (50.0, 120.0)])
def test_the_time_to_detect_is_what_intervals_periods_and_delays_come_to(
    made: Synthesize, run: float, delay: float
) -> None:
    """Up to an interval to the first visit, its run, two whole periods and one begun, rounded up to a minute."""
    assumptions = Assumptions(canary_run_seconds=run, metric_delay_seconds=delay)
    stacks = read_assembly(made())
    plan = read_release(stacks[0])
    crowd = Crowd({}, FEW, shares=SHARES, seed=1)
    scenario = Scenario(
        site=read_site(plan, stacks),
        crowd=crowd,
        population=FEW,
        fault=BROKEN,
        shares=SHARES,
        assumptions=assumptions,
    )
    detect = play(plan, scenario).figures.detect
    earliest = run + 2 * 120 + delay

    assert detect is not None
    assert earliest < detect <= earliest + 60 + 60


def test_a_canary_on_the_regular_partition_does_not_see_the_one_box(made: Synthesize, tmp_path: Path) -> None:
    def move(canary: dict[str, Any]) -> None:
        canary["Metadata"]["ProdOneBox"]["Canary"] = "regular"

    report = rehearse(changed(made(), tmp_path, move), visitors=FEW, fault=BROKEN)
    promoted = report.exposure[-1].switched_at

    assert promoted is not None
    assert states(report)[:1] == [("OK", "ALARM")]
    assert min(change.time for change in report.alarms if change.logical_id == ALARM) > promoted


def test_a_backend_that_always_fails_is_stopped_as_without_the_canary(made: Synthesize) -> None:
    report, bare = (rehearse(made(canary=canary), visitors=FEW, fault=bad_backend(1)) for canary in (True, False))

    assert not report.released
    assert report.held
    assert report.figures == bare.figures


def test_a_canary_that_comes_with_the_release_lets_a_good_one_pass(made: Synthesize) -> None:
    report = rehearse(made("two"), against=made(canary=False), visitors=FEW)

    assert report.released
    assert states(report) == [("INSUFFICIENT_DATA", "OK")]
    assert any(f"{SHOWN}: this canary is played: it comes with the release" in note for note in report.notes)


def test_a_canary_that_comes_in_the_bake_notices_a_broken_page_at_its_first_visit(made: Synthesize) -> None:
    """Its alarm fills the periods before that visit with failures."""
    report = rehearse(made("two"), against=made(canary=False), visitors=FEW, fault=BROKEN)

    assert not report.released
    assert states(report) == [("INSUFFICIENT_DATA", "ALARM")]


def test_what_is_played_again_for_another_way_back_has_the_same_canary(made: Synthesize) -> None:
    stacks = read_assembly(made("two"))
    plan = read_release(stacks[0], read_assembly(made(canary=False))[0])
    site, crowd = read_site(plan, stacks), Crowd({}, FEW, shares=SHARES, seed=1)
    scenario = Scenario(site=site, crowd=crowd, population=FEW, fault=BROKEN, shares=SHARES, keeps_assets=True)
    first = play(plan, scenario)
    ended = 60 * ((first.outcome.ended_at or 0) // 60)
    (key,) = (each for each in site.canaries.after[CANARY].measures if f"${{{CANARY}}}" in str(each))
    runs = [
        store.statistic(key, 0, ended, stat)
        for store in (first.store, traffic_before(plan, scenario, first).resume(AliasBoard({})).store)
        for stat in ("SampleCount", "Sum")
    ]

    assert runs[:2] == runs[2:]
    assert runs[0] is not None
    assert runs[0] > 0


def test_the_report_says_what_is_played_and_is_the_same_every_time(made: Synthesize, noticed: Report) -> None:
    once, again = (rehearse(made(), visitors=FEW) for _ in range(2))

    assert report_as_json(again) == report_as_json(once)
    assert [note for note in noticed.notes if "canary" in note.lower()] == [
        f"{SHOWN}: this canary is played: it was green before the release and visits the one-box partition every "
        "1 min 00 s; it does not count as a visitor"
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda canary: canary.pop("Metadata"), "does not say which partition"),
        (
            lambda canary: canary["Metadata"]["ProdOneBox"].update(Canary="beta"),
            "visits beta, which is not a partition",
        ),
        (lambda canary: canary["Properties"]["Schedule"].update(Expression="cron(0 * * * ? *)"), "cron"),
        (
            lambda canary: canary["Properties"]["Schedule"].update(DurationInSeconds="600"),
            "schedule ends after a while",
        ),
        (lambda canary: canary["Properties"].update(StartCanaryAfterCreation=False), "nothing starts it"),
    ],
)
def test_a_canary_that_is_not_understood_is_named_and_its_alarm_too(
    made: Synthesize, tmp_path: Path, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    stacks = read_assembly(changed(made(), tmp_path, change))
    site = read_site(read_release(stacks[0]), stacks)

    assert site.canaries.after == {}
    assert any(f"{CANARY}: this canary is not played" in note and why in note for note in site.notes)


def test_canaries_of_another_stack_are_played_if_they_visit_the_releases_distribution(made: Synthesize) -> None:
    stack = read_assembly(made())[0]
    canary = stack.resources[CANARY]
    exported = {
        "Domain": {"Value": {"Fn::GetAtt": ["SiteDistribution390DED28", "DomainName"]}, "Export": {"Name": "D"}}
    }
    here = {name: each for name, each in stack.resources.items() if name != CANARY}
    shop = replace(stack, resources=here, outputs=exported)

    def beside(site: object) -> set[str]:
        said = {**canary.body["Properties"], "RunConfig": {"EnvironmentVariables": {"SITE": site}}}  # type: ignore[dict-item]
        other = replace(
            stack, name="Watch", resources={CANARY: replace(canary, body={**canary.body, "Properties": said})}
        )
        return set(read_site(read_release(shop), [shop, other]).canaries.before)

    assert beside({"Fn::Join": ["", ["https://", {"Fn::ImportValue": "D"}]]}) == {f"Watch/{CANARY}"}
    assert beside("https://elsewhere.example.com") == set()
