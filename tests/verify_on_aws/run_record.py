"""What a run has made, in a file that outlives it: nothing else is ever deleted."""

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

TAG = "prod-one-box-verify"
"""The key of the tag of all stacks of a run; its value is the run's id."""

_FILE = "run.json"
_RUN = re.compile(r"[0-9a-f]{8}")
_ACCOUNT = re.compile(r"\d{12}")
_STACK = re.compile(r"arn:[\w-]+:cloudformation:([\w-]+):(\d{12}):stack/([\w-]+)/[\w-]+")


class NoRecordError(Exception):
    """What makes a file no record of a run, in one line."""


class RunGoesOnError(Exception):
    """Another process plays the run."""


@dataclass
class RunRecord:
    """A run's stacks, written down before and after each is made.

    Attributes:
        folder: The run's folder.
        run: The run's id.
        account: The account's id.
        region: The region.
        stacks: The id of each stack by its name; None from before it is made until its id is known.
    """

    folder: Path
    run: str
    account: str
    region: str
    stacks: dict[str, str | None]

    @classmethod
    def begin(cls, folder: Path, *, account: str, region: str) -> "RunRecord":
        """Make a run with an id of its own, and its folder; nothing is written yet."""
        run = secrets.token_hex(4)
        return cls(folder / run, run, account, region, {})

    @classmethod
    def read(cls, folder: Path) -> "RunRecord":
        """Read a run's record.

        Raises:
            NoRecordError: If it is none, or names a stack that no run could have made.
        """
        path = folder / _FILE
        try:
            said = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise NoRecordError(f"{path} cannot be read: {type(error).__name__}") from error
        fault = _fault(said, folder.name)
        if fault:
            raise NoRecordError(f"{path} is no record of a run: {fault}")
        return cls(folder, said["run"], said["account"], said["region"], said["stacks"])

    @property
    def prefix(self) -> str:
        """What the names of the run's stacks begin with."""
        return _prefix(self.run)

    @property
    def tags(self) -> dict[str, str]:
        """The tags of the run's stacks."""
        return {TAG: self.run}

    def intend(self, name: str) -> None:
        """Write down a stack that is about to be made."""
        self.stacks[name] = None
        self._write()

    def made(self, name: str, stack_id: str) -> None:
        """Write down the id of a stack that has been made."""
        self.stacks[name] = stack_id
        self._write()

    def gone(self, name: str) -> None:
        """Strike out a stack that is there no longer."""
        del self.stacks[name]
        self._write()

    def hold(self) -> FileLock:
        """Keep other processes off the run until this one ends, however it ends.

        Raises:
            RunGoesOnError: If another process holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise RunGoesOnError from error
        return lock

    def _write(self) -> None:
        said = {"run": self.run, "account": self.account, "region": self.region, "stacks": self.stacks}
        unfinished = self.folder / f"{_FILE}.new"
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"schema": 1, **said}, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.folder / _FILE)


def _prefix(run: str) -> str:
    return f"{TAG}-{run}-"


def _fault(said: Any, folder: str) -> str:
    """What is wrong with the content of a record, or ""."""
    if not isinstance(said, dict) or said.get("schema") != 1:
        return "it has no schema 1"
    run, account, region, stacks = (said.get(each) for each in ("run", "account", "region", "stacks"))
    if not all(isinstance(each, str) for each in (run, account, region)) or not isinstance(stacks, dict):
        return "it lacks a run, an account, a region or stacks"
    if not _RUN.fullmatch(run) or run != folder or not _ACCOUNT.fullmatch(account):
        return "its run is not that of its folder, or its account is none"
    expected = (region, account)
    wrong = [name for name, stack_id in stacks.items() if not _could_be_ours(name, stack_id, _prefix(run), expected)]
    return f"no run makes such a stack: {', '.join(wrong)}" if wrong else ""


def _could_be_ours(name: str, stack_id: Any, prefix: str, expected: tuple[str, str]) -> bool:
    if not name.startswith(prefix):
        return False
    found = _STACK.fullmatch(stack_id) if isinstance(stack_id, str) else None
    return stack_id is None or (found is not None and found.groups() == (*expected, name))
