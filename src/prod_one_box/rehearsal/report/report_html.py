"""The report as one page of HTML that needs nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from ...vocabulary import BACKEND
from ..visitors.site import FRONT_END
from ..visitors.timeline import SLICE
from .charts import Axis, Bar, Series
from .report import Report
from .report_json import settings_as_json
from .report_style import STYLE
from .report_words import figure_lines, headline, seconds, way_lines

_ALARMS: Final = {"OK": "ok", "ALARM": "bad", "INSUFFICIENT_DATA": "none"}


def report_as_html(report: Report) -> str:
    """Writes a report as a page: the same rehearsal gives the same bytes.

    Args:
        report: The report.
    """
    title = escape(headline(report))
    sections = "\n".join(_sections(report))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{title}</h1>\n{sections}\n</body>\n</html>\n"
    )


def _sections(report: Report) -> Iterator[str]:
    if report.reason:
        yield f"<p>{escape(report.reason)}</p>"
    yield f'<p class="dim">Seed {report.seed}. {_which(report)}</p>'
    if report.exceeded:
        yield "<h2>Limits</h2>" + _list(f"{each}" for each in report.exceeded)
    yield "<h2>Figures</h2>" + _table((name, value, means) for name, value, means in figure_lines(report))
    yield "<h2>Invariants</h2>" + _verdicts(report)
    yield "<h2>Over time</h2>" + "".join(_charts(report))
    if report.ways[0].name:
        yield "<h2>Ways back</h2>" + "".join(
            f"<details><summary>{escape(led)} ({len(ways)})</summary>{_list(way.name for way in ways)}</details>"
            for led, ways in way_lines(report)
        )
    if report.notes:
        yield "<h2>Notes</h2>" + _list(report.notes)
    events = "\n".join(f"{seconds(event.time):>7}  {event.kind:<9} {event.text}" for event in report.journal)
    yield f"<details><summary>Everything that happened</summary><pre>{escape(events)}</pre></details>"
    settings = escape(settings_as_json(report))
    yield f"<details><summary>Visitors, faults and modelled numbers</summary><pre>{settings}</pre></details>"


def _which(report: Report) -> str:
    if len(report.ways) == 1:
        return "The release was played once."
    return f"Each figure is the worst of {len(report.ways)} ways back; the charts show the worst of them as a whole."


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
        style, said = (word, word) if verdict.checks or not verdict.held else ("dim", "nothing to check")
        first = f"; first {verdict.first}" if verdict.first else ""
        counted = f"{verdict.violations:,} of {verdict.checks:,}{first}"
        rows.append(
            f'<tr><td class="{style}">{said}</td><td>{escape(verdict.invariant.value)}</td>'
            f'<td class="dim">{escape(counted)}</td></tr>'
        )
    return f"<table>{''.join(rows)}</table>"


def _charts(report: Report) -> Iterator[str]:
    axis = Axis(max((each.start + SLICE for each in report.timeline.slices), default=report.figures.total))
    yield axis.rows("Phases", list(_phase_rows(report)))
    starts = [each.start for each in report.timeline.slices]
    for kind, title in ((FRONT_END, "Pages by version"), (BACKEND, "API calls by version")):
        numbers = [number for number, each in enumerate(report.kinds) if each == kind]
        if numbers:
            yield axis.stacked(f"{title}, every {SLICE:g} s", starts, list(_by_version(report, numbers)))
    yield axis.rows("Who serves the new version", list(_serving_rows(report)))
    yield axis.lines("People affected so far", starts, _people(report))
    yield axis.rows("Alarms", list(_alarm_rows(report)))


def _by_version(report: Report, numbers: Sequence[int]) -> Iterator[Series]:
    slices = report.timeline.slices
    failed = [sum(each.errors[number] for number in numbers) for each in slices]
    new = [sum(each.new[number] for number in numbers) for each in slices]
    yield Series(
        name="old version", style="old", values=[sum(each.old[number] for number in numbers) for each in slices]
    )
    answered = [all_ - errors for all_, errors in zip(new, failed, strict=True)]
    yield Series(name="new version", style="new", values=answered)
    yield Series(name="failed", style="bad", values=failed)


def _people(report: Report) -> list[Series]:
    slices = report.timeline.slices
    return [
        Series(name="served by the bad or new version", style="line new", values=[each.met for each in slices]),
        Series(name="met an error", style="line bad", values=[each.met_error for each in slices]),
        Series(name="saw a broken page", style="line wait", values=[each.saw_broken for each in slices]),
    ]


def _phase_rows(report: Report) -> Iterator[tuple[str, list[Bar]]]:
    phases: dict[str, list[Bar]] = {}
    for span in report.spans:
        if span.phase:
            style = "wait" if span.back else ("new" if span.done else "bad")
            word = "taken back" if span.back else ("done" if span.done else "failed")
            says = f"{span.name}: {seconds(span.begin)} to {seconds(span.end)}, {word}"
            phases.setdefault(span.phase, []).append(Bar(begin=span.begin, end=span.end, style=style, says=says))
    yield from phases.items()


def _serving_rows(report: Report) -> Iterator[tuple[str, list[Bar]]]:
    """For each alias, when any of its requests reached another version than before the release."""
    for alias in sorted({move.alias for move in report.moves}):
        moves = [move for move in report.moves if move.alias == alias]
        bars: list[Bar] = []
        for move, until in zip(moves, [*(later.time for later in moves[1:]), _end(report)], strict=True):
            at_home = move.after == moves[0].before
            says = f"{seconds(move.time)}: {move.after} ({move.why})"
            bars.append(Bar(begin=move.time, end=until, style="old" if at_home else "new", says=says))
        yield alias, [Bar(begin=0, end=moves[0].time, style="old", says=str(moves[0].before)), *bars]


def _alarm_rows(report: Report) -> Iterator[tuple[str, list[Bar]]]:
    for alarm in sorted({change.logical_id for change in report.alarms}):
        changes = [change for change in report.alarms if change.logical_id == alarm]
        first = Bar(begin=0, end=changes[0].time, style=_ALARMS[changes[0].before], says=changes[0].before)
        ends = [*(later.time for later in changes[1:]), _end(report)]
        yield (
            alarm,
            [
                first,
                *(
                    Bar(
                        begin=change.time,
                        end=until,
                        style=_ALARMS[change.after],
                        says=f"{seconds(change.time)}: {change.after}",
                    )
                    for change, until in zip(changes, ends, strict=True)
                ),
            ],
        )


def _end(report: Report) -> float:
    return max(report.figures.total, max((each.start + SLICE for each in report.timeline.slices), default=0.0))
