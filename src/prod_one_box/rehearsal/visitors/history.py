"""The metrics of the hours before a rehearsed release, drawn minute by minute without playing the visitors.

The comparison learns there what is usual for the partitions.
"""

from math import ceil
from random import Random
from statistics import fmean
from typing import Final

from ..cloudwatch.metrics import MINUTE
from .serving import ServingTier
from .usual_errors import poisson

_MINUTES: Final = 6 * 60 + 2
"""What the comparison reads before the first switch, which comes after the update's start."""

_FILLING: Final = 3
"""Minutes until as many visits end as start, which are not usual."""


def draw_history(tier: ServingTier, begin: float, random: Random) -> None:
    """Draw the minutes before `begin`, from which on the visitors have been played, until the update's start.

    A tier has as many requests a minute as in that time, without which there is no history.
    """
    first = ceil(begin / MINUTE)
    played = [tier.requests_in(minute) for minute in range(first + _FILLING, 0)]
    if not played:
        return
    rate = fmean(played)
    for minute in range(-_MINUTES, first):
        tier.count(minute * MINUTE, poisson(random, rate))
