"""A rehearsed bake compares the new version with the old one, by the handler's own code on the played requests."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.report.judgement import containment_of
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.report.report_html import report_as_html
from prod_one_box.rehearsal.report.report_json import report_as_json
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.sandbox.wait_process import WaitProcess
from rehearsed import as_text, bad_front_end, scenario

SIXTY_A_MINUTE = Population(visits_per_minute=15, assets_per_page=0, api_calls_per_page=0, usual_errors=0.01)
"""60 pages a minute, of which the one-box serves a fifth."""


@pytest.fixture(scope="module")
def storefront(one_wave: Callable[..., Path]) -> Path:
    return one_wave()


@pytest.fixture(scope="module")
def stopped(storefront: Path) -> Report:
    return rehearse(storefront, fault=bad_front_end(0.2), visitors=SIXTY_A_MINUTE)


@pytest.fixture(scope="module")
def passed(storefront: Path) -> Report:
    return rehearse(storefront, visitors=SIXTY_A_MINUTE)


def test_a_front_end_that_fails_a_fifth_of_few_requests_is_stopped_by_the_comparison_alone(stopped: Report) -> None:
    assert not stopped.released
    assert stopped.held
    assert stopped.reason.startswith("New against old: ")
    assert not [change for change in stopped.alarms if change.after == "ALARM"]
    assert stopped.figures.compared


def test_it_is_contained_within_one_poll_after_the_minute_that_decided(stopped: Report) -> None:
    assert stopped.figures.exposed_at is not None
    assert stopped.figures.detect is not None
    containment = containment_of(stopped)
    assert containment is not None
    assert 0 <= containment.after_alarm <= containment.poll == 11
    # A minute is judged when it is three minutes old, and at least three minutes must have had errors.
    assert stopped.figures.detect >= 3 * 60 + 180
    assert (stopped.figures.exposed_at + stopped.figures.detect + scenario().phase) % 60 == 0


def test_without_the_comparison_the_same_front_end_reaches_everybody(storefront: Path) -> None:
    report = rehearse(storefront, fault=bad_front_end(0.2), visitors=SIXTY_A_MINUTE, without=["comparison"])

    assert report.released
    assert not report.held
    assert not any("New against old" in each.text for each in report.answers)
    assert "without comparison reached all visitors" in as_text(report)


def test_every_report_says_that_the_comparison_stopped_it(stopped: Report) -> None:
    reason = stopped.reason.partition(":")[0]
    assert f"Why it went back: {reason}: " in as_text(stopped)
    assert f"Why it went back: {reason}: " in report_as_html(stopped)
    assert json.loads(report_as_json(stopped))["figures"]["compared"] is True
    within = "after the minute that decided could be read; within one poll (11 s)"
    assert within in as_text(stopped)
    assert within in report_as_html(stopped)


def test_every_report_has_the_findings_of_a_bake_that_passed(passed: Report) -> None:
    (answer,) = [each for each in passed.answers if each.phase == "bake"]
    assert passed.released
    assert (answer.wave, answer.passed) == ("one-box", True)
    assert "New against old: " in answer.text
    assert "would have been found" in answer.text
    for shown in (as_text(passed, width=2000), report_as_html(passed)):
        assert "What the bakes and the watch found" in shown
        assert answer.text in shown
    assert answer.text in [each["text"] for each in json.loads(report_as_json(passed))["answers"]]


def test_the_hours_before_the_release_show_what_is_usual(passed: Report, storefront: Path) -> None:
    never_failing = Population(visits_per_minute=15, assets_per_page=0, api_calls_per_page=0)
    report = rehearse(storefront, visitors=never_failing)

    assert "how many usually failed" not in passed.answers[0].text
    assert "how many usually failed" in report.answers[0].text


def test_ways_back_repeat_no_poll_of_the_release(storefront: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are the same until the update ends, so the waits' code is called again only from there on."""
    calls: list[datetime] = []
    call = WaitProcess.call

    def counted(self: WaitProcess, *arguments: Any, **options: Any) -> object:
        calls.append(options["now"])
        return call(self, *arguments, **options)

    monkeypatch.setattr(WaitProcess, "call", counted)
    report = rehearse(storefront, fault=bad_front_end(0.2), visitors=SIXTY_A_MINUTE)
    assert report.figures.ended_at is not None
    ended_at = calls[0] + timedelta(seconds=report.figures.ended_at - 1)  # the first call is a second after the start
    before = [each for each in calls if each < ended_at]
    assert before
    assert len(before) == len(set(before))
