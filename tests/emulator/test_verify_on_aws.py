"""`make verify-on-aws` from its beginning to its end, interrupted, and killed: with the emulator as the account.

All but the emulator's address is as on an account: the command does not know where it runs.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from emulator.aws import Aws
from emulator.emulated_aws import REPOSITORY

_LONGEST_SECONDS = 300
_A_RELEASE = ("--scenarios", "test_a_good_release")
_EXPERIMENTS = ("stack_timestamps", "rollback_order", "alarm_permissions", "selected_origin")


class Command:
    """`python -m verify_on_aws`, in a group of processes of its own."""

    def __init__(self, aws: Aws, folder: Path, *words: str) -> None:
        self._aws = aws
        self.folder = folder
        self.log = folder.with_suffix(f".{time.time_ns()}.log")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        paths = {"PYTHONPATH": os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY / "tests")])}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "verify_on_aws", "--folder", str(folder), "--account", aws.account, *words],
                env={**aws.command_environment(), **paths},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ended(self) -> tuple[int, str]:
        """The exit status and what was printed."""
        return self.process.wait(timeout=_LONGEST_SECONDS), self.log.read_text("utf-8")

    def stop(self) -> None:
        """End what goes on of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait_for(self, word: str, status: str) -> None:
        """Wait until a stack of the run has a status."""
        until = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if any(name.endswith(word) and found == status for name, found in stacks(self._aws).items()):
                return
            time.sleep(0.2)
        raise AssertionError(f"{word} was never {status}, see {self.log}")

    def wait_for_record(self) -> None:
        """Wait until the id of the run's first stack is written down."""
        while self.process.poll() is None and not any(self._recorded()):
            time.sleep(0.2)

    def _recorded(self) -> list[str | None]:
        return [
            each for path in self.folder.glob("*/run.json") for each in json.loads(path.read_text())["stacks"].values()
        ]

    def report(self) -> tuple[dict, str]:
        """The run's report, as JSON and as a text."""
        (path,) = self.folder.glob("*/report.json")
        return json.loads(path.read_text("utf-8")), path.with_suffix(".md").read_text("utf-8")


def stacks(aws: Aws) -> dict[str, str]:
    """The status of each stack of a run."""
    found = aws.cloudformation.describe_stacks()["Stacks"]
    return {each["StackName"]: each["StackStatus"] for each in found if "verify" in each["StackName"]}


@pytest.fixture
def start(aws: Aws, cdk_folder: Path, tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """What begins the command in an account that has been bootstrapped."""
    begun: list[Command] = []

    def begin(*words: str) -> Command:
        begun.append(Command(aws, tmp_path / "runs", *words))
        return begun[-1]

    yield begin
    for command in begun:
        command.stop()


def test_a_run_plays_answers_reports_and_deletes(aws: Aws, start: Callable[..., Command]) -> None:
    # When
    command = start(*_A_RELEASE, "--experiments", *_EXPERIMENTS)
    status, said = command.ended()

    # Then
    assert status == 0, said
    assert stacks(aws) == {}
    assert aws.cloudformation.describe_stacks(StackName="CDKToolkit")["Stacks"] != []
    report, text = command.report()
    assert report["state"] == "complete"
    assert [each["outcome"] for each in report["scenarios"]] == ["passed"]
    assert [each["outcome"] for each in report["experiments"]] == ["answered"] * len(_EXPERIMENTS)
    assert "update_seconds.AWS::Lambda::Alias" in report["assume"]
    assert aws.account not in text + json.dumps(report)


def test_an_interrupted_run_deletes_its_stacks(aws: Aws, start: Callable[..., Command]) -> None:
    # Given
    command = start(*_A_RELEASE, "--experiments")
    command.wait_for("-Site", "UPDATE_IN_PROGRESS")

    # When
    command.process.send_signal(signal.SIGINT)
    status, said = command.ended()

    # Then
    assert status == 130, said
    assert stacks(aws) == {}
    assert command.report()[0]["state"] == "partial: the run was interrupted"


@pytest.mark.parametrize("moment", ["REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"])
def test_a_killed_runs_stacks_are_deleted_by_clean(aws: Aws, start: Callable[..., Command], moment: str) -> None:
    # Given
    command = start(*_A_RELEASE, "--experiments")
    command.wait_for("-Site", moment)
    command.wait_for_record()

    # When
    command.stop()
    assert stacks(aws) != {}
    status, said = start("--clean").ended()

    # Then
    assert status == 0, said
    assert stacks(aws) == {}
    assert aws.cloudformation.describe_stacks(StackName="CDKToolkit")["Stacks"] != []
