"""The metrics of the hours before a rehearsed release, drawn minute by minute without playing the visitors.

The comparison learns there what is usual for the partitions.
"""

from random import Random
from statistics import fmean
from typing import Final

from ..cloudwatch.metrics import MINUTE
from ..poisson import poisson
from .release_site import Tier
from .serving import TierMetrics
from .usual_errors import UsualErrors

_MINUTES: Final = 6 * 60 + 2
"""What the comparison reads before the first switch, which comes after the update's start."""

_FILLING: Final = 3
"""Minutes until as many visits end as start, which are not usual."""


class History:
    """The hours before a release for one tier."""

    def __init__(self, tier: Tier, metrics: TierMetrics, usual: UsualErrors, random: Random) -> None:
        self._version = tier.old_version
        self._metrics = metrics
        self._usual = usual
        self._random = random

    def draw(self, begin: float) -> None:
        """Draw the minutes before `begin`, from which on the visitors have been played, until the update's start.

        A minute has as many requests as in that time, on average; without that time there is no history.
        """
        first = self._metrics.next_minute(begin)
        played = [self._metrics.requests_in(minute) for minute in range(first + _FILLING, 0)]
        if not played:
            return
        minutes = range(-_MINUTES, first)
        drawn = poisson(self._random, fmean(played), len(minutes))
        for start, requests in zip(map(self._metrics.start_of, minutes), drawn, strict=True):
            failed, repeated = self._usual.among(requests, start, start + MINUTE)
            self._metrics.count(start, self._version, requests + repeated, failed + repeated)
