"""The handler's arithmetic for many releases at once, with numpy; a test compares both."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from prod_one_box.constructs.bake.handler import calibration as usual
from prod_one_box.constructs.bake.handler import evidence

Array = NDArray[np.float64]

_TINY: Final = 1e-300
"""A divisor where nothing is divided."""


class Sides(NamedTuple):
    """The counts of both sides, each as an array of releases by minutes."""

    new_requests: Array
    new_failures: Array
    old_requests: Array
    old_failures: Array

    @property
    def failures(self) -> Array:
        return self.new_failures + self.old_failures

    @property
    def comparable(self) -> NDArray[np.bool_]:
        return (self.new_requests > 0) & (self.old_requests > 0)

    def new_share(self, ratio: Array) -> Array:
        new = ratio[:, None] * self.new_requests
        found: Array = new / np.maximum(new + self.old_requests, _TINY)
        return found

    def first(self, minutes: int) -> "Sides":
        return Sides(*(each[:, :minutes] for each in self))

    def after(self, minutes: int) -> "Sides":
        return Sides(*(each[:, minutes:] for each in self))


class Usual(NamedTuple):
    """`Calibration` of each release."""

    ratio: Array
    margin: Array
    dispersion: Array
    usual: NDArray[np.bool_]

    def tolerated(self, tolerance: float) -> Array:
        return np.maximum(tolerance, self.ratio * np.exp(np.hypot(np.log(tolerance), self.margin)))

    @property
    def divisor(self) -> Array:
        return 1 + usual._EXCESS * (self.dispersion - 1)


def calibrate(history: Sides) -> Usual:
    """Return what is usual in each release."""
    history, minutes = _comparable_first(history)
    new_requests, new_failures, old_requests, old_failures = (each.sum(1) for each in history)
    new, old = new_failures + 0.5, old_failures + 0.5
    ratio = new / (new_requests + 1) / (old / (old_requests + 1))
    dispersion = _dispersion(history, minutes, ratio)
    is_usual = (new_failures + old_failures >= usual._LEAST_FAILURES) & (minutes >= usual._LEAST_HISTORY)
    ratio = np.where(
        is_usual, ratio, np.maximum(_cautious_ratio(new_requests, new_failures, old_requests, old_failures), 1)
    )
    dispersion = np.where(is_usual, dispersion, np.maximum(dispersion, usual._CAUTIOUS_DISPERSION))
    margin = usual._STANDARD_ERRORS * np.sqrt(dispersion * (1 / new + 1 / old))
    margin = np.where(is_usual, margin, np.clip(margin, *usual._CAUTIOUS_MARGINS))
    return Usual(ratio, margin, dispersion, is_usual)


def _cautious_ratio(new_requests: Array, new_failures: Array, old_requests: Array, old_failures: Array) -> Array:
    comparable = (new_requests > 0) & (old_requests > 0)
    new_requests, old_requests = (np.where(comparable, each, 1) for each in (new_requests, old_requests))
    share = new_requests / (new_requests + old_requests)
    found: Array = (new_failures + share) / new_requests / ((old_failures + 1 - share) / old_requests)
    return np.where(comparable, found, 1)


def log_evidence(stages: Iterable[tuple[Usual, Sides]], *, tolerance: float) -> Array:
    """Return the logarithm of the evidence after each minute of each release."""
    parts = [_log_likelihoods(usual, minutes, tolerance) for usual, minutes in stages]
    sums = np.concatenate(parts, axis=2).cumsum(2)
    most = sums.max(0)
    found: Array = most + np.log(np.exp(sums - most).mean(0))
    return found


def stopped_after(
    stages: Sequence[tuple[Usual, Sides]], *, tolerance: float, false_alarms: Sequence[float]
) -> list[NDArray[np.int64]]:
    """Return, for each nominal rate, the number of minutes after which each release is stopped; 0 if it is not."""
    found = log_evidence(stages, tolerance=tolerance)
    failing = np.concatenate([(each.new_failures > 0) & each.comparable for _, each in stages], axis=1)
    found = np.where(failing.cumsum(1) >= evidence.LEAST_MINUTES, found, -np.inf)
    worse = [found >= -np.log(each) for each in false_alarms]
    return [np.where(each.any(1), each.argmax(1) + 1, 0) for each in worse]


def _log_likelihoods(usual: Usual, minutes: Sides, tolerance: float) -> Array:
    share = minutes.new_share(usual.tolerated(tolerance))
    new = np.where(minutes.comparable, minutes.new_failures, 0) / usual.divisor[:, None]
    both = np.where(minutes.comparable, minutes.failures, 0) / usual.divisor[:, None]
    return np.stack([new * np.log(factor) - both * np.log1p((factor - 1) * share) for factor in evidence._FACTORS])


def _comparable_first(history: Sides) -> tuple[Sides, NDArray[np.int64]]:
    """Return each release's comparable minutes, then zeros, and how many are comparable."""
    comparable = history.comparable
    if comparable.all():
        return history, comparable.sum(1)
    order = np.argsort(~comparable, axis=1, kind="stable")
    kept = (np.where(comparable, each, 0) for each in history)
    return Sides(*(np.take_along_axis(each, order, axis=1) for each in kept)), comparable.sum(1)


def _dispersion(history: Sides, minutes: NDArray[np.int64], ratio: Array) -> Array:
    found = [_of_sides(_blocks(history, minutes, size), ratio) for size in usual._BLOCKS]
    blocks = _blocks(history, minutes, usual._BLOCKS[-1])
    new, old = history.new_failures.sum(1), history.old_failures.sum(1)
    over_time = np.where(
        new <= old,
        _of_neighbors(blocks.old_requests, blocks.old_failures),
        _of_neighbors(blocks.new_requests, blocks.new_failures),
    )
    found.append(np.where(np.minimum(new, old) < usual._LEAST_FAILURES, over_time, 1))
    most: Array = np.maximum(1, np.max(found, axis=0))
    return most


def _of_sides(blocks: Sides, ratio: Array) -> Array:
    squares = _squares(blocks.new_failures, blocks.failures, blocks.new_share(ratio)).sum(1)
    return squares / np.maximum(blocks.failures.sum(1), 1)


def _of_neighbors(requests: Array, failures: Array) -> Array:
    """Return the median of the pairs that have failures."""
    both = failures[:, :-1] + failures[:, 1:]
    share = requests[:, :-1] / np.maximum(requests[:, :-1] + requests[:, 1:], _TINY)
    counts = (both > 0) & (share > 0) & (share < 1)
    each = np.where(counts, _squares(failures[:, :-1], both, share) / np.maximum(both, 1), np.inf)
    each = np.concatenate([np.sort(each, axis=1), np.full((len(each), 1), np.inf)], axis=1)
    number = counts.sum(1)
    middle = [
        np.take_along_axis(each, at[:, None], axis=1)[:, 0] for at in (np.maximum(number - 1, 0) // 2, number // 2)
    ]
    return np.where(number > 0, (middle[0] + middle[1]) / 2 / usual._MEDIAN, 1)


def _squares(part: Array, whole: Array, share: Array) -> Array:
    spread = share * (1 - share)
    return np.where((whole > 0) & (spread > 0), (part - share * whole) ** 2 / np.maximum(spread, _TINY), 0)


def _blocks(history: Sides, minutes: NDArray[np.int64], size: int) -> Sides:
    """Return the sums of consecutive minutes; a block that is not whole has none."""
    releases, length = history.new_requests.shape
    last = length // size * size
    whole = np.arange(last // size) < (minutes // size)[:, None]
    return Sides(*(each[:, :last].reshape(releases, -1, size).sum(2) * whole for each in history))
