"""`make verify-on-aws-clean` deletes what killed runs have left, and leaves everything else alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from verify_on_aws import deletion
from verify_on_aws.__main__ import main
from verify_on_aws.conftest import ACCOUNT, REGION
from verify_on_aws.run_record import RunRecord
from verify_on_aws.stopped import Status

Make, There = Callable[..., str], Callable[[], set[str]]


@pytest.fixture
def killed(record: RunRecord, make_stack: Make, monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    """A run that was killed when it had made a stack."""
    monkeypatch.setattr(deletion, "_LOOK_SECONDS", 0)
    name = record.prefix + "Site"
    record.intend(name)
    record.made(name, make_stack(name, record.tags))
    return record


def test_without_runs_there_is_nothing_to_do(aws: object, runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--clean", "--folder", str(runs)]) == Status.HELD
    assert capsys.readouterr().out == "clean\n"


def test_a_killed_runs_stacks_are_deleted(killed: RunRecord, runs: Path, make_stack: Make, there: There) -> None:
    make_stack("CDKToolkit", {})
    assert main(["--clean", "--folder", str(runs)]) == Status.HELD
    assert there() == {"CDKToolkit"}
    assert main(["--clean", "--folder", str(runs)]) == Status.HELD


def test_garbage_is_named_and_the_others_are_cleaned(
    killed: RunRecord, runs: Path, there: There, capsys: pytest.CaptureFixture[str]
) -> None:
    (runs / "00000000").mkdir()
    (runs / "00000000" / "run.json").write_text("{garbage")
    assert main(["--clean", "--folder", str(runs)]) == Status.LEFT
    assert there() == set()
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("left alone: ")
    assert "cannot be read" in first
    assert last == "not everything was deleted, see above"


def test_a_run_that_goes_on_is_left_alone(
    killed: RunRecord, runs: Path, there: There, capsys: pytest.CaptureFixture[str]
) -> None:
    with killed.hold():
        assert main(["--clean", "--folder", str(runs)]) == Status.LEFT
    assert f"left alone: run {killed.run} goes on in another process" in capsys.readouterr().out
    assert len(there()) == 1


def test_a_run_in_another_account_is_named(aws: object, runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = RunRecord.begin(runs, account="210987654321", region=REGION)
    other.hold().release()
    other.intend(other.prefix + "Site")
    assert main(["--clean", "--folder", str(runs)]) == Status.LEFT
    assert f"run {other.run} was made in another account" in capsys.readouterr().out
    assert RunRecord.read(other.folder).stacks != {}


def test_the_account_that_is_named_must_be_the_callers(killed: RunRecord, runs: Path, there: There) -> None:
    assert main(["--clean", "--folder", str(runs), "--account", "210987654321"]) == Status.WRONG_ACCOUNT
    assert len(there()) == 1
    assert main(["--clean", "--folder", str(runs), "--account", ACCOUNT]) == Status.HELD


def test_an_interrupted_clean_says_what_goes_on(
    killed: RunRecord, runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deletion.Deletion, "run", interrupted)
    assert main(["--clean", "--folder", str(runs)]) == Status.INTERRUPTED
    assert "`make verify-on-aws-clean` goes on with it" in capsys.readouterr().err
    assert RunRecord.read(killed.folder).stacks != {}
