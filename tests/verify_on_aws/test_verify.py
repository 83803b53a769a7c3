"""A run that somebody agreed to is played, reported and deleted again, however it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.aws import Aws
from verify_on_aws import deletion, experiments, scenarios, verify
from verify_on_aws.__main__ import main
from verify_on_aws.conftest import ACCOUNT, Keyboard
from verify_on_aws.report import Report, Result
from verify_on_aws.run_record import RunRecord
from verify_on_aws.stopped import Status

Play = Callable[..., tuple[Status, dict[str, Any]]]


def in_the_middle(happens: Callable[[], None]) -> Callable[..., None]:
    """Scenarios of which the first passes and the second is overtaken when it has made a stack."""

    def play(run: Any, *, only: str, done: Callable[[Result], None]) -> None:
        done(Result("a good release", "passed"))
        name = run.record.prefix + "Site"
        run.record.intend(name)
        made = run.aws.cloudformation.create_stack(
            StackName=name,
            TemplateBody='{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}',
            Tags=[{"Key": key, "Value": value} for key, value in run.record.tags.items()],
        )
        run.record.made(name, made["StackId"])
        happens()

    return play


@pytest.fixture
def played(bootstrapped: Aws, command: None, runs: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """What plays a run whose scenarios are given, and returns its exit status and its report."""
    monkeypatch.setattr("sys.stdin", Keyboard("yes\n"))
    monkeypatch.setattr(deletion, "_LOOK_SECONDS", 0)

    def play(scenarios_played: Callable[..., None], *words: str) -> tuple[Status, dict[str, Any]]:
        monkeypatch.setattr(scenarios, "play", scenarios_played)
        status = main(["--folder", str(runs), "--experiments", *words])
        (report,) = runs.glob("*/report.json")
        return status, json.loads(report.read_text("utf-8"))

    return play


def test_a_run_without_a_fault_holds_and_deletes_its_stacks(played: Play, there: Callable[[], set[str]]) -> None:
    status, report = played(in_the_middle(lambda: None))
    assert (status, report["state"], report["left"]) == (Status.HELD, "complete", [])
    assert there() == set()


def test_a_scenario_that_fails_makes_the_run_fail(played: Play, there: Callable[[], set[str]]) -> None:
    def play(run: object, *, only: str, done: Callable[[Result], None]) -> None:
        done(Result("a good release", "failed", "assert 1 == 2"))

    status, report = played(play)
    assert (status, report["state"]) == (Status.BROKEN, "complete")


def interrupt() -> None:
    raise KeyboardInterrupt


def test_an_interrupted_run_deletes_its_stacks_and_says_how_far_it_came(
    played: Play, there: Callable[[], set[str]], runs: Path
) -> None:
    status, report = played(in_the_middle(interrupt))
    assert (status, report["state"]) == (Status.INTERRUPTED, "partial: the run was interrupted")
    assert [each["name"] for each in report["scenarios"]] == ["a good release"]
    assert there() == set()
    (text,) = runs.glob("*/report.md")
    assert "Partial: the run was interrupted." in text.read_text("utf-8")


def test_a_second_interruption_leaves_the_rest_to_clean(
    played: Play, there: Callable[[], set[str]], runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as interrupted:
        interrupted.setattr(deletion.Deletion, "run", lambda _: interrupt())
        status, report = played(in_the_middle(interrupt))
    assert status == Status.LEFT
    assert len(report["left"]) == len(there()) == 1
    assert main(["--clean", "--folder", str(runs)]) == Status.HELD
    assert there() == set()


def test_a_fault_of_its_own_deletes_the_stacks_too(played: Play, there: Callable[[], set[str]]) -> None:
    def fault() -> None:
        raise RuntimeError("unforeseen")

    with pytest.raises(RuntimeError, match="unforeseen"):
        played(in_the_middle(fault))
    assert there() == set()


def test_a_run_that_is_killed_leaves_a_report_that_says_so(
    bootstrapped: Aws, command: None, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = RunRecord.begin(runs, account=ACCOUNT, region="us-east-1")
    record.hold().release()
    Report(record.folder, verify.identify()).write()
    assert "partial: the run goes on, or was killed" in (record.folder / "report.json").read_text("utf-8")


def test_what_is_left_has_an_exit_status_of_its_own(played: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    left = deletion.Left("a stack", "it failed", "aws cloudformation delete-stack")
    monkeypatch.setattr(deletion.Deletion, "run", lambda _: [left])
    status, report = played(in_the_middle(lambda: None))
    assert status == Status.LEFT
    assert report["left"] == ["not deleted: a stack: it failed; see to it with `aws cloudformation delete-stack`"]


def test_a_question_without_an_answer_ends_no_other(played: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in experiments.EXPERIMENTS:
        monkeypatch.setattr(each, "ask", lambda _: 1 / 0)
    status, report = played(in_the_middle(lambda: None), "selected_origin", "rollback_order")
    assert status == Status.BROKEN
    assert [(each["outcome"], each["said"]) for each in report["experiments"]] == [
        ("not answered", "ZeroDivisionError: division by zero")
    ] * 2


def test_a_closed_terminal_keeps_no_stack_from_being_deleted(
    played: Play, there: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed() -> None:
        def fault(*_: object, **__: object) -> None:
            raise OSError("[Errno 5] Input/output error")

        monkeypatch.setattr("builtins.print", fault)
        raise KeyboardInterrupt

    status, report = played(in_the_middle(closed))
    assert (status, report["left"]) == (Status.INTERRUPTED, [])
    assert there() == set()


def test_the_first_interruption_at_the_end_begins_the_deletion_anew(
    played: Play, there: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[None] = []
    run = deletion.Deletion.run

    def interrupted_once(of: deletion.Deletion) -> list[deletion.Left]:
        runs.append(None)
        return run(of) if len(runs) > 1 else interrupt()

    monkeypatch.setattr(deletion.Deletion, "run", interrupted_once)
    status, report = played(in_the_middle(lambda: None))
    assert (status, report["left"], report["state"]) == (Status.HELD, [], "complete")
    assert there() == set()


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_a_fault_in_measuring_leaves_no_stack(
    played: Play, there: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    def measured(_: object) -> dict[str, float]:
        raise fault

    monkeypatch.setattr(verify, "measured", measured)
    status, report = played(in_the_middle(lambda: None))
    assert (status, report["left"]) == (Status.HELD, [])
    assert there() == set()


def test_the_site_is_measured_when_it_is_deleted(played: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "measured", lambda events: {"update_seconds.Any": float(bool(events))})
    assert played(in_the_middle(lambda: None))[1]["assume"] == {"update_seconds.Any": 1.0}
