"""What a bad release is judged by: how fast it was contained, and how many of those who came met it.

Which figures are worse in another way back than in the one that a report shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Final

from .report import Report, Way

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


# Not their shares: all visitors become more the longer a way back takes.
_COUNTS: Final = {"met": "served", "met_error": "met an error", "saw_broken": "saw a broken page"}
_TIMES: Final = {"detect": "detected after", "contain": "contained after", "back": "fully back after", "total": "total"}


@dataclass(frozen=True, kw_only=True)
class Worse:
    """A figure that is worse in another way back.

    Attributes:
        name: Its name in `Figures`.
        says: Its name for people.
        value: The worst value of all ways; None for a moment that never came.
        way: The way back that it belongs to.
        is_count: Whether it is a number of visitors; otherwise it is seconds.
    """

    name: str
    says: str
    value: float | None
    way: str
    is_count: bool


def worse_elsewhere(report: Report) -> Iterator[Worse]:
    """Lists those figures, each with the first way back in which it is the worst."""
    exposed = report.figures.exposed_at is not None
    names = {**_COUNTS, **_TIMES} if exposed else {"back": _TIMES["back"], "total": _TIMES["total"]}
    if len(report.ways) == 1:
        return
    for name, says in names.items():
        worst = max(report.ways, key=lambda way: _badness(way, name))
        if _badness(worst, name) > _badness(report.ways[report.shown], name):
            value = getattr(worst.figures, name)
            yield Worse(name=name, says=says, value=value, way=worst.name, is_count=name in _COUNTS)


def _badness(way: Way, name: str) -> float:
    value: float | None = getattr(way.figures, name)
    return float("inf") if value is None else round(value, 6)
