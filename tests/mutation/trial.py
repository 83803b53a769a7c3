"""Tries a mutant: runs tests on a copy of the project that holds it."""

import gc
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Final

import pytest
from hypothesis import Phase, settings

_PARTS: Final = ("src", "tests", "examples", "pyproject.toml")
_LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "node_modules", ".*")


class Outcome(Enum):
    """What the tests said."""

    SURVIVED = "survived"
    HARMLESS = "survived and harmless"
    KILLED = "killed"
    TIMED_OUT = "killed by the time limit"


class Trial:
    """A copy of the project in which one file after another is changed."""

    def __init__(self, root: Path, copy: Path) -> None:
        """Copies what the tests need, and has hypothesis always try the same, and search for no simpler failure."""
        for part in _PARTS:
            _copy(root / part, copy / part)
        self._root, self._copy, self._written = root, copy, 0
        settings.register_profile("mutants", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutants")

    def write(self, file: str, text: str) -> None:
        """Changes a file; its time tells Python that what it compiled before is another text's."""
        self._written += 1
        (self._copy / file).write_text(text, "utf-8")
        os.utime(self._copy / file, (self._written, self._written))

    def restore(self, file: str) -> None:
        """Undoes the change."""
        self.write(file, (self._root / file).read_text("utf-8"))

    def run(self, tests: Sequence[str], *, seconds: float) -> Outcome:
        """Runs tests up to the first that fails, in a process that has all that this one has imported."""
        gc.freeze()  # or the child looks through all of it for what it can free
        child = multiprocessing.get_context("fork").Process(target=_run, args=(self._copy, tests))
        child.start()
        child.join(seconds)
        if child.is_alive() and child.pid:
            os.killpg(child.pid, signal.SIGKILL)
            child.join()
            return Outcome.TIMED_OUT
        return Outcome.SURVIVED if child.exitcode == 0 else Outcome.KILLED


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=_LEFT_OUT)
    else:
        shutil.copy2(source, target)


def _run(copy: Path, tests: Sequence[str]) -> None:
    os.setsid()  # so that the engines it starts end with it
    output = os.open(copy / "output", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(copy)
    sys.path.insert(0, str(copy / "src"))
    os.environ.update(PYTHONPATH=str(copy / "src"), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    # No clean end: what this process shares with its parent is the parent's to end.
    os._exit(pytest.main(["-x", "-p", "no:cacheprovider", "-p", "syrupy", *tests]))
