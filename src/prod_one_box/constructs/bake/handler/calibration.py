"""What is usual for two sides: from the hours before a release, when all partitions were on one version.

Real sides are never quite alike: visitors stay in their partition, one client may fail all day, small partitions have
more cold starts. So what is expected of the new side is measured against its own past. And failures come in clusters,
which makes many of them weigh less than as many independent ones. Simulations decided the constants below.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import exp, hypot, log, sqrt
from statistics import median
from typing import Final, NamedTuple

_BLOCKS: Final = (10, 20)
"""Minutes that are taken together to see whether failures come in clusters. The last is also used over time."""

_EXCESS: Final = 2 / 3
"""How much of the dispersion above 1 divides the evidence.

A cluster falls on one side as a whole, so its mean size counts; that of geometric clusters is 1 plus half the excess.
"""

_STANDARD_ERRORS: Final = 1.0
"""The margin of error of the ratio, which is combined with the tolerance like independent errors."""

_LEAST_HISTORY: Final = 60
"""Minutes."""

_LEAST_FAILURES: Final = 30

_MEDIAN: Final = 0.455
"""The median of the chi-square distribution with one degree of freedom."""

_LEAST_VARIANCE: Final = 1e-12
"""Only so that nothing is divided by 0 where one side has all requests but a few of many billions."""

_CAUTIOUS_DISPERSION: Final = 3.0
_CAUTIOUS_MARGINS: Final = (log(2), log(3))
"""What counts at least with too little history; and the margin at most, because a larger one would find nothing."""


class Counts(NamedTuple):
    """What one minute shows of both sides.

    Attributes:
        new_requests: The requests of the partitions on the new version.
        new_failures: How many of them failed.
        old_requests: The requests of the partitions on the old version.
        old_failures: How many of them failed.
    """

    new_requests: float
    new_failures: float
    old_requests: float
    old_failures: float

    def new_share(self, ratio: float) -> float:
        """Return how likely a failure falls on the new side if its odds of failing are `ratio` times the old side's."""
        return ratio * self.new_requests / (ratio * self.new_requests + self.old_requests)

    @property
    def failures(self) -> float:
        """The failures of both sides."""
        return self.new_failures + self.old_failures

    @property
    def comparable(self) -> bool:
        """Whether both sides had requests."""
        return self.new_requests > 0 and self.old_requests > 0


class Calibration(NamedTuple):
    """What is usual for the two sides of a stage while both are on one version.

    Attributes:
        ratio: The new side's rate of failing over the old side's.
        margin: The margin of error of the ratio's logarithm.
        dispersion: How much more the failures vary than independent ones would, at least 1.
        usual: Whether that was measured; False if the history is too short and the cautious default counts.
    """

    ratio: float
    margin: float
    dispersion: float
    usual: bool

    def tolerated(self, tolerance: float) -> float:
        """Return how many times the old side's odds of failing the new side's may be."""
        return max(tolerance, self.ratio * exp(hypot(log(tolerance), self.margin)))

    @property
    def divisor(self) -> float:
        """What the logarithm of the evidence is divided by."""
        return 1 + _EXCESS * (self.dispersion - 1)


def calibrate(history: Sequence[Counts]) -> Calibration:
    """Return what is usual for two sides, from the minutes in which both were on one version.

    Args:
        history: Complete minutes before the release, in order, divided into the stage's sides.
    """
    minutes = [each for each in history if each.comparable]
    total = _sum(minutes)
    new, old = total.new_failures + 0.5, total.old_failures + 0.5
    ratio = new / (total.new_requests + 1) / (old / (total.old_requests + 1))
    dispersion = _dispersion(minutes, ratio)
    usual = len(minutes) >= _LEAST_HISTORY and total.failures >= _LEAST_FAILURES
    if not usual:
        ratio, dispersion = max(_cautious_ratio(total), 1.0), max(dispersion, _CAUTIOUS_DISPERSION)
    margin = _STANDARD_ERRORS * sqrt(dispersion * (1 / new + 1 / old))
    if not usual:
        least, most = _CAUTIOUS_MARGINS
        margin = min(max(margin, least), most)
    return Calibration(ratio, margin, dispersion, usual)


def _cautious_ratio(total: Counts) -> float:
    """Return the ratio of the sides' rates with one failure more, divided as the requests are: without any, 1."""
    if not total.comparable:
        return 1.0
    share = total.new_share(1)
    new, old = total.new_failures + share, total.old_failures + 1 - share
    return (new / total.new_requests) / (old / total.old_requests)


def _dispersion(minutes: Sequence[Counts], ratio: float) -> float:
    """Return how much more the failures vary than independent ones would, at least 1.

    It is seen in the side of the failures of each block, by Pearson's chi-square per failure. A side with few failures
    cannot show that they come in clusters: then the other side shows it, by how its failures are divided between
    neighboring blocks. There an incident would look like a cluster, so the median counts.
    """
    found = [1.0]
    for size in _BLOCKS:
        blocks = [each for each in _blocks(minutes, size) if each.failures]
        failures = sum(each.failures for each in blocks)
        squares = (_square(each.new_failures, each.failures, each.new_share(ratio)) for each in blocks)
        found.append(sum(squares) / max(failures, 1))
    blocks = _blocks(minutes, _BLOCKS[-1])
    new = [(each.new_failures, each.new_requests) for each in blocks]
    old = [(each.old_failures, each.old_requests) for each in blocks]
    total = _sum(minutes)
    if min(total.new_failures, total.old_failures) < _LEAST_FAILURES:
        side = old if total.new_failures <= total.old_failures else new
        pairs = [(j, j + k, n / (n + m)) for (j, n), (k, m) in pairwise(side) if j + k]
        found.append(median(_square(*each) / each[1] for each in pairs) / _MEDIAN if pairs else 1.0)
    return max(found)


def _square(part: float, whole: float, share: float) -> float:
    """Return the squared deviation of a part from its expected share of the whole, over the variance of one failure."""
    return (part - share * whole) ** 2 / max(share * (1 - share), _LEAST_VARIANCE)


def _blocks(minutes: Sequence[Counts], size: int) -> list[Counts]:
    """Return the sums of consecutive minutes, without those that are left over."""
    return [_sum(minutes[start : start + size]) for start in range(0, len(minutes) - size + 1, size)]


def _sum(minutes: Sequence[Counts]) -> Counts:
    return Counts(*map(sum, zip(*minutes, strict=True))) if minutes else Counts(0, 0, 0, 0)
