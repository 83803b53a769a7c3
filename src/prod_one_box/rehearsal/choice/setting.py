"""A setting of a release: its waves, the alarms on errors, and the comparison of the new version with the old one."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple

READING: Final = 3
"""Minutes after its end at which a minute can be compared, so that a bake which compares holds on for them."""


class Wave(NamedTuple):
    """A wave.

    Attributes:
        share: The percentage of visitors in its partition.
        bake: Minutes of its bake, without those until the last of them can be compared.
    """

    share: float
    bake: int


class ErrorAlarm(NamedTuple):
    """When the alarm on a partition's error rate is red.

    Attributes:
        error_rate: More percent of the requests than this fail,
        minimum_requests: of at least so many in a period,
        period: of so many minutes,
        datapoints: so many times in a row.
    """

    error_rate: float = 5
    minimum_requests: int = 20
    period: int = 1
    datapoints: int = 2

    @property
    def shortest_bake(self) -> int:
        """The minutes in which it can become red; the constructs refuse shorter bakes."""
        return self.period * self.datapoints + 2


class Compared(NamedTuple):
    """The numbers of the comparison."""

    false_alarms: float = 0.05
    tolerance: float = 1.5


DEFAULT_ALARM: Final = ErrorAlarm()
DEFAULT_COMPARED: Final = Compared()


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting.

    Attributes:
        waves: The waves, in the order of a release.
        alarm: The alarm on each partition's error rate; None if it has none.
        compared: The comparison; None if nothing is compared, or if that only reports.
        reading: Minutes that each bake holds on until its last minutes can be compared; 0 if nothing is compared.
    """

    waves: tuple[Wave, ...]
    alarm: ErrorAlarm | None = DEFAULT_ALARM
    compared: Compared | None = DEFAULT_COMPARED
    reading: int = READING

    @property
    def shares(self) -> tuple[float, ...]:
        """The percentage of visitors in each partition; the last is the regular one."""
        return (*(wave.share for wave in self.waves), max(0.0, 100 - sum(wave.share for wave in self.waves)))

    @cached_property
    def switches(self) -> tuple[int, ...]:
        """The minute of each wave's switch after the first, and that of the promotion."""
        return tuple(accumulate((wave.bake + self.reading for wave in self.waves), initial=0))

    @property
    def promoted_after(self) -> int:
        """Minutes from the first switch to the promotion."""
        return self.switches[-1]

    def exposed(self, minutes: int) -> float:
        """Return how many minutes' worth of the whole site's requests the new version has in its first minutes."""
        starts = zip(self.waves, self.switches, strict=False)
        return sum(wave.share / 100 * max(0, minutes - start) for wave, start in starts)

    def judged(self) -> Iterator[list[int]]:
        """Yield the minutes of each stage that the comparison judges before the promotion.

        A switch's minute and the one before count for nobody, and a minute is judged `READING` minutes after its end.
        """
        last = self.promoted_after - READING - 1
        for start, end in zip(self.switches, self.switches[1:], strict=False):
            yield [*range(start + 1, min(end - 2, last) + 1)]
