"""The minutes of an abort that the documentation tells are those of the rehearsal that it shows."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docs.pages import ROOT
from prod_one_box.cli.main import main

PAGE = ROOT / "docs" / "an-abort.md"


@pytest.fixture
def report(assemblies: dict[str, Callable[[str], Path]], tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "report.json"
    deployed, released = (str(assemblies[name]("storefront")) for name in ("deployed.out", "cdk.out"))
    assert main(["rehearse", released, "--against", deployed, "--fault", "front-end", "--json", str(file)]) == 0
    played: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return played


def test_the_minutes_of_an_abort_are_those_of_its_rehearsal(report: dict[str, Any]) -> None:
    told = re.findall(r"^\| (\d+:\d\d(?: to \d+:\d\d)?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    versions = {move["after"]["version"] for move in report["moves"]}
    backend_back = _span(report, "backend", back=True)

    assert told == [
        _clock(_journal(report, "UPDATE_IN_PROGRESS")),
        _clock(max(span["end"] for span in report["spans"] if span["name"] in versions)),
        _clock(_move(report, "CodeDeploy shifts 10%")),
        _clock(_move(report, "the release")),
        _clock(_span(report, "bake", back=False)["begin"]),
        _clock(next(change["time"] for change in report["alarms"] if change["after"] == "ALARM")),
        _clock(_move(report, "containment")),
        _clock(_journal(report, "UPDATE_ROLLBACK_IN_PROGRESS")),
        _clock(min(span["begin"] for span in report["spans"] if span["back"])),
        f"{_clock(backend_back['begin'])} to {_clock(backend_back['end'])}",
        _clock(_journal(report, "UPDATE_ROLLBACK_COMPLETE")),
    ]


def _journal(report: dict[str, Any], status: str) -> float:
    times: list[float] = [entry["time"] for entry in report["journal"] if entry["text"] == status]
    return times[0]


def _move(report: dict[str, Any], why: str) -> float:
    times: list[float] = [move["time"] for move in report["moves"] if move["why"].startswith(why)]
    return times[0]


def _span(report: dict[str, Any], phase: str, *, back: bool) -> dict[str, float]:
    spans: list[dict[str, float]] = [span for span in report["spans"] if (span["phase"], span["back"]) == (phase, back)]
    return spans[0]


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
