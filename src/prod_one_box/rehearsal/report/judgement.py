"""What a bad release is judged by: how fast it was contained, and how many of those who came met it."""

from dataclasses import dataclass
from math import sqrt

from .report import Report

_ERRORS = 3


@dataclass(frozen=True, kw_only=True)
class Containment:
    """How fast a bad front end was contained once it was noticed.

    Attributes:
        after_alarm: From the watched alarm until nobody was served the bad version, in seconds.
        poll: From one poll of the bake to the next, in seconds.
        within_one_poll: Whether the one is not longer than the other.
    """

    after_alarm: float
    poll: float
    within_one_poll: bool


@dataclass(frozen=True, kw_only=True)
class Blast:
    """How many of the visitors who came while a bad front end was served met it.

    Attributes:
        came: Those visitors.
        met: How many of them met it.
        share_met: The one over the other, 0 to 1.
        share: The share of visitors in the one-box, 0 to 1.
        margin: Three standard errors of that share among so many visitors.
        within: Whether the share met is at most that much above the one-box's share.
    """

    came: int
    met: int
    share_met: float
    share: float
    margin: float
    within: bool


def containment_of(report: Report) -> Containment | None:
    """Judges the containment of a bad front end that was noticed; None if there is nothing to judge."""
    figures = report.figures
    judged = report.fault.front_end and not report.fault.backend and not report.released
    if not judged or figures.detect is None or figures.contain is None or report.poll is None:
        return None
    after = figures.contain - figures.detect
    return Containment(after_alarm=after, poll=report.poll, within_one_poll=after <= report.poll)


def blast_of(report: Report) -> Blast | None:
    """Judges the blast radius of a bad front end; None if there was none, or a bad backend reached everybody."""
    figures, share = report.figures, report.share
    if not report.fault.front_end or report.fault.backend or not figures.came:
        return None
    margin = _ERRORS * sqrt(share * (1 - share) / figures.came)
    return Blast(
        came=figures.came,
        met=figures.met,
        share_met=figures.share_met,
        share=share,
        margin=margin,
        within=figures.share_met <= share + margin,
    )
