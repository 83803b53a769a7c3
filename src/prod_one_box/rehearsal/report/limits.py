"""What a rehearsal must not exceed, for a pipeline that stops a release when it does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from ...errors import is_number, is_share
from ..notation import duration
from ..visitors.figures import Figures


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that is accepted: a limit of None, each one's default, accepts anything.

    A bad release must be stopped, whatever the limits are: see `allow_undetected`.

    Attributes:
        max_affected: The visitors whom the bad version served, as a share of the visitors during the bad release, which
            are those who came while it served anybody, 0 to 1; default: None.
        max_errors: The visitors who met an error, as a share, 0 to 1; default: None.
        max_broken: The visitors who saw a broken page, as a share, 0 to 1; default: None.
        max_detect: From exposure to the first red alarm that somebody watches, in seconds; default: None.
        max_contain: From exposure until nobody is served the bad version, in seconds; default: None.
        max_back: From exposure, or without one from the update's end, until every alias is as it was, in seconds;
            default: None.
        max_total: From the update's beginning to its end, in seconds; default: None.
        allow_undetected: Whether a bad release may reach all visitors, or be served without any alarm that is watched
            turning red; default: False. An update that was cancelled, or ended by another failure that was asked for,
            is not judged.

    Raises:
        ValueError: If a share is not from 0 to 1, or a time is negative or none.
    """

    max_affected: float | None = None
    max_errors: float | None = None
    max_broken: float | None = None
    max_detect: float | None = None
    max_contain: float | None = None
    max_back: float | None = None
    max_total: float | None = None
    allow_undetected: bool = False

    def __post_init__(self) -> None:
        """Refuses limits that mean nothing."""
        for name in ("max_affected", "max_errors", "max_broken"):
            share: float | None = getattr(self, name)
            if share is not None and not is_share(share):
                raise ValueError(f"{name}: got {share!r}; allowed: a share, 0 to 1")
        for name in ("max_detect", "max_contain", "max_back", "max_total"):
            seconds: float | None = getattr(self, name)
            if seconds is not None and not (is_number(seconds) and 0 <= seconds < inf):
                raise ValueError(f"{name}: got {seconds!r}; allowed: seconds, 0 or more")

    def exceeded_in(self, ways: Iterable[tuple[str, Figures]], *, from_outside: bool = False) -> tuple["Exceeded", ...]:
        """Compares every way in which a release can end; gives the worst way of each limit that was broken.

        Args:
            ways: The name of each way, with its figures.
            from_outside: Whether something else than the bad release was to end the update, such as a cancel; default:
                False.
        """
        found: dict[str, Exceeded] = {}
        for way, figures in ways:
            for each in (*self._exceeded_by(way, figures), *self._undetected(way, figures, from_outside)):
                if each.name not in found or each.badness > found[each.name].badness:
                    found[each.name] = each
        return tuple(found.values())

    def _exceeded_by(self, way: str, figures: Figures) -> Iterable["Exceeded"]:
        """Compares one way; a moment that has a limit and never came exceeds it.

        Where no bad version served anybody, nobody is affected, and there is nothing to detect.
        """
        shares: dict[str, float | None] = {
            "max_errors": figures.share_with_error,
            "max_broken": figures.share_with_broken,
        }
        times: dict[str, float | None] = {"max_total": figures.total}
        if figures.exposed_at is not None or figures.ended_at is not None:
            times["max_back"] = figures.back
        if figures.exposed_at is not None:
            shares["max_affected"] = figures.share_met
            times["max_contain"] = figures.contain
            if self._can_be_judged(figures):
                times["max_detect"] = figures.detect
        for name, value in {**shares, **times}.items():
            limit: float | None = getattr(self, name)
            if limit is not None and (value is None or value > limit):
                yield Exceeded(name=name, limit=limit, value=value, is_share=name in shares, way=way)

    def _undetected(self, way: str, figures: Figures, from_outside: bool) -> Iterator["Exceeded"]:
        """Names a bad release that reached everybody, or that no alarm noticed while it served somebody."""
        ended, noticed = figures.ended_at is not None, figures.detect is not None
        if self.allow_undetected or figures.exposed_at is None or (ended and (noticed or from_outside)):
            return
        seen = "an alarm that it watches turned red too late" if noticed else "no alarm that it watches turned red"
        says = f"the bad release {'served visitors' if ended else 'reached everybody'}; {seen}"
        yield Exceeded(name="allow_undetected", limit=None, value=None, is_share=False, way=way, says=says)

    def _can_be_judged(self, figures: Figures) -> bool:
        """An update that something else ended before the limit on detection was over says nothing about it."""
        if figures.detect is not None or figures.ended_at is None or self.max_detect is None:
            return True
        return figures.ended_at - (figures.exposed_at or 0.0) > self.max_detect


@dataclass(frozen=True, kw_only=True)
class Exceeded:
    """A limit that was broken.

    Attributes:
        name: The limit's name in `Limits`.
        limit: The most that was accepted; None for `allow_undetected`, which is no number.
        value: What came instead; None for a moment that never came.
        is_share: Whether both are shares of visitors; otherwise they are seconds.
        way: The way back in which it came to that; empty if there was none.
        says: What happened, for people, where that is no number; default: "".
    """

    name: str
    limit: float | None
    value: float | None
    is_share: bool
    way: str = ""
    says: str = ""

    @property
    def badness(self) -> float:
        """The value, where a moment that never came is worse than any other."""
        return float("inf") if self.value is None else self.value

    def as_python(self) -> str:
        """What was broken and by how much, in Python's word for it."""
        if self.says:
            return f"{self.name}: {self.says}"
        value, limit = (_percent(each) if self.is_share else duration(each) for each in (self.value, self.limit))
        return f"{self.name}: {value}, accepted up to {limit}"

    def __str__(self) -> str:
        option = f"--{self.name.replace('_', '-')}"
        where = f" (way back: {self.way})" if self.way else ""
        return f"{option}{self.as_python().removeprefix(self.name)}{where}"


def _percent(share: float | None) -> str:
    return "never" if share is None else f"{share:.2%}"
