"""The report as text: readable in 80 columns, without colour, and in a pipe."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..notation import moment
from . import wording
from .report import Report

_MOST_WAYS: Final = 6
_STYLES: Final = {"BROKEN": "bold red", "failed": "red", "held": "green"}


def print_report(report: Report, console: Console) -> None:
    """Print a report, with the console's width and colours."""
    with console.capture() as captured:
        for each in report.earlier:
            _print(each, console)
            console.print()
        _print(report, console)
    # rich pads lines with blanks, which a pipe should not get.
    console.file.write("\n".join(line.rstrip() for line in captured.get().split("\n")))


def _print(report: Report, console: Console) -> None:
    console.print(Text(wording.headline(report), style="bold" if report.held else "bold red"))
    for line in wording.warnings(report):
        _indented(console, line, style="bold red")
    reason = [f"Why it went back: {report.reason}"] if report.reason else []
    for line in (*wording.played_lines(report), *reason, *wording.stack_lines(report)):
        _indented(console, line)
    _section(console, "Figures", wording.figure_lines(report), right=1)
    if len(report.ways) > 1:
        _indented(console, wording.shown_way(report))
    _section(console, "Worse in another way back", wording.worse_lines(report), right=1)
    _section(console, wording.EXPOSURE_TITLE, wording.exposure_lines(report))
    _section(console, wording.steps_title(report), wording.step_lines(report))
    _section(console, wording.ANSWERS_TITLE, wording.answer_lines(report))
    _section(console, "Invariants", _verdicts(report))
    _section(console, "Phases", _phases(report))
    if report.ways[0].name:
        _section(console, "Ways back", _ways(report))
    _section(console, wording.AT_ONCE_TITLE, report.at_once)
    _section(console, "Limits exceeded", (("-", str(each)) for each in report.exceeded), style="red")
    _section(console, "Notes", (("-", line) for line in report.notes))


def _indented(console: Console, line: str, style: str = "") -> None:
    console.print(Padding(Text(line, style=style), (0, 0, 0, 2)))


def _section(
    console: Console, title: str, rows: Iterable[tuple[str, ...]], *, right: int | None = None, style: str = ""
) -> None:
    """Print a table under its title, with one column aligned right; print nothing if it is empty."""
    filled = list(rows)
    if not filled:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for number in range(max(len(row) for row in filled)):
        table.add_column(justify="right" if number == right else "left", overflow="fold")
    for row in filled:
        # Text, not str: a bracket in a name is not markup.
        table.add_row(*(Text(cell, style=_STYLES.get(cell, style)) for cell in row))
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(table, (0, 0, 0, 2)))


def _verdicts(report: Report) -> Iterator[tuple[str, ...]]:
    for verdict in report.verdicts:
        result, reason = wording.verdict_words(verdict)
        name = verdict.invariant.value
        if verdict.held:
            yield "held" if verdict.checks else "-", f"{name} ({reason})"
        else:
            yield result.upper(), f"{name}: {reason}"


def _phases(report: Report) -> Iterator[tuple[str, ...]]:
    spans = [span for span in report.spans if span.phase]
    any_failed = not all(span.done for span in spans)
    for span in spans:
        ended = ("" if span.done else "failed",) if any_failed else ()
        way = "back" if span.back else "out"
        yield span.phase, way, f"{moment(span.begin)}-{moment(span.end)}", *ended, report.with_constructs(span.name)


def _ways(report: Report) -> Iterator[tuple[str, ...]]:
    lines = list(wording.way_lines(report))
    for result, ways in lines[:_MOST_WAYS]:
        others = f" (and {len(ways) - 1} more ways)" if len(ways) > 1 else ""
        yield "-", f"{ways[0].name}{others}: {result}"
    hidden = lines[_MOST_WAYS:]
    if hidden:
        broken = sum(any(not verdict.held for verdict in ways[0].verdicts) for _, ways in hidden)
        which = f"{broken} of them BROKEN" if broken else "none of them broken"
        yield "-", f"{len(hidden)} more results, none worse, {which}; the other reports list them"
