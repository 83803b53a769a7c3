"""The functions of metric math that alarms can use (CloudWatch user guide, 'Functions supported for metric math').

One that is not here is named as not understood: those of dates, of search, of anomaly detection and of sorting.
"""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final, TypeAlias

from .metric_math_values import Series, Value, array, each, points, series

Function: TypeAlias = Callable[[Value, int], Value]
"""A function of one value; the second argument is the length of a period in seconds."""


def _pointwise(function: Callable[[float], float]) -> Function:
    return lambda value, _: points(function, value)


def _across(function: Callable[[list[float]], float], *, missing: float | None) -> Function:
    """A function that makes a scalar of one time series, and one time series of an array.

    Args:
        function: What it makes of some values.
        missing: What a missing value counts as; None: it is left out.
    """

    def over(some: Series) -> float | None:
        if all(point is None for point in some):
            return None
        filled = [missing if point is None else point for point in some]
        return float(function([point for point in filled if point is not None]))

    def apply(value: Value, _: int) -> Value:
        if isinstance(value, list):
            return tuple(map(over, zip(*value, strict=True)))
        return over(series(value)) or 0.0

    return apply


def _changes(one: Series) -> Iterator[tuple[float, int] | None]:
    """For each point the difference to the one before it that is not missing, and how many periods are between."""
    before: tuple[int, float] | None = None
    for index, point in enumerate(one):
        yield None if before is None or point is None else (point - before[1], index - before[0])
        if point is not None:
            before = (index, point)


def _diff(value: Value, _: int) -> Value:
    return each(lambda one: tuple(change and change[0] for change in _changes(one)), value)


def _rate(value: Value, period: int) -> Value:
    return each(lambda one: tuple(change and change[0] / (change[1] * period) for change in _changes(one)), value)


def _running_sum(value: Value, _: int) -> Value:
    def summed(one: Series) -> Series:
        total, sums = 0.0, []
        for point in one:
            total += point or 0.0
            sums.append(total)
        return tuple(sums)

    return each(summed, value)


def _repeat(value: Value) -> Value:
    """Fills with the value before; what is missing at the beginning stays missing."""

    def repeated(one: Series) -> Series:
        last: float | None = None
        filled: list[float | None] = []
        for point in one:
            last = last if point is None else point
            filled.append(last)
        return tuple(filled)

    return each(repeated, value)


def _linear(value: Value) -> Value:
    """Fills along a line between the values around a gap; what is missing at an end stays missing."""

    def between(one: Series) -> Series:
        filled = list(one)
        known = [index for index, point in enumerate(one) if point is not None]
        for first, last in pairwise(known):
            start, end = one[first] or 0.0, one[last] or 0.0
            for index in range(first + 1, last):
                filled[index] = start + (end - start) * (index - first) / (last - first)
        return tuple(filled)

    return each(between, value)


def filled(value: Value, filler: Value) -> Value:
    """FILL with a number, or with another time series.

    Nothing is filled where no data point is left to fill between. AWS does not say so; `ReleaseCanary` relies on it for
    a new canary, whose alarm is not red before the first visit.
    """

    def with_filler(one: Series) -> Series:
        if all(point is None for point in one):
            return one
        fillers = series(filler) if isinstance(filler, (tuple, list)) else (filler,) * len(one)
        return tuple(other if point is None else point for point, other in zip(one, fillers, strict=True))

    return each(with_filler, value)


FILLERS: Final[dict[str, Callable[[Value], Value]]] = {"REPEAT": _repeat, "LINEAR": _linear}
"""The words that FILL takes instead of a value."""

FUNCTIONS: Final[dict[str, Function]] = {
    "ABS": _pointwise(abs),
    "CEIL": _pointwise(math.ceil),
    "FLOOR": _pointwise(math.floor),
    "LOG": _pointwise(math.log),
    "LOG10": _pointwise(math.log10),
    # The guide: AVG takes missing values as 0, which is why it offers DATAPOINT_COUNT for sparse metrics.
    "AVG": _across(lambda values: sum(values) / len(values), missing=0.0),
    "SUM": _across(sum, missing=0.0),
    "MIN": _across(min, missing=None),
    "MAX": _across(max, missing=None),
    "DATAPOINT_COUNT": _across(len, missing=None),
    "METRIC_COUNT": lambda value, _: float(len(array(value))),
    "FIRST": lambda value, _: array(value)[0],
    "LAST": lambda value, _: array(value)[-1],
    "DIFF": _diff,
    "RATE": _rate,
    "RUNNING_SUM": _running_sum,
}
