"""Runs a process to its end, and measures it."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]

_COMPILED_ONCE: Final = {"PYTHONDONTWRITEBYTECODE": ""}
"""Lets Python keep what it compiled, as pip does when it installs a package: nobody compiles it again at each synth."""


@dataclass(frozen=True)
class Run:
    """A process that ended well.

    Attributes:
        output: What it printed.
        seconds: From its start to its end.
        processor: Seconds of processor time, of the process and all that it started and waited for.
    """

    output: str
    seconds: float
    processor: float


def run_python(*arguments: str, folder: Path = ROOT, environment: Mapping[str, str] | None = None) -> Run:
    """Runs Python.

    Args:
        arguments: Its arguments.
        folder: Where; default: the project's root.
        environment: What to add to this process's environment; default: nothing.

    Raises:
        RuntimeError: If it fails, with what it said.
    """
    begin, before = time.perf_counter(), _spent()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **_COMPILED_ONCE, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, processor = time.perf_counter() - begin, _spent() - before
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return Run(done.stdout, seconds, processor)


def synthesize(app: Sequence[str], outdir: Path, *, folder: Path = ROOT) -> Run:
    """Runs a CDK app as `cdk synth` does."""
    return run_python(*app, folder=folder, environment={"CDK_OUTDIR": str(outdir)})


def _spent() -> float:
    times = os.times()
    return times.children_user + times.children_system
