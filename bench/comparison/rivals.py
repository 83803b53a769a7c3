"""What the comparison is measured against: each says after how many minutes it stops a release; 0 if it does not."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .vectorized import Sides

Minutes = NDArray[np.int64]

_FEWEST: Final = 20
_THRESHOLD: Final = 0.05
_Z: Final = 2.326
_ERROR: Final = 0.01


def default_alarms(minutes: Sides) -> Minutes:
    """The library's default alarm on failures: over 5 % of at least 20 requests, in two minutes in a row."""
    requests, failures = minutes.new_requests, minutes.new_failures
    red = (requests >= _FEWEST) & (failures > _THRESHOLD * requests)
    twice = np.zeros_like(red)
    twice[:, 1:] = red[:, 1:] & red[:, :-1]
    return first(twice)


def z_test(minutes: Sides) -> Minutes:
    """A one-sided test of two proportions at 1 %, over all minutes so far, looked at every minute."""
    new, new_failures, old, old_failures = (each.cumsum(1) for each in minutes)
    pooled = (new_failures + old_failures) / np.maximum(new + old, 1)
    error = np.sqrt(pooled * (1 - pooled) * (1 / np.maximum(new, 1) + 1 / np.maximum(old, 1)))
    difference = new_failures / np.maximum(new, 1) - old_failures / np.maximum(old, 1)
    return first((error > 0) & (difference > _Z * error))


def wald(minutes: Sides, *, healthy: float, faulty: float) -> Minutes:
    """Wald's sequential test at 1 % of the new side's rate, which it knows of a good and of a bad release."""
    failures = minutes.new_failures.cumsum(1)
    successes = minutes.new_requests.cumsum(1) - failures
    ratio = failures * np.log(faulty / healthy) + successes * np.log((1 - faulty) / (1 - healthy))
    return first(ratio >= -np.log(_ERROR))


def first(stops: NDArray[np.bool_]) -> Minutes:
    """Return the number of the first minute that stops, by release."""
    return np.where(stops.any(1), stops.argmax(1) + 1, 0)
