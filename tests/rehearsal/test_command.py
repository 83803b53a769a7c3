"""The command `prod-one-box rehearse`: its exit status, its reports, and what it says when it cannot run."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from prod_one_box.cli import main

QUIET = ["--visits-per-minute", "30", "--assets-per-page", "1", "--api-calls-per-page", "1"]


@pytest.fixture(scope="module")
def storefront(assembly_of: Callable[[str], Path]) -> Path:
    return assembly_of("storefront")


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["rehearse", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_a_good_release_is_0_and_writes_its_reports(
    storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, data = tmp_path / "report.html", tmp_path / "report.json"
    status = main(["rehearse", str(storefront), *QUIET, "--max-total", "30m", "--html", str(page), "--json", str(data)])
    text = capsys.readouterr().out

    assert status == 0
    assert "a good release reached all visitors" in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("Written")) <= 80
    assert "\x1b" not in text
    assert page.read_text().startswith("<!doctype html>")
    assert json.loads(data.read_text())["held"] is True


def test_a_broken_limit_is_1_and_named(storefront: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(storefront), *QUIET, "--max-total", "1m"]) == 1
    assert "--max-total" in capsys.readouterr().out


def test_a_broken_invariant_is_1(storefront: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(storefront), *QUIET, "--without", "stickiness"]) == 1
    assert "BROKEN" in capsys.readouterr().out


def test_a_wrong_path_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no cloud assembly" in refusal(capsys, str(tmp_path / "nowhere"))


@pytest.mark.parametrize("content", ["", '{"Resources": {"A": {"Ty', "[]", '{"Resources": {"A": 1}}'])
def test_a_template_that_is_cut_off_or_none_is_2(
    content: str, storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(storefront, tmp_path / "cut"))
    (copy / "Storefront.template.json").write_text(content)

    assert "no template that can be read" in refusal(capsys, str(copy))


def test_an_assembly_without_a_release_is_2(
    storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(storefront, tmp_path / "empty"))
    (copy / "Storefront.template.json").write_text('{"Resources": {}}')

    assert "nothing to rehearse" in refusal(capsys, str(copy))


def test_an_alarm_that_does_not_exist_cannot_be_red(storefront: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nobody" in refusal(capsys, str(storefront), "--red", "Nobody")


def test_help_loads_neither_the_clock_nor_the_tables() -> None:
    code = "import sys, prod_one_box.cli; sys.exit(any(name in sys.modules for name in ('simpy', 'rich', 'aws_cdk')))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--visits-per-minute", "nan"], "visits_per_minute"),
        (["--visits-per-minute", "-5"], "visits_per_minute"),
        (["--pages-per-visit", "0"], "pages_per_visit"),
        (["--assets-per-page", "-1"], "assets_per_page"),
        (["--fault", "front-end", "--latency-factor", "0"], "latency_factor"),
        (["--crash-at-poll", "0"], "--crash-at-poll"),
        (["--error-rate", "50%"], "--fault"),
    ],
)
def test_a_number_that_means_nothing_is_2_and_named(
    words: list[str], named: str, storefront: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert named in refusal(capsys, str(storefront), *words)


def test_a_bad_release_without_its_bake_breaks_what_the_bake_promises(
    storefront: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", str(storefront), *QUIET, "--without", "bake"]) == 1
    assert "BROKEN" in capsys.readouterr().out
