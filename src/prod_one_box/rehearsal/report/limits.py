"""The limits with which a pipeline stops a release whose rehearsal exceeds them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from ...errors import check_numbers
from ..notation import duration
from ..visitors.figures import Figures


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that a rehearsal may reach; None, each limit's default, accepts any value.

    Whatever the limits are, a bad release must be stopped: see `allow_undetected`.

    Attributes:
        max_affected: The visitors whom the bad version served, as a share of the visitors while it served anybody, 0
            to 1; default: None.
        max_errors: The visitors with an error, as a share, 0 to 1; default: None.
        max_broken: The visitors with a broken page, as a share, 0 to 1; default: None.
        max_detect: From exposure to the first red alarm that is watched, or until the comparison could read the minute
            by which it ended the release, in seconds; default: None.
        max_contain: From exposure until the bad version serves no visitor, in seconds; default: None.
        max_back: From exposure, or without one from the end of the update, until every alias is as it was, in seconds;
            default: None.
        max_total: From the start of the update to its end, in seconds; default: None.
        allow_undetected: Whether a bad release may reach all visitors, or serve any without a watched alarm turning
            red or the comparison ending it; default: False. An update that ends by a requested cancel or failure is
            not judged.

    Raises:
        ValueError: If a share is not from 0 to 1, or a time is negative or not a number.
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
        """Validate the limits."""
        check_numbers(self, ("max_affected", "max_errors", "max_broken"), "a share, 0 to 1", most=1)
        check_numbers(self, ("max_detect", "max_contain", "max_back", "max_total"), "seconds, 0 or more")

    def exceeded_in(self, ways: Iterable[tuple[str, Figures]], *, from_outside: bool = False) -> tuple["Exceeded", ...]:
        """Return the exceeded limits, each with the way in which the release exceeds it most.

        Args:
            ways: The name of each way in which the release can end, with its figures.
            from_outside: Whether something other than the bad release was to end the update, such as a cancel; default:
                False.
        """
        worst: dict[str, Exceeded] = {}
        for way, figures in ways:
            for each in (*self._exceeded_by(way, figures), *self._undetected(way, figures, from_outside)):
                if each.name not in worst or each.badness > worst[each.name].badness:
                    worst[each.name] = each
        return tuple(worst.values())

    def _exceeded_by(self, way: str, figures: Figures) -> Iterable["Exceeded"]:
        """Return the limits that one way exceeds; an event that never happens exceeds any limit on its time.

        Unless a bad version served visitors, none is affected and there is nothing to detect.
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
            if self._detection_is_judged(figures):
                times["max_detect"] = figures.detect
        for name, value in {**shares, **times}.items():
            limit: float | None = getattr(self, name)
            if limit is not None and (value is None or value > limit):
                yield Exceeded(name=name, limit=limit, value=value, is_share=name in shares, way=way)

    def _undetected(self, way: str, figures: Figures, from_outside: bool) -> Iterator["Exceeded"]:
        """Report a bad release that reached all visitors, or that served any without being detected."""
        ended, detected = figures.ended_at is not None, figures.detect is not None
        if self.allow_undetected or figures.exposed_at is None or (ended and (detected or from_outside)):
            return
        reached = "served visitors" if ended else "reached all visitors"
        alarm = "a watched alarm turned red too late" if detected else "no watched alarm turned red"
        text = f"the bad release {reached}; {alarm}"
        yield Exceeded(name="allow_undetected", limit=None, value=None, is_share=False, way=way, says=text)

    def _detection_is_judged(self, figures: Figures) -> bool:
        """Return False if something else ended the update before the limit on the detection passed."""
        if figures.detect is not None or figures.ended_at is None or self.max_detect is None:
            return True
        return figures.ended_at - (figures.exposed_at or 0.0) > self.max_detect


@dataclass(frozen=True, kw_only=True)
class Exceeded:
    """A limit that a rehearsal exceeded.

    Attributes:
        name: The limit's name in `Limits`.
        limit: The limit; None for `allow_undetected`, which is not a number.
        value: The value; None for an event that never happened.
        is_share: Whether both are shares of visitors; otherwise they are in seconds.
        way: The way back with that value; empty if the release did not go back.
        says: What happened, if it is not a number; default: "".
    """

    name: str
    limit: float | None
    value: float | None
    is_share: bool
    way: str = ""
    says: str = ""

    @property
    def badness(self) -> float:
        """The value, or infinity for an event that never happened."""
        return inf if self.value is None else self.value

    def as_python(self) -> str:
        """Return what was exceeded and by how much, with the limit's name in Python."""
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
