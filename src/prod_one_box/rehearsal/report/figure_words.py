"""The figures of a report, in words."""

from collections.abc import Iterator

from ..notation import duration
from ..visitors.figures import Figures
from .judgement import blast_of, containment_of
from .report import Report

Line = tuple[str, str, str]
"""A figure: what, how much, and what that means."""


def figure_lines(report: Report) -> Iterator[Line]:
    """The figures of the way that is shown."""
    figures = report.figures
    yield "visitors", f"{figures.visitors:,}", f"with {figures.requests:,} requests"
    if figures.baked is not None:
        says = "requests that the one-box served during the bake"
        yield "seen by the bake", f"{figures.baked:,}", says if figures.baked else f"{says}: it shows nothing"
    yield from _affected(report)
    yield "page replaced under them", f"{figures.saw_replaced:,}", "counted apart; `RetainedAssets` prevents it"
    if figures.broken_apart:
        share = figures.broken_apart / max(1, figures.pages_apart)
        yield "broken while apart", f"{share:.1%}", "of pages while the partitions were on different releases"
    if figures.exposed_at is not None:
        yield "detected after", duration(figures.detect), _detected(figures)
        yield "contained after", duration(figures.contain), _contained(report)
    yield from _back(report)
    yield "total", duration(figures.total), f"{duration(figures.overhead)} of it neither shift nor bake"


def _affected(report: Report) -> Iterator[Line]:
    figures = report.figures
    bad = "the bad version" if report.fault.is_any else "the new version"
    until = " until the update ended, all afterwards" if _counts_end_at_promotion(report) else ""
    served = f"{figures.blast_radius:.2%} of visitors{until}; {figures.requests_met:,} requests"
    yield f"served by {bad}", f"{figures.met:,}", served
    if figures.exposed_at is not None:
        says = f"of the visitors during the bad release: {figures.met:,} of {figures.came:,}{_judged(report)}"
        yield "share served by it", f"{figures.share_met:.1%}", says
    errors = f"{figures.share_with_error:.2%} of visitors; {figures.errors:,} requests"
    yield "met an error", f"{figures.met_error:,}", errors
    broken = f"{figures.share_with_broken:.2%} of visitors; {figures.broken:,} of {figures.pages:,} pages"
    yield "saw a broken page", f"{figures.saw_broken:,}", broken


def _counts_end_at_promotion(report: Report) -> bool:
    """Whether the release went on to reach everybody after all was counted; a bad one is watched for longer."""
    return report.released and not report.fault.is_any and report.figures.met > 0


def _judged(report: Report) -> str:
    """Whether a bad front end reached more than its share; empty if that is not to be judged."""
    blast = blast_of(report)
    if blast is None:
        return ""
    judged = "at most" if blast.within else "MORE than"
    return f"; {judged} three standard errors above the share ({100 * blast.share:g} % + {100 * blast.margin:.1f} %)"


def _detected(figures: Figures) -> str:
    if figures.detect is not None:
        return "from the bad version's first request to the first red alarm that is watched"
    if figures.alarmed is not None:
        return f"an alarm turned red after {duration(figures.alarmed)}, and nothing of this release watched it then"
    return "no alarm turned red before the end" if figures.ended_at is None else "no alarm turned red before it ended"


def _contained(report: Report) -> str:
    judged = containment_of(report)
    if judged is None:
        return "until nobody was served the bad version"
    within = "within" if judged.within_one_poll else "NOT within"
    return f"{duration(judged.after_alarm)} after its alarm; {within} one poll ({duration(judged.poll)})"


def _back(report: Report) -> Iterator[Line]:
    figures = report.figures
    if figures.exposed_at is not None:
        yield "fully back after", duration(figures.back), "until every alias was as before"
    elif not report.released:
        says = "from the update's end until every alias was as before" if report.moves else "nothing had moved"
        yield "fully back after", duration(figures.back), says
