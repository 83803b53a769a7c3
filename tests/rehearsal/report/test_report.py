"""All reports say the same: what was played, what it came to, in which way back, and how that is to be judged."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.plan.release_plan import Disturbance
from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.report.judgement import blast_of, containment_of
from prod_one_box.rehearsal.report.limits import Limits
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.report.report_html import report_as_html
from prod_one_box.rehearsal.report.report_json import report_as_json
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.template.cloud_assembly import AssemblyError
from rehearsed import as_text, bad_backend, bad_front_end

FEW = Population(visits_per_minute=60, assets_per_page=1, api_calls_per_page=1)
NOBODY = Population(visits_per_minute=0)


@pytest.fixture(scope="module")
def storefront(one_wave: Callable[..., Path]) -> Path:
    return one_wave()


@pytest.fixture(scope="module")
def front_end(storefront: Path) -> Report:
    return rehearse(storefront, fault=bad_front_end(), visitors=FEW)


@pytest.fixture(scope="module")
def backend(storefront: Path) -> Report:
    return rehearse(storefront, fault=bad_backend(), visitors=FEW)


def broken(report: Report) -> dict[str, int]:
    return {each.invariant.name: each.violations for each in report.verdicts if not each.held}


def test_a_bad_front_end_is_judged_alike_in_every_report(front_end: Report) -> None:
    containment, blast = containment_of(front_end), blast_of(front_end)
    said = json.loads(report_as_json(front_end))

    assert containment is not None
    assert blast is not None
    assert containment.within_one_poll
    assert containment.after_alarm <= containment.poll == 11
    assert blast.within
    assert blast.share_met == blast.met / blast.came
    assert (said["containment"]["within_one_poll"], said["blast"]["within"]) == (True, True)
    for report in (as_text(front_end), report_as_html(front_end)):
        assert "after its alarm; within one poll (11 s)" in report
        assert f"{blast.share_met:.1%}" in report
        assert f"{front_end.figures.blast_radius:.2%} of visitors" in report


def test_the_report_and_the_wait_say_how_many_requests_the_one_box_served_during_the_bake(storefront: Path) -> None:
    report = rehearse(storefront, visitors=FEW)
    said = [each.text for each in report.journal if "The one-box served" in each.text]
    counted = re.search(r"Quiet for 0:13:00\. .* The one-box served at least ([\d,]+) requests", said[0])

    assert counted
    served = report.exposure[0].baked
    assert served
    # The wait counts whole minutes, as far as their data has arrived.
    assert 0.7 * served < int(counted[1].replace(",", "")) <= served
    assert re.search(
        rf"seen by the bake +{served:,}  requests that the one-box served during the bake", as_text(report)
    )
    assert json.loads(report_as_json(report))["exposure"][0]["baked"] == served


def test_a_bake_that_saw_nobody_is_named(storefront: Path) -> None:
    report = rehearse(storefront, visitors=NOBODY)
    (said,) = [each.text for each in report.journal if "The one-box served" in each.text]

    assert ": unvisited. Quiet" in said
    assert [each.baked for each in report.exposure] == [0, None]
    assert "during the bake: it proves nothing" in as_text(report)


def test_why_a_release_went_back_is_told_in_whole_sentences(storefront: Path, front_end: Report) -> None:
    of_two = rehearse(storefront, visitors=NOBODY, red=["Backend/AliasErrorRate", "Backend/AliasLatency"])
    assert re.fullmatch(
        r"Alarm [\w/]+ is ALARM: 2 of 2 data points were above 5\. Contained: (\S+ is back on version 1[;.] ?)+",
        front_end.reason,
    )
    assert re.fullmatch(r"(Alarm [\w/]+ is ALARM: it was red before the release\. ?){2}", of_two.reason)


def test_a_front_end_that_reached_more_than_its_share_is_said_to_have(front_end: Report) -> None:
    exposure = tuple(replace(each, share=0.001) for each in front_end.exposure)
    blast = blast_of(replace(front_end, exposure=exposure))
    assert blast is not None
    assert not blast.within
    assert "MORE than" in as_text(replace(front_end, exposure=exposure))


def test_a_bad_backend_is_shown_step_by_step_until_it_was_noticed(backend: Report) -> None:
    figures = backend.figures
    assert figures.exposed_at is not None
    assert figures.detect is not None
    assert [round(step.part, 6) for step in backend.steps] == [(n + 1) / 10 for n in range(len(backend.steps))]
    assert all(step.begin < figures.exposed_at + figures.detect for step in backend.steps)
    assert sum(step.met for step in backend.steps) == figures.requests_met
    said = json.loads(report_as_json(backend))["steps"]
    for step, row in zip(backend.steps, said, strict=True):
        assert row["share"] == pytest.approx(step.met / step.requests, abs=1e-6)
        for report in (as_text(backend), report_as_html(backend)):
            assert f"{step.met:,} of {step.requests:,} requests" in report


def test_steps_that_go_on_after_a_bad_backend_was_noticed_are_not_said_to_end_there(backend: Report) -> None:
    *others, last = backend.steps
    longer = replace(backend, steps=(*others, last._replace(end=last.end + 60)))
    unnoticed = replace(backend, figures=replace(backend.figures, detect=None))
    for written in (as_text, report_as_html):
        assert "step by step until its detection" in written(backend)
        assert "in each step that started before its detection" in written(longer)
        assert "step by step; nothing detected it" in written(unnoticed)


def test_a_release_that_nobody_is_known_to_reach_is_not_said_to_have_reached_anybody(front_end: Report) -> None:
    unreached = replace(front_end, released=True, timeline=replace(front_end.timeline, tiers=()))
    assert "a bad front end is deployed; no visitor is known to reach it" in as_text(unreached)


def test_all_figures_are_of_one_way_back_and_what_is_worse_elsewhere_names_its_own(front_end: Report) -> None:
    figures = front_end.figures
    assert figures == front_end.ways[front_end.shown].figures
    assert figures.blast_radius == figures.met / figures.visitors
    assert front_end.ways[front_end.shown].name in as_text(front_end)


def in_another_way_back(report: Report, **figures: float | None) -> tuple[Report, str]:
    """The report, with other figures in a way back that it does not show; and that way's name."""
    number = 1 - min(report.shown, 1)
    other = replace(report.ways[number], figures=replace(report.ways[number].figures, **figures))
    return replace(report, ways=(*report.ways[:number], other, *report.ways[number + 1 :])), other.name


def test_what_is_worse_in_another_way_back_is_named_with_it_and_is_no_matter_of_how_long_that_takes(
    front_end: Report,
) -> None:
    assert json.loads(report_as_json(front_end))["worse"] == []
    more = front_end.figures.met_error + 1000
    changed, way = in_another_way_back(front_end, met_error=more)
    (worse,) = json.loads(report_as_json(changed))["worse"]
    assert (worse["name"], worse["value"], worse["way"]) == ("met_error", more, way)
    assert f"{more:,} visitors" in as_text(changed)


def test_what_never_comes_to_pass_in_another_way_back_is_worse_than_any_time(front_end: Report) -> None:
    changed, way = in_another_way_back(front_end, back=None)
    (worse,) = json.loads(report_as_json(changed))["worse"]
    assert (worse["name"], worse["value"], worse["way"]) == ("back", None, way)


def test_a_site_without_visitors_breaks_the_order_by_its_history_alone(storefront: Path) -> None:
    report = rehearse(storefront, visitors=NOBODY, disturbance=Disturbance(crash_at_poll=5))

    assert broken(report) == {"NEW_ON_NEW": 0}
    assert not report.held
    assert "0 of 0 checks; the aliases violated it for" in as_text(report)
    assert any(
        note.startswith("No visitors: invariants were checked against the aliases' history alone")
        for note in report.notes
    )


def test_a_release_that_reaches_everybody_breaks_the_order_by_its_history_alone(storefront: Path) -> None:
    report = rehearse(storefront, visitors=NOBODY, without=["order"])

    assert report.released
    assert broken(report) == {"NEW_ON_NEW": 0, "BAKED_FIRST": 0}


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Disturbance(cancel_at=999_999), "the cancel after 277 h 46 min 39 s never happened: the update was over"),
        (Disturbance(sibling_fails_at=500_000), "the other resource's failure after .* never happened"),
        (
            Disturbance(throttle_at=500_000),
            "the throttling after .* never happened: no wait's handler was called then, and the upd",
        ),
        (Disturbance(crash_at_poll=9999), "the crash at poll 9999 never happened: the bake was over"),
        (Disturbance(crash_at_poll=3, cancel_at=999_999), "the cancel after .* the update was over after 1"),
    ],
)
def test_what_never_came_to_pass_is_refused(storefront: Path, asked: Disturbance, reason: str) -> None:
    with pytest.raises(AssemblyError, match=reason) as refused:
        rehearse(storefront, visitors=NOBODY, disturbance=asked)
    assert "\n" not in str(refused.value)


def test_where_nothing_had_moved_nothing_took_for_ever(storefront: Path) -> None:
    report = rehearse(storefront, visitors=NOBODY, disturbance=Disturbance(cancel_at=1), limits=Limits(max_back=5))

    assert report.held
    assert report.moves == ()
    assert "0 s  nothing had moved" in as_text(report)
    assert "a good release was stopped before anything moved" in as_text(report)


def test_a_bad_release_that_reached_everybody_says_so_unless_that_is_accepted(front_end: Report) -> None:
    let_through = replace(front_end, released=True)
    accepted = replace(let_through, limits=Limits(allow_undetected=True))
    for written in (as_text, report_as_html):
        assert "Nothing stopped the bad release" in written(let_through)
        assert "Nothing stopped the bad release" not in written(front_end)
        assert "Nothing stopped the bad release" not in written(accepted)


def test_a_bad_release_that_nobody_noticed_does_not_hold(storefront: Path) -> None:
    fault = bad_front_end(error_rate=0.001)
    report = rehearse(storefront, fault=fault, visitors=FEW)
    assert report.released
    assert [each.name for each in report.exceeded] == ["allow_undetected"]
    assert not report.held
    said = "the bad release reached all visitors; no watched alarm turned red"
    assert repr(report) == f"<Report of Storefront: allow_undetected: {said}>"
    assert rehearse(storefront, fault=fault, visitors=FEW, limits=Limits(allow_undetected=True)).held


def test_a_bad_release_that_was_cancelled_before_anybody_noticed_is_not_judged(storefront: Path) -> None:
    cancelled = Disturbance(cancel_at=11 * 60)
    report = rehearse(storefront, fault=bad_front_end(error_rate=0.001), visitors=FEW, disturbance=cancelled)
    assert report.figures.exposed_at is not None
    assert report.exceeded == ()


def test_a_failed_assertion_shows_what_broke(front_end: Report) -> None:
    limits = Limits(max_affected=0.01, max_contain=60, max_total=1e9)
    exceeded = limits.exceeded_in([(way.name, way.figures) for way in front_end.ways])
    (first, *others) = front_end.verdicts
    guilty = replace(front_end, exceeded=exceeded, verdicts=(replace(first, violations=1), *others))

    assert re.fullmatch(
        r"<Report of Storefront: max_affected: [0-9.]+%, accepted up to 1\.00%; "
        r"max_contain: \d+ min .. s, accepted up to 1 min 00 s; "
        r"broken: a visitor's partition never changes while the shares stay the same>",
        repr(guilty),
    )
    assert len(repr(guilty)) < 240  # where pytest begins to cut


def test_a_failed_assertion_shows_why_a_release_went_back(front_end: Report) -> None:
    assert repr(front_end) == f"<Report of Storefront: went back: {front_end.reason}>"
    assert repr(replace(front_end, released=True, reason="")) == "<Report of Storefront: promoted>"


def test_where_counting_ends_with_the_promotion_the_figures_say_so(storefront: Path, front_end: Report) -> None:
    good = rehearse(storefront, visitors=FEW)
    for written in (as_text, report_as_html):
        assert "of visitors until the update ended, all afterwards; " in written(good)
        assert "until the update ended" not in written(replace(front_end, released=True))
        assert "until the update ended" not in written(replace(good, released=False))


def test_a_column_that_nobody_fills_takes_no_room(storefront: Path, front_end: Report) -> None:
    good = as_text(rehearse(storefront, visitors=NOBODY))
    assert re.search(r"^  regular +out  [0-9:]+-[0-9:]+  Frontend", good, re.MULTILINE)
    assert re.search(r"^  bake +out +[0-9:]+-[0-9:]+ +failed  Frontend", as_text(front_end), re.MULTILINE)


@pytest.mark.parametrize("width", [60, 80])
def test_the_text_fits_a_narrow_window(front_end: Report, backend: Report, width: int) -> None:
    for report in (front_end, backend):
        assert max(len(line) for line in as_text(report, width=width).splitlines()) <= width


def test_a_terminal_gets_colour_unless_it_asks_for_none(front_end: Report) -> None:
    green = "\x1b[32m"
    assert green in as_text(front_end, force_terminal=True, color_system="standard")
    assert green not in as_text(front_end, force_terminal=True, color_system="standard", no_color=True)
    assert "\x1b" not in as_text(front_end)


def test_every_chart_has_its_axis_and_its_legend(front_end: Report) -> None:
    charts = report_as_html(front_end).split("<figure>")[1:]
    for chart in charts:
        assert "minutes since the update started" in chart
        assert chart.split("</figcaption>")[0].count("<i class=") >= 2


def test_broken_results_that_the_text_leaves_out_are_counted(front_end: Report) -> None:
    (first, *others) = front_end.verdicts
    guilty = (replace(first, violations=1), *others)
    ways = tuple(
        replace(way, name=f"way {n}", figures=replace(way.figures, back=float(n)), verdicts=guilty if n < 8 else others)
        for n, way in enumerate(front_end.ways[:9])
    )
    assert "3 more results, none worse, 2 of them BROKEN" in as_text(replace(front_end, ways=ways, shown=0))
    held = tuple(replace(way, verdicts=tuple(others)) for way in ways)
    assert "3 more results, none worse, none of them broken" in as_text(replace(front_end, ways=held, shown=0))


def test_a_long_name_is_shortened_to_what_fits_beside_its_chart(front_end: Report) -> None:
    page = report_as_html(front_end)
    names = re.findall(r'<text class="name" x="232" y="[0-9.]+">([^<]+)<title>', page)
    assert any("…" in name for name in names)
    assert max(map(len, names)) * 7.5 <= 232


def test_latencies_that_are_assumed_are_named_where_they_alone_stop_a_release(storefront: Path) -> None:
    few = Population(visits_per_minute=20, assets_per_page=0, api_calls_per_page=1)
    slow = Assumptions(api_milliseconds=5000)
    report = rehearse(storefront, visitors=few, assumptions=slow)
    (note,) = (note for note in report.notes if note.startswith("Assumed latencies alone"))
    assert "Backend/AliasLatency" in note
    assert "api_milliseconds" in note
    assert "--assume" in note


def test_a_release_that_is_slower_for_its_fault_is_not_said_to_be_stopped_by_assumption(front_end: Report) -> None:
    assert not any("assumed latencies" in note for note in front_end.notes)
