"""Times two things one after the other, in turns, so that whatever else the machine does hits both alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Ratio:
    """How one thing's times compare with another's.

    Attributes:
        one: Its times.
        other: The other's, each measured beside the one at the same place.
    """

    one: Sequence[float]
    other: Sequence[float]

    @property
    def value(self) -> float:
        """The ratio of the medians."""
        return median(self.one) / median(self.other)

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half of the ratios of neighbours."""
        first, _, third = quantiles([a / b for a, b in zip(self.one, self.other, strict=True)], n=4)
        return first, third

    def __str__(self) -> str:
        first, third = self.spread
        return f"{self.value:.2f} ({first:.2f} to {third:.2f})"


def in_turns(one: Callable[[], float], other: Callable[[], float], *, rounds: int) -> Ratio:
    """Runs both once untimed, and then in turns; who begins changes from round to round.

    Args:
        one: Runs once and returns its time.
        other: The same.
        rounds: How often each runs.
    """
    one(), other()
    times: dict[Callable[[], float], list[float]] = {one: [], other: []}
    for number in range(rounds):
        for each in (one, other) if number % 2 else (other, one):
            times[each].append(each())
    return Ratio(times[one], times[other])
