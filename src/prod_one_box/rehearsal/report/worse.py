"""Which figures are worse in another way back than in the one that a report shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .report import Report, Way

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
