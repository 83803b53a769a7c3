"""The command `prod-one-box rehearse`: its exit status, its reports, and what it says when it cannot run."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from prod_one_box.cli.main import main

QUIET = ["--visits-per-minute", "30", "--assets-per-page", "1", "--api-calls-per-page", "1"]


@pytest.fixture(scope="module")
def storefront(one_wave: Callable[..., Path]) -> Path:
    return one_wave()


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
    status = main(["rehearse", str(storefront), *QUIET, "--max-total", "60m", "--html", str(page), "--json", str(data)])
    text = capsys.readouterr().out

    assert status == 0
    assert "a good release reached all visitors" in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("Written")) <= 80
    assert "\x1b" not in text
    assert page.read_text().startswith("<!doctype html>")
    assert json.loads(data.read_text())["held"] is True


def test_a_report_for_machines_can_be_printed_alone(
    storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "report.html"
    words = ["--visits-per-minute", "0", "--max-total", "1m", "--json", "-", "--html", str(page)]

    assert main(["rehearse", str(storefront), *words]) == 1
    assert json.loads(capsys.readouterr().out)["held"] is False
    assert list(tmp_path.iterdir()) == [page]
    assert main(["rehearse", str(storefront), "--visits-per-minute", "0", "--html", "-"]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


def test_two_reports_cannot_be_printed_at_once(storefront: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--html, --json: got - for both" in refusal(capsys, str(storefront), "--html", "-", "--json", "-")


def test_a_broken_limit_is_1_and_named(storefront: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(storefront), *QUIET, "--max-total", "1m"]) == 1
    assert "--max-total" in capsys.readouterr().out


def test_a_bad_release_that_reaches_everybody_is_1_unless_that_is_accepted(
    storefront: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unseen = [str(storefront), *QUIET, "--fault", "front-end", "--broken-page"]
    assert main(["rehearse", *unseen]) == 1
    assert "--allow-undetected" in capsys.readouterr().out
    assert main(["rehearse", *unseen, "--allow-undetected"]) == 0
    noticed = [str(storefront), "--visits-per-minute", "60", "--assets-per-page", "1", "--fault", "front-end"]
    assert main(["rehearse", *noticed]) == 0


def test_a_broken_invariant_is_1(storefront: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(storefront), *QUIET, "--without", "stickiness"]) == 1
    assert "BROKEN" in capsys.readouterr().out


def test_a_wrong_path_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(capsys, str(tmp_path / "nowhere"))
    assert "no cloud assembly (No such file or directory)" in said


@pytest.mark.parametrize("content", ["", '{"Resources": {"A": {"Ty', "[]", '{"Resources": {"A": 1}}'])
def test_a_template_that_is_cut_off_or_none_is_2(
    content: str, storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(storefront, tmp_path / "cut"))
    (copy / "Storefront.template.json").write_text(content)

    assert "cannot be read as a template" in refusal(capsys, str(copy))


def test_an_assembly_without_a_release_is_2(
    storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(storefront, tmp_path / "empty"))
    (copy / "Storefront.template.json").write_text('{"Resources": {}}')

    assert "nothing to rehearse" in refusal(capsys, str(copy))


def test_an_alarm_that_does_not_exist_cannot_be_red(storefront: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nobody" in refusal(capsys, str(storefront), "--red", "Nobody")


def test_help_loads_neither_the_clock_nor_the_tables() -> None:
    code = (
        "import sys, prod_one_box.cli.main; sys.exit(any(name in sys.modules for name in ('simpy', 'rich', 'aws_cdk')))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--visits-per-minute", "nan"], "--visits-per-minute:"),
        (["--visits-per-minute", "-5"], "--visits-per-minute:"),
        (["--pages-per-visit", "0"], "--pages-per-visit:"),
        (["--assets-per-page", "-1"], "--assets-per-page:"),
        (["--fault", "front-end", "--latency-factor", "0"], "--latency-factor:"),
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


@pytest.mark.parametrize("option", ["--html", "--json"])
def test_a_report_that_cannot_be_written_is_noticed_before_anything_is_played(
    option: str, storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prod_one_box.rehearsal.rehearse.rehearse", lambda *_, **__: pytest.fail("it was played"))

    assert "nowhere" in refusal(capsys, str(storefront), option, str(tmp_path / "nowhere" / "report"))
    assert "cannot be written" in refusal(capsys, str(storefront), option, str(tmp_path))


def test_looking_whether_a_report_can_be_written_leaves_no_file_and_no_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    former = tmp_path / "former.html"
    former.write_text("kept")
    refusal(capsys, str(tmp_path / "nowhere"), "--html", str(former), "--json", str(tmp_path / "new.json"))

    assert [each.name for each in tmp_path.iterdir()] == ["former.html"]
    assert former.read_text() == "kept"


def test_a_modelled_number_that_does_not_exist_is_2_with_those_that_do(
    storefront: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(capsys, str(storefront), "--assume", "luck=3")
    assert "luck" in said
    assert "metric_delay_seconds" in said


def test_a_modelled_number_is_played(storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    totals = []
    for seconds in ("10s", "1m10s"):
        data = tmp_path / f"{seconds}.json"
        words = ["--visits-per-minute", "0", "--assume", f"codedeploy_start_seconds={seconds}", "--json", str(data)]
        assert main(["rehearse", str(storefront), *words]) == 0
        totals.append(json.loads(data.read_text())["figures"]["total"])

    assert totals[1] - totals[0] == 60
    assert "good release" in capsys.readouterr().out


def test_a_report_that_cannot_be_printed_is_2(storefront: Path) -> None:
    words = ["rehearse", str(storefront), "--visits-per-minute", "0"]
    code = "import sys; from prod_one_box.cli.main import main; sys.exit(main(sys.argv[1:]))"
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-c", code, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert "cannot be printed" in run.stderr


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--max-affected", "many"], "got 'many'; allowed: a share"),
        (["--cancel-at", "late"], "--cancel-at: got 'late'; allowed: a duration, such as 90s, 3m or 3m30s"),
        (["--fault", "all"], "front-end"),
        (["--assets-per-page", "1.5"], "1.5"),
        (["--nothing"], "--nothing"),
    ],
)
def test_a_word_that_means_nothing_is_2_in_one_line(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rehearse", "cdk.out", *words])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert said.startswith("prod-one-box: ")
    assert named in said


def test_how_long_handlers_are_throttled_needs_a_time_when_that_begins(
    storefront: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(capsys, str(storefront), "--throttle-for", "1m")
    assert "--throttle-for: got 60 s without --throttle-at; allowed: only together with --throttle-at." in said
    assert "Give --throttle-at too: how long after the update's start the throttling starts." in said


def test_a_cancel_that_never_came_to_pass_is_2(storefront: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(capsys, str(storefront), "--visits-per-minute", "0", "--cancel-at", "5h")
    assert "the cancel after 5 h 00 min 00 s never happened: the update was over after" in said
