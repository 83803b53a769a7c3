"""Where the commands' reports go: checked before anything is played, and never lost without a word.

Shows how far a command is, to people who watch.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..rehearsal.every_play import Progress as Told
from ..template.cloud_assembly import AssemblyError

STANDARD_OUTPUT: Final = Path("-")
"""What stands for standard output where a file is named."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the templates prove, whatever a command is asked for.

    Attributes:
        broken: What breaks the promise of a release, a sentence each.
        notes: What a reader should know, a sentence each.
    """

    broken: tuple[str, ...]
    notes: tuple[str, ...]

    def lines(self) -> list[str]:
        """What is printed of it."""
        return [*(f"BROKEN: {each}" for each in self.broken), *(f"Note: {each}" for each in self.notes)]


def add_json_argument(parser: argparse.ArgumentParser) -> None:
    """Adds the option that asks for the report for machines."""
    parser.add_argument(
        "--json",
        type=Path,
        nargs="?",
        const=STANDARD_OUTPUT,
        metavar="FILE",
        help="write the report for machines (- or no FILE: print it alone)",
    )


def hand_over(path: Path | None, lines: Sequence[str], as_json: Callable[[], str]) -> None:
    """Prints what a command found, and writes it for machines if that is asked for.

    Args:
        path: Where to; `-` prints that alone, and None writes nothing.
        lines: What is printed for people.
        as_json: Makes what is for machines.

    Raises:
        AssemblyError: If it cannot be written or printed.
    """
    if path and path != STANDARD_OUTPUT:
        write(path, as_json())
    with printing():
        if path == STANDARD_OUTPUT:
            print(as_json(), end="")
        else:
            print("\n".join([*lines, *([f"\nWritten: {path}"] if path else [])]))


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


@contextmanager
def progress_on(console: Console) -> Iterator[Told]:
    """Draws a bar as long as something is done; in a pipe, nothing is drawn.

    Args:
        console: Where to.
    """
    if not console.is_terminal:
        # Before 14.3, rich ends with an empty line even where it draws nothing.
        yield lambda _what, _done, _of: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of if of > 1 else None)

        yield tell
