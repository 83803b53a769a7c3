"""Judges how fast a bad release was contained, how many visitors it served, and which ways back were worse."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, sqrt
from typing import Final

from .report import Report, Way

_STANDARD_ERRORS: Final = 3


@dataclass(frozen=True, kw_only=True)
class ContainmentTime:
    """How fast a bad front end was contained after its detection.

    Attributes:
        after_alarm: From the detection, by a watched alarm or by the comparison, until the bad version served no
            visitor, in seconds.
        poll: From one poll of the bake to the next, in seconds.
        within_one_poll: Whether `after_alarm` is at most `poll`.
    """

    after_alarm: float
    poll: float
    within_one_poll: bool


@dataclass(frozen=True, kw_only=True)
class Blast:
    """How many of the visitors during a bad front end it served.

    Attributes:
        came: The number of visitors while the bad version served anybody.
        met: How many of them the bad version served.
        share_met: `met` over `came`, 0 to 1.
        exposure: The share of visitors in the partitions that had switched by the detection, 0 to 1.
        margin: Three standard errors of that share among so many visitors. Those behind one address count as one for
            each kind of browser, because the edge tells them apart by nothing else.
        within: Whether `share_met` is at most `exposure` plus `margin`.
    """

    came: int
    met: int
    share_met: float
    exposure: float
    margin: float
    within: bool


def containment_of(report: Report) -> ContainmentTime | None:
    """Judge the containment of a bad front end; return None unless one was detected and contained."""
    figures = report.figures
    is_judged = report.fault.front_end and not report.fault.backend and not report.released
    if not is_judged or figures.detect is None or figures.contain is None or report.poll is None:
        return None
    after = figures.contain - figures.detect
    return ContainmentTime(after_alarm=after, poll=report.poll, within_one_poll=after <= report.poll)


def blast_of(report: Report) -> Blast | None:
    """Judge the blast radius of a bad front end by the exposure at its detection, or else at the end of the update.

    Return None without a bad front end, beside a bad backend, if nothing ended the release, or if partitions share a
    function: a version that hangs uses the concurrency of all, which is not played.
    """
    figures = report.figures
    if not report.fault.front_end or report.fault.backend or not figures.came:
        return None
    if len({each.function for each in report.exposure}) < len(report.exposure):
        return None
    exposure = _exposure_at_detection(report)
    if exposure is None:
        return None
    behind_one = report.population.behind_one_address
    draws = (1 - behind_one) / figures.came + behind_one**2 / report.assumptions.browsers
    margin = _STANDARD_ERRORS * sqrt(exposure * (1 - exposure) * draws)
    return Blast(
        came=figures.came,
        met=figures.met,
        share_met=figures.share_met,
        exposure=exposure,
        margin=margin,
        within=figures.share_met <= exposure + margin,
    )


def _exposure_at_detection(report: Report) -> float | None:
    figures = report.figures
    detected = figures.detect is not None and figures.exposed_at is not None
    time = (figures.exposed_at or 0.0) + (figures.detect or 0.0) if detected else figures.ended_at
    if time is None:
        return None
    switched = [each for each in report.exposure if each.switched_at is not None and each.switched_at <= time]
    return round(sum(each.share for each in switched), 6)


# Not their shares: the longer a way back takes, the more visitors there are.
_COUNTS: Final = {"met": "served", "met_error": "got an error", "saw_broken": "saw a broken page"}
_TIMES: Final = {"detect": "detected after", "contain": "contained after", "back": "fully back after", "total": "total"}


@dataclass(frozen=True, kw_only=True)
class Worse:
    """A figure that is worse in another way back than in the one that the report shows.

    Attributes:
        name: The figure's name in `Figures`.
        says: Its name in the reports.
        value: The worst value of all ways back; None for an event that never happened.
        way: The first way back with that value.
        is_count: Whether the value is a number of visitors; otherwise it is in seconds.
    """

    name: str
    says: str
    value: float | None
    way: str
    is_count: bool


def worse_elsewhere(report: Report) -> Iterator[Worse]:
    """Return the figures that are worse in another way back."""
    exposed = report.figures.exposed_at is not None
    names = {**_COUNTS, **_TIMES} if exposed else {"back": _TIMES["back"], "total": _TIMES["total"]}
    for name, text in names.items():
        worst = max(report.ways, key=lambda way: _badness(way, name))
        if _badness(worst, name) > _badness(report.ways[report.shown], name):
            value = getattr(worst.figures, name)
            yield Worse(name=name, says=text, value=value, way=worst.name, is_count=name in _COUNTS)


def _badness(way: Way, name: str) -> float:
    value: float | None = getattr(way.figures, name)
    return inf if value is None else round(value, 6)
