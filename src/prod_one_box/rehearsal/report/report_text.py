"""The report for a terminal: readable in 80 columns, without colour, in a pipe."""

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .report import Report
from .report_words import figure_lines, headline, seconds, way_lines

_MOST_WAYS = 6


def print_report(report: Report, console: Console) -> None:
    """Prints a report.

    Args:
        report: The report.
        console: Where to; its width and its colours are used.
    """
    with console.capture() as captured:
        _print(report, console)
    # A pipe gets no blanks at the ends of lines.
    console.file.write("\n".join(line.rstrip() for line in captured.get().split("\n")))


def _print(report: Report, console: Console) -> None:
    console.print(Text(headline(report), style="bold"))
    if report.reason:
        console.print(Padding(Text(report.reason), (0, 0, 0, 2)))
    _section(console, "Figures", figure_lines(report), right=1)
    if len(report.ways) > 1:
        console.print(Padding(Text(f"The worst of {len(report.ways)} ways back, each figure by itself."), (0, 0, 0, 2)))
    _section(console, "Invariants", _verdicts(report))
    _section(console, "Phases", _phases(report))
    if report.ways[0].name:
        _section(console, "Ways back", _ways(report))
    for title, lines in (("Limits", [str(each) for each in report.exceeded]), ("Notes", report.notes)):
        if lines:
            _section(console, title, (("-", line) for line in lines))


def _section(console: Console, title: str, rows: Iterable[tuple[str, ...]], right: int | None = None) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    filled = list(rows)
    for number in range(max((len(row) for row in filled), default=0)):
        table.add_column(justify="right" if number == right else "left", overflow="fold")
    for row in filled:
        # Text, not str: a bracket in a name is no markup.
        table.add_row(*(Text(cell, style="bold red" if cell in ("BROKEN", "EXCEEDED") else "") for cell in row))
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(table, (0, 0, 0, 2)))


def _verdicts(report: Report) -> Iterable[tuple[str, ...]]:
    for verdict in report.verdicts:
        says = verdict.invariant.value
        if not verdict.held:
            yield "BROKEN", f"{says}: {verdict.violations:,} of {verdict.checks:,}, first {verdict.first}"
        elif verdict.checks:
            yield "held", f"{says} ({verdict.checks:,} checks)"
        else:
            yield "-", f"{says} (nothing here could break it)"


def _phases(report: Report) -> Iterable[tuple[str, ...]]:
    for span in report.spans:
        if span.phase:
            ended = "" if span.done else "failed"
            way = "back" if span.back else "out"
            yield span.phase, way, f"{seconds(span.begin)}-{seconds(span.end)}", ended, span.name


def _ways(report: Report) -> Iterable[tuple[str, ...]]:
    lines = list(way_lines(report))
    for led, ways in lines[:_MOST_WAYS]:
        others = f" (and {len(ways) - 1} more ways)" if len(ways) > 1 else ""
        yield "-", f"{ways[0].name}{others}: {led}"
    if len(lines) > _MOST_WAYS:
        yield "-", f"{len(lines) - _MOST_WAYS} more results, none worse; the other reports list them"
