"""The headline figures of a report's page."""

from collections.abc import Iterator
from html import escape

from ..notation import duration
from .judgement import blast_of, containment_of
from .report import Report


def tiles(report: Report) -> str:
    """Draws the figures that a reader looks for first."""
    drawn = "".join(
        f'<div class="tile"><b class="{style}">{escape(value)}</b>{escape(name)}<br>'
        f'<span class="dim">{escape(says)}</span></div>'
        for name, value, says, style in _figures(report)
    )
    return f'<div class="tiles">{drawn}</div>'


def _figures(report: Report) -> Iterator[tuple[str, str, str, str]]:
    """What, how much, what that means, and the class that colours it."""
    figures = report.figures
    broken = sum(not verdict.held for verdict in report.verdicts) + len(report.exceeded)
    if broken:
        yield "invariants or limits", f"{broken} broken", "in any way back", "broken"
    else:
        yield "invariants and limits", "held", "in every way that was played", "held"
    if figures.exposed_at is not None:
        yield "detected after", duration(figures.detect), "a watched alarm was red", _style(figures.detect is None)
        yield _contained(report)
        yield _affected(report)
    elif not report.released:
        yield "back after", duration(figures.back), "the update's end", _style(figures.back is None)
    yield "total", duration(figures.total), f"{duration(figures.overhead)} neither shift nor bake", ""


def _contained(report: Report) -> tuple[str, str, str, str]:
    figures, judged = report.figures, containment_of(report)
    if judged is None:
        return "contained after", duration(figures.contain), "nobody was served it", _style(figures.contain is None)
    within = "within" if judged.within_one_poll else "NOT within"
    says = f"{duration(judged.after_alarm)} after its alarm, {within} one poll"
    return "contained after", duration(figures.contain), says, _style(not judged.within_one_poll)


def _affected(report: Report) -> tuple[str, str, str, str]:
    figures, blast = report.figures, blast_of(report)
    says = f"{figures.blast_radius:.1%} of all"
    if blast:
        says += f"; {blast.share_met:.1%} of the visitors during the bad release, share {blast.share:.0%}"
    return "visitors affected", f"{figures.met:,}", says, _style(blast is not None and not blast.within)


def _style(bad: bool) -> str:
    return "broken" if bad else ""
