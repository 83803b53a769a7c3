"""What a rehearsal must not exceed, for a pipeline that stops a release when it does."""

import re
from dataclasses import dataclass
from typing import Final

from ..visitors.figures import Figures

_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that is accepted; None accepts anything.

    Attributes:
        max_affected: The blast radius, as a share of visitors, 0 to 1.
        max_errors: The visitors who met an error, as a share, 0 to 1.
        max_broken: The visitors who saw a broken page, as a share, 0 to 1.
        max_detect: From exposure to the first red alarm, in seconds.
        max_contain: From exposure until nobody is served the bad version, in seconds.
        max_back: From exposure until every alias is as it was, in seconds.
        max_total: From the update's beginning to its end, in seconds.
    """

    max_affected: float | None = None
    max_errors: float | None = None
    max_broken: float | None = None
    max_detect: float | None = None
    max_contain: float | None = None
    max_back: float | None = None
    max_total: float | None = None

    def exceeded_by(self, figures: Figures) -> tuple["Exceeded", ...]:
        """Compares; a moment that has a limit and never came exceeds it.

        Where no bad version served anybody, nobody is affected, and there is nothing to detect.
        """
        shares: dict[str, float | None] = {
            "max_errors": figures.share_with_error,
            "max_broken": figures.share_with_broken,
        }
        times: dict[str, float | None] = {"max_total": figures.total}
        if figures.exposed_at is not None:
            shares["max_affected"] = figures.blast_radius
            times |= {"max_detect": figures.detect, "max_contain": figures.contain, "max_back": figures.back}
        found: list[Exceeded] = []
        for name, value in {**shares, **times}.items():
            limit: float | None = getattr(self, name)
            if limit is not None and (value is None or value > limit):
                found.append(Exceeded(name=name, limit=limit, value=value, is_share=name in shares))
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Exceeded:
    """A limit that was broken.

    Attributes:
        name: The limit's name in `Limits`.
        limit: The most that was accepted.
        value: What came instead; None for a moment that never came.
        is_share: Whether both are shares of visitors; otherwise they are seconds.
    """

    name: str
    limit: float
    value: float | None
    is_share: bool

    def __str__(self) -> str:
        shown = [_percent(each) if self.is_share else duration(each) for each in (self.value, self.limit)]
        return f"--{self.name.replace('_', '-')}: {shown[0]}, accepted up to {shown[1]}"


def duration(seconds: float | None) -> str:
    """Writes a duration for people."""
    if seconds is None:
        return "never"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{seconds:.3g} s"


def _percent(share: float | None) -> str:
    return "never" if share is None else f"{share:.2%}"


def parse_seconds(text: str) -> float:
    """Reads a duration such as 90, 90s, 3m or 1h, in seconds.

    Raises:
        ValueError: If it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if found is None:
        raise ValueError(f"{text} is no duration, such as 90s or 3m")
    return float(found[1]) * _UNITS[found[2] or "s"]


def parse_share(text: str) -> float:
    """Reads a share such as 25% or 0.25.

    Raises:
        ValueError: If it is none, or outside 0 to 1.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", text.strip())
    share = float(found[1]) / (100 if found[2] else 1) if found else -1.0
    if not 0 <= share <= 1:
        raise ValueError(f"{text} is no share, such as 25% or 0.25")
    return share
