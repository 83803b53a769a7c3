"""Where the command's reports go: checked before anything is played, and never lost without a word."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ..assembly.cloud_assembly import AssemblyError

STANDARD_OUTPUT: Final = Path("-")
"""What stands for standard output where a file is named."""


def check_writable(path: Path) -> None:
    """Makes sure that a report can be written before anybody waits for it.

    Raises:
        AssemblyError: If it cannot.
    """
    there = path.exists()
    try:
        with path.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise _refusal(path, error) from error
    if not there:
        path.unlink()


def write(path: Path, content: str) -> None:
    """Writes a report.

    Raises:
        AssemblyError: If it cannot be written.
    """
    try:
        path.write_text(content, "utf-8")
    except OSError as error:
        raise _refusal(path, error) from error


@contextmanager
def printing() -> Iterator[None]:
    """Notices what cannot be printed; a reader who has seen enough, as `head` has, is no failure.

    Raises:
        AssemblyError: If the report cannot be printed.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _discard()
    except OSError as error:
        _discard()
        raise AssemblyError(f"the report cannot be printed: {error.strerror}") from error


def _discard() -> None:
    """Python itself would write what is left when it ends, and fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refusal(path: Path, error: OSError) -> AssemblyError:
    return AssemblyError(f"{path}: the report cannot be written there: {error.strerror}")
