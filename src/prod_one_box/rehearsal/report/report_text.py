"""The report for a terminal: readable in 80 columns, without colour, in a pipe."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..notation import moment
from .report import Report
from .wording import (
    AT_ONCE_TITLE,
    broken_words,
    figure_lines,
    headline,
    played_lines,
    stack_lines,
    step_lines,
    steps_title,
    unchecked_words,
    warnings,
    way_lines,
    worse_lines,
)

_MOST_WAYS: Final = 6
_STYLES: Final = {"BROKEN": "bold red", "failed": "red", "held": "green"}


def print_report(report: Report, console: Console) -> None:
    """Prints a report.

    Args:
        report: The report.
        console: Where to; its width and its colours are used.
    """
    with console.capture() as captured:
        for each in report.earlier:
            _print(each, console)
            console.print()
        _print(report, console)
    # A pipe gets no blanks at the ends of lines.
    console.file.write("\n".join(line.rstrip() for line in captured.get().split("\n")))


def _print(report: Report, console: Console) -> None:
    console.print(Text(headline(report), style="bold" if report.held else "bold red"))
    for line, style in _under_the_headline(report):
        console.print(Padding(Text(line, style=style), (0, 0, 0, 2)))
    _section(console, "Figures", figure_lines(report), right=1)
    if len(report.ways) > 1:
        shown = f"All of one way back, the worst of {len(report.ways)}: {report.ways[report.shown].name}"
        console.print(Padding(Text(shown), (0, 0, 0, 2)))
    _section(console, "Worse in another way back", worse_lines(report), right=1)
    _section(console, steps_title(report), step_lines(report))
    _section(console, "Invariants", _verdicts(report))
    _section(console, "Phases", _phases(report))
    if report.ways[0].name:
        _section(console, "Ways back", _ways(report))
    _section(console, AT_ONCE_TITLE, report.at_once)
    _section(console, "Limits broken", (("-", str(each)) for each in report.exceeded), style="red")
    _section(console, "Notes", (("-", line) for line in report.notes))


def _under_the_headline(report: Report) -> Iterator[tuple[str, str]]:
    yield from ((line, "bold red") for line in warnings(report))
    yield from ((line, "") for line in played_lines(report))
    if report.reason:
        yield f"Why it went back: {report.reason}", ""
    yield from ((line, "") for line in stack_lines(report))


def _section(
    console: Console, title: str, rows: Iterable[tuple[str, ...]], *, right: int | None = None, style: str = ""
) -> None:
    """Prints a table under its title; nothing if it is empty."""
    filled = list(rows)
    if not filled:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for number in range(max(len(row) for row in filled)):
        table.add_column(justify="right" if number == right else "left", overflow="fold")
    for row in filled:
        # Text, not str: a bracket in a name is no markup.
        table.add_row(*(Text(cell, style=_STYLES.get(cell, style)) for cell in row))
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(table, (0, 0, 0, 2)))


def _verdicts(report: Report) -> Iterable[tuple[str, ...]]:
    for verdict in report.verdicts:
        says = verdict.invariant.value
        if not verdict.held:
            yield "BROKEN", f"{says}: {broken_words(verdict)}"
        elif verdict.checks:
            yield "held", f"{says} ({verdict.checks:,} checks)"
        else:
            yield "-", f"{says} ({unchecked_words(verdict)})"


def _phases(report: Report) -> Iterable[tuple[str, ...]]:
    failed = any(span.phase and not span.done for span in report.spans)
    for span in report.spans:
        if span.phase:
            ended = ("" if span.done else "failed",) if failed else ()
            way = "back" if span.back else "out"
            yield span.phase, way, f"{moment(span.begin)}-{moment(span.end)}", *ended, report.with_constructs(span.name)


def _ways(report: Report) -> Iterable[tuple[str, ...]]:
    lines = list(way_lines(report))
    for led, ways in lines[:_MOST_WAYS]:
        others = f" (and {len(ways) - 1} more ways)" if len(ways) > 1 else ""
        yield "-", f"{ways[0].name}{others}: {led}"
    hidden = lines[_MOST_WAYS:]
    if hidden:
        broken = sum(any(not verdict.held for verdict in ways[0].verdicts) for _, ways in hidden)
        which = f"{broken} of them BROKEN" if broken else "none of them broken"
        yield "-", f"{len(hidden)} more results, none worse, {which}; the other reports list them"
