"""The report as one page of HTML that needs nothing else."""

from collections.abc import Iterable, Iterator
from html import escape

from ..notation import moment
from .figure_words import figure_lines
from .page_charts import charts
from .played_words import played_lines
from .report import Report
from .report_json import settings_as_json
from .report_style import STYLE
from .report_words import (
    AT_ONCE_TITLE,
    broken_words,
    headline,
    stack_lines,
    step_lines,
    steps_title,
    unchecked_words,
    warnings,
    way_lines,
    worse_lines,
)
from .tiles import tiles


def report_as_html(report: Report) -> str:
    """Writes a report as a page: the same rehearsal gives the same bytes.

    Args:
        report: The report.
    """
    title = escape(headline(report))
    body = "\n".join(
        "\n".join([f"<h1>{escape(headline(each))}</h1>", *_sections(each)]) for each in (*report.earlier, report)
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _sections(report: Report) -> Iterator[str]:
    yield from (f'<p class="broken">{escape(line)}</p>' for line in warnings(report))
    yield from (f"<p>{escape(line)}</p>" for line in played_lines(report))
    if report.reason:
        yield f"<p>Why it went back: {escape(report.reason)}</p>"
    yield from (f"<p>{escape(line)}</p>" for line in stack_lines(report))
    yield f'<p class="dim">Seed {report.seed}. {escape(_which(report))}</p>'
    yield tiles(report)
    if report.exceeded:
        yield '<h2 class="broken">Limits broken</h2>' + _list(f"{each}" for each in report.exceeded)
    yield "<h2>Figures</h2>" + _table(figure_lines(report))
    yield from _further_tables(report)
    yield "<h2>Invariants</h2>" + _verdicts(report)
    yield "<h2>Over time</h2>" + "".join(charts(report))
    if report.ways[0].name:
        yield "<h2>Ways back</h2>" + "".join(
            f"<details><summary>{escape(led)} ({len(ways)})</summary>{_list(way.name for way in ways)}</details>"
            for led, ways in way_lines(report)
        )
    if report.at_once:
        yield f"<h2>{AT_ONCE_TITLE}</h2>" + _table(report.at_once)
    if report.notes:
        yield "<h2>Notes</h2>" + _list(report.notes)
    events = "\n".join(f"{moment(event.time):>7}  {event.kind:<9} {event.text}" for event in report.journal)
    yield f"<details><summary>Everything that happened</summary><pre>{escape(events)}</pre></details>"
    settings = escape(settings_as_json(report))
    yield f"<details><summary>Visitors, faults and modelled numbers</summary><pre>{settings}</pre></details>"


def _further_tables(report: Report) -> Iterator[str]:
    worse = list(worse_lines(report))
    if worse:
        yield "<h2>Worse in another way back</h2>" + _table(worse)
    steps = list(step_lines(report))
    if steps:
        yield f"<h2>{steps_title(report)}</h2>"
        head = "".join(f"<th>{each}</th>" for each in ("step at", "to get", "met it", "share", "alias"))
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in steps)
        yield f"<table><tr>{head}</tr>{rows}</table>"


def _which(report: Report) -> str:
    if len(report.ways) == 1:
        return "The release was played once."
    name = report.ways[report.shown].name
    return f"Figures and charts are those of one way back, the worst of {len(report.ways)}: {name}."


def _table(rows: Iterable[tuple[str, str, str]]) -> str:
    cells = "".join(
        f'<tr><td>{escape(name)}</td><td class="n">{escape(value)}</td><td class="dim">{escape(means)}</td></tr>'
        for name, value, means in rows
    )
    return f"<table>{cells}</table>"


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _verdicts(report: Report) -> str:
    rows: list[str] = []
    for verdict in report.verdicts:
        word = "held" if verdict.held else "broken"
        style, said = (word, word) if verdict.checks or not verdict.held else ("dim", "not checked")
        counted = f"{verdict.checks:,} checks" if verdict.checks else unchecked_words(verdict)
        counted = counted if verdict.held else broken_words(verdict)
        rows.append(
            f'<tr><td class="{style}">{said}</td><td>{escape(verdict.invariant.value)}</td>'
            f'<td class="dim">{escape(counted)}</td></tr>'
        )
    return f"<table>{''.join(rows)}</table>"
