"""What pytest says of the scenarios is what the report says, and nothing played is no success."""

from pathlib import Path
from typing import Any

import pytest

from verify_on_aws import scenarios
from verify_on_aws.caller import Caller
from verify_on_aws.report import Report, Result


def play(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str, *, only: str = "") -> list[Result]:
    path = folder / "test_played.py"
    path.write_text(code, "utf-8")
    monkeypatch.setattr(scenarios, "SCENARIOS", (path,))
    run: Any = object()
    found: list[Result] = []
    scenarios.play(run, only=only, done=found.append)
    return found


def test_scenarios_that_cannot_be_collected_are_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (found,) = play(monkeypatch, tmp_path, "import no_such_module_anywhere")
    assert (found.name, found.outcome) == ("the scenarios", "failed")
    assert found.said == "pytest ended with INTERRUPTED: its output above says why"


def test_no_scenario_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (found,) = play(monkeypatch, tmp_path, "def test_one(): pass", only="another")
    assert found.said == "pytest ended with NO_TESTS_COLLECTED: its output above says why"


def test_scenarios_that_fail_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = play(monkeypatch, tmp_path, "def test_one(): pass\ndef test_another(): assert 0")
    assert [(each.name, each.outcome) for each in found] == [("one", "passed"), ("another", "failed")]


def test_an_interruption_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        play(monkeypatch, tmp_path, "def test_one(): raise KeyboardInterrupt")


def test_a_report_without_a_scenario_does_not_hold(tmp_path: Path) -> None:
    report = Report(tmp_path, Caller("123456789012", "us-east-1", "", ""))
    assert not report.held()
    report.experiments.append(Result("Who?", "answered"))
    assert not report.held()
    report.scenarios.append(Result("good", "passed"))
    assert report.held()
