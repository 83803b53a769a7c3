"""Where the commands write their reports and show their progress."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..template.cloud_assembly import AssemblyError, StackTemplate
from ..template.construct_names import construct_names, with_constructs

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from ..rehearsal.every_play import Progress

STANDARD_OUTPUT: Final = Path("-")
"""The path that stands for standard output."""


def add_json_argument(parser: "ArgumentParser") -> None:
    """Add the option for a machine-readable report."""
    parser.add_argument(
        "--json",
        type=Path,
        nargs="?",
        const=STANDARD_OUTPUT,
        metavar="FILE",
        help="write a JSON report to FILE (- or no FILE: print it instead of the text)",
    )


def plain(text: str) -> str:
    """Replace control characters other than line ends, by which the names of an assembly could steer a terminal."""
    return "".join(each if each.isprintable() or each == "\n" else "\N{REPLACEMENT CHARACTER}" for each in text)


def finish(
    path: Path | None,
    stacks: Sequence[StackTemplate],
    *,
    lines: Iterable[str],
    content: Mapping[str, object],
    broken: Sequence[str],
    notes: Sequence[str],
    schema: int = 1,
) -> int:
    """Print what a command read from an assembly, or write it as JSON, and return the exit status: 1 if `broken`.

    The path `-` prints the JSON instead of the text. docs/reference/json.md describes it; `schema` is its `format`.

    Raises:
        AssemblyError: If the report cannot be written or printed.
    """
    names = construct_names(stacks)
    found = {
        "broken": [with_constructs(each, names) for each in broken],
        "notes": [with_constructs(each, names) for each in notes],
    }
    text = [*lines, *(f"BROKEN: {each}" for each in found["broken"]), *(f"Note: {each}" for each in found["notes"])]
    report = json.dumps({"format": schema, **content, **found}, indent=1) + "\n"
    deliver([(path, lambda: report)], lambda: print(plain("\n".join(text))))
    return 1 if broken else 0


def deliver(formats: Sequence[tuple[Path | None, Callable[[], str]]], print_text: Callable[[], None]) -> None:
    """Write each report to its file, and print the text, or else the report whose file is `-`.

    Raises:
        AssemblyError: If a report cannot be written or printed.
    """
    files = [(path, content) for path, content in formats if path and path != STANDARD_OUTPUT]
    for path, content in files:
        _write(path, content())
    printed = [content for path, content in formats if path == STANDARD_OUTPUT]
    with _printing():
        if printed:
            print(printed[0](), end="")
            return
        print_text()
        for path, _ in files:
            print(f"\nWritten: {path}")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise _not_written(path, error) from error


def check_writable(path: Path) -> None:
    """Raise an AssemblyError if a report cannot be written to a file; leave the file as it is."""
    existed = path.exists()
    try:
        with path.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise _not_written(path, error) from error
    if not existed:
        path.unlink()


@contextmanager
def progress_bar() -> Iterator["Progress"]:
    """Show progress on standard error while the body runs, if that is a terminal."""
    # rich loads slowly, and --help must not wait for it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        # Before 14.3, rich ends with an empty line even where it draws nothing.
        yield lambda _activity, _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda activity, done, total: bar.update(
            task, description=activity, completed=done, total=total if total > 1 else None
        )


@contextmanager
def _printing() -> Iterator[None]:
    """Raise an AssemblyError if the body cannot print; a reader that stops early, such as `head`, is no error."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        # Python would write the rest at exit, and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise AssemblyError(f"the report cannot be printed: {error.strerror}") from error


def _not_written(path: Path, error: OSError) -> AssemblyError:
    return AssemblyError(f"{path}: the report cannot be written there: {error.strerror}")
