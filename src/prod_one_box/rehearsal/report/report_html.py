"""The report as one HTML page without external resources."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from ..notation import duration, moment
from ..visitors.figures import Figures
from . import wording
from .judgement import blast_of, containment_of
from .page_charts import charts
from .report import Report
from .report_json import settings_as_json

_STYLE: Final = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2330;--dim:#5d6675;--rule:#d9dee6;--old:#8fa3bf;--new:#2f6fde;
  --bad:#c8322b;--ok:#4f9d69;--wait:#d9a227;--none:#c4cad3}
@media(prefers-color-scheme:dark){:root{--bg:#14181f;--fg:#e6e9ef;--dim:#9aa4b2;--rule:#2c3440;--old:#5b6f8c;
  --new:#6ea0ff;--bad:#ff6b5e;--ok:#63c286;--wait:#e8bd55;--none:#454e5c}}
body{font:15px/1.5 system-ui,sans-serif;background:var(--bg);color:var(--fg);max-width:1000px;margin:2rem auto;
  padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.3rem 0}
table{border-collapse:collapse;width:100%}
td,th{padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top;
  overflow-wrap:anywhere}
td:first-child{white-space:nowrap}
td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.dim{color:var(--dim)}
.broken{color:var(--bad);font-weight:600}
.held{color:var(--ok);font-weight:600}
figure{margin:1rem 0}
figcaption{font-weight:600}
.keys{font-weight:400;font-size:13px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:.8rem;margin:1.2rem 0}
.tile{border:1px solid var(--rule);border-radius:6px;padding:.6rem .8rem;font-size:13px;line-height:1.35}
.tile b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
svg{width:100%;height:auto;display:block}
svg text{font-size:11px;fill:var(--dim)}
text.name{text-anchor:end}
text.time{text-anchor:middle}
.tick{stroke:var(--rule)}
.key{margin-right:1rem;color:var(--dim);white-space:nowrap}
.key i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}
.old{fill:var(--old);background:var(--old)}
.new{fill:var(--new);background:var(--new)}
.bad{fill:var(--bad);background:var(--bad);stroke:none}
.ok{fill:var(--ok);background:var(--ok)}
.wait{fill:var(--wait);background:var(--wait)}
.none{fill:var(--none);background:var(--none)}
.band{fill:var(--rule);background:var(--rule);opacity:.45}
.mark{stroke-width:1.5;stroke-dasharray:4 3}
.mark.out{stroke:var(--fg)}
.mark.seen{stroke:var(--wait)}
.mark.over{stroke:var(--ok)}
.key i.mark{width:0;height:1em;vertical-align:-.15em;border-left:2px dashed}
.key i.mark.out{color:var(--fg)}
.key i.mark.seen{color:var(--wait)}
.key i.mark.over{color:var(--ok)}
.line{fill:none;stroke-width:2;background:none}
.line.new{stroke:var(--new)}
.line.bad{stroke:var(--bad)}
.line.wait{stroke:var(--wait)}
.key i.line.new{background:var(--new)}
.key i.line.bad{background:var(--bad)}
.key i.line.wait{background:var(--wait)}
pre{overflow:auto;font-size:12px}
details{margin:1rem 0}
summary{cursor:pointer}
"""


def report_as_html(report: Report) -> str:
    """Return a report as an HTML page; the same rehearsal gives the same bytes."""
    body = "\n".join(
        "\n".join([f"<h1>{escape(wording.headline(each))}</h1>", *_sections(each)])
        for each in (*report.earlier, report)
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(wording.headline(report))}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _sections(report: Report) -> Iterator[str]:
    yield from (f'<p class="broken">{escape(line)}</p>' for line in wording.warnings(report))
    yield from (f"<p>{escape(line)}</p>" for line in wording.played_lines(report))
    if report.reason:
        yield f"<p>Why it went back: {escape(report.reason)}</p>"
    yield from (f"<p>{escape(line)}</p>" for line in wording.stack_lines(report))
    way = wording.shown_way(report) if len(report.ways) > 1 else "The release was played once"
    yield f'<p class="dim">Seed {report.seed}. {escape(way)}.</p>'
    yield _tiles(report)
    if report.exceeded:
        yield '<h2 class="broken">Limits exceeded</h2>' + _list(f"{each}" for each in report.exceeded)
    yield "<h2>Figures</h2>" + _figure_table(wording.figure_lines(report))
    yield from _worse(report)
    if report.exposure:
        yield _columns(wording.EXPOSURE_TITLE, wording.EXPOSURE_COLUMNS, wording.exposure_lines(report))
    if report.steps:
        columns = ("step at", "configured", "bad version", "share", "alias")
        yield _columns(wording.steps_title(report), columns, wording.step_lines(report))
    yield from _answers(report)
    yield "<h2>Invariants</h2>" + _table(_verdicts(report))
    yield "<h2>Over time</h2>" + "".join(charts(report))
    if report.ways[0].name:
        yield "<h2>Ways back</h2>" + "".join(
            f"<details><summary>{escape(result)} ({len(ways)})</summary>{_list(way.name for way in ways)}</details>"
            for result, ways in wording.way_lines(report)
        )
    if report.at_once:
        yield f"<h2>{wording.AT_ONCE_TITLE}</h2>" + _figure_table(report.at_once)
    if report.notes:
        yield "<h2>Notes</h2>" + _list(report.notes)
    events = "\n".join(f"{moment(event.time):>7}  {event.kind:<9} {event.text}" for event in report.journal)
    yield _details("All events", events)
    yield _details("Visitors, faults and modelled numbers", settings_as_json(report))


def _worse(report: Report) -> Iterator[str]:
    worse = list(wording.worse_lines(report))
    if worse:
        yield "<h2>Worse in another way back</h2>" + _figure_table(worse)


def _answers(report: Report) -> Iterator[str]:
    found = list(wording.answer_lines(report))
    if found:
        yield f"<h2>{wording.ANSWERS_TITLE}</h2>" + _table([_cell(name), _cell(text)] for name, text in found)


def _columns(title: str, columns: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{each}</th>" for each in columns)
    cells = ([_cell(text) for text in row] for row in rows)
    return f"<h2>{escape(title)}</h2>" + _table(cells, head=f"<tr>{head}</tr>")


def _tiles(report: Report) -> str:
    tiles = "".join(
        f'<div class="tile"><b class="{style}">{escape(value)}</b>{escape(name)}<br>'
        f'<span class="dim">{escape(text)}</span></div>'
        for name, value, text, style in _main_figures(report)
    )
    return f'<div class="tiles">{tiles}</div>'


def _main_figures(report: Report) -> Iterator[tuple[str, str, str, str]]:
    """Return each figure's name, value, meaning and CSS class."""
    figures = report.figures
    broken = sum(not verdict.held for verdict in report.verdicts) + len(report.exceeded)
    if broken:
        yield "invariants or limits", f"{broken} broken", "in any way back", "broken"
    else:
        yield "invariants and limits", "held", "in every way that was played", "held"
    if figures.exposed_at is not None:
        yield "detected after", duration(figures.detect), _detection(figures), _bad(figures.detect is None)
        yield _contained(report)
        yield _affected(report)
    elif not report.released:
        yield "back after", duration(figures.back), "the end of the update", _bad(figures.back is None)
    yield "total", duration(figures.total), f"{duration(figures.overhead)} neither shift nor bake", ""


def _detection(figures: Figures) -> str:
    return "the comparison found it" if figures.compared else "a watched alarm was red"


def _contained(report: Report) -> tuple[str, str, str, str]:
    contain, judged = report.figures.contain, containment_of(report)
    is_bad = contain is None if judged is None else not judged.within_one_poll
    return "contained after", duration(contain), wording.contained_words(report), _bad(is_bad)


def _affected(report: Report) -> tuple[str, str, str, str]:
    figures, blast = report.figures, blast_of(report)
    text = f"{figures.blast_radius:.1%} of all"
    if blast:
        text += f"; {blast.share_met:.1%} of the visitors during the bad release, exposure {100 * blast.exposure:g} %"
    return "visitors affected", f"{figures.met:,}", text, _bad(blast is not None and not blast.within)


def _bad(is_bad: bool) -> str:
    return "broken" if is_bad else ""


def _verdicts(report: Report) -> Iterator[Sequence[str]]:
    for verdict in report.verdicts:
        result, reason = wording.verdict_words(verdict)
        style = "dim" if result == "not checked" else result
        yield _cell(result, style), _cell(verdict.invariant.value), _cell(reason, "dim")


def _figure_table(rows: Iterable[tuple[str, str, str]]) -> str:
    return _table([_cell(name), _cell(value, "n"), _cell(meaning, "dim")] for name, value, meaning in rows)


def _table(rows: Iterable[Sequence[str]], head: str = "") -> str:
    return "<table>" + head + "".join(f"<tr>{''.join(row)}</tr>" for row in rows) + "</table>"


def _cell(text: str, style: str = "") -> str:
    attribute = f' class="{style}"' if style else ""
    return f"<td{attribute}>{escape(text)}</td>"


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _details(summary: str, text: str) -> str:
    return f"<details><summary>{summary}</summary><pre>{escape(text)}</pre></details>"
