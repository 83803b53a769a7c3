"""All reports say the same: what was played, what it came to, in which way back, and how that is to be judged."""

import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.release.release_plan import Disturbance
from prod_one_box.rehearsal.report.judgement import blast_of, containment_of
from prod_one_box.rehearsal.report.limits import Limits
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.report.report_html import report_as_html
from prod_one_box.rehearsal.report.report_json import report_as_json
from prod_one_box.rehearsal.report.report_text import print_report
from prod_one_box.rehearsal.visitors.population import Population
from rehearsed import bad_backend, bad_front_end

FEW = Population(visits_per_minute=60, assets_per_page=1, api_calls_per_page=1)
NOBODY = Population(visits_per_minute=0)


@pytest.fixture(scope="module")
def storefront(assembly_of: Callable[[str], Path]) -> Path:
    return assembly_of("storefront")


@pytest.fixture(scope="module")
def front_end(storefront: Path) -> Report:
    return rehearse(storefront, fault=bad_front_end(), visitors=FEW)


@pytest.fixture(scope="module")
def backend(storefront: Path) -> Report:
    return rehearse(storefront, fault=bad_backend(), visitors=FEW)


def as_text(report: Report, **console: Any) -> str:
    out = StringIO()
    print_report(report, Console(file=out, highlight=False, **{"width": 200, **console}))
    return out.getvalue()


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


def test_a_front_end_that_reached_more_than_its_share_is_said_to_have(front_end: Report) -> None:
    blast = blast_of(replace(front_end, share=0.01))
    assert blast is not None
    assert not blast.within
    assert "MORE than" in as_text(replace(front_end, share=0.01))


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


def test_all_figures_are_of_one_way_back_and_what_is_worse_elsewhere_names_its_own(front_end: Report) -> None:
    figures = front_end.figures
    assert figures == front_end.ways[front_end.shown].figures
    assert figures.blast_radius == figures.met / figures.visitors
    worse = {each["name"]: each for each in json.loads(report_as_json(front_end))["worse"]}["blast_radius"]
    (way,) = [way for way in front_end.ways if way.name == worse["way"]]
    assert way.figures.blast_radius == pytest.approx(worse["value"], abs=1e-6)
    assert front_end.ways[front_end.shown].name in as_text(front_end)
    assert worse["way"] in as_text(front_end)


def test_a_site_without_visitors_breaks_the_order_by_its_history_alone(storefront: Path) -> None:
    report = rehearse(storefront, visitors=NOBODY, disturbance=Disturbance(crash_at_poll=5))

    assert broken(report) == {"NEW_ON_NEW": 0}
    assert not report.held
    assert "0 of 0 checks; the aliases stood so for" in as_text(report)


def test_a_release_that_reaches_everybody_breaks_the_order_by_its_history_alone(storefront: Path) -> None:
    report = rehearse(storefront, visitors=NOBODY, without=["order"])

    assert report.released
    assert broken(report) == {"NEW_ON_NEW": 0, "REGULAR_WAITS": 0}


def test_what_never_happened_is_named(storefront: Path) -> None:
    asked = Disturbance(cancel_at=999_999, crash_at_poll=9999, sibling_fails_at=500_000)
    report = rehearse(storefront, visitors=NOBODY, disturbance=asked)

    assert report.released
    for start in ("The cancel after", "The other resource's failure after", "The crash at poll 9999"):
        (note,) = [note for note in report.notes if note.startswith(start)]
        assert "never happened" in note
    happened = rehearse(storefront, visitors=NOBODY, disturbance=Disturbance(crash_at_poll=3))
    assert not any("never happened" in note for note in happened.notes)


def test_where_nothing_had_moved_nothing_took_for_ever(storefront: Path) -> None:
    report = rehearse(storefront, visitors=NOBODY, disturbance=Disturbance(cancel_at=1), limits=Limits(max_back=5))

    assert report.held
    assert report.moves == ()
    assert "0 s  nothing had moved" in as_text(report)


def test_a_bad_release_that_reached_everybody_says_that_no_limit_was_set(front_end: Report) -> None:
    let_through = replace(front_end, released=True)
    for written in (as_text, report_as_html):
        assert "--max-affected" in written(let_through)
        assert "--max-affected" not in written(front_end)
        assert "no limit was set" not in written(replace(let_through, limits=Limits(max_total=1e9)))


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
        assert "minutes since the update began" in chart
        assert chart.split("</figcaption>")[0].count("<i class=") >= 2
