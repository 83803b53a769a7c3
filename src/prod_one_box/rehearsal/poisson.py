"""How many independent events happen in a time, drawn at random."""

from itertools import accumulate
from math import ceil, exp, lgamma, log, sqrt
from random import Random
from typing import Final

_DEVIATIONS: Final = 9
_LEAST_SPREAD: Final = 20


def poisson(random: Random, mean: float, count: int = 1) -> list[int]:
    """Draw Poisson-distributed numbers, by a table of their chances without those below 1 in a billion."""
    if mean <= 0:
        return [0] * count
    spread = _DEVIATIONS * sqrt(mean) + _LEAST_SPREAD
    numbers = range(max(0, int(mean - spread)), ceil(mean + spread) + 1)
    chances = accumulate(exp(number * log(mean) - mean - lgamma(number + 1)) for number in numbers)
    return random.choices(numbers, cum_weights=[*chances], k=count)
