"""The values, operators and functions of metric math in alarms.

CloudWatch user guide, 'Functions supported for metric math'. The functions on dates, for search, anomaly detection and
sorting are missing here; an alarm that uses one is not understood.
"""

import math
import operator
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final, TypeAlias

from .metric_math_syntax import MathError

Series: TypeAlias = tuple[float | None, ...]
"""A time series: one value for each period, the oldest first; None where there is no data point."""

Array: TypeAlias = list[Series]
"""An array of time series."""

Value: TypeAlias = float | Series | Array

_OPERATORS: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": math.pow,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "AND": lambda left, right: bool(left) and bool(right),
    "OR": lambda left, right: bool(left) or bool(right),
}


def apply(sign: str, left: Value, right: Value) -> Value:
    """Apply an operator.

    CloudWatch user guide, 'Using metric math': between two time series a missing value counts as 0 if the other one
    has a value; a data point that would divide by zero is dropped. A scalar without a value is NaN, which drops every
    data point that is computed with it.

    Raises:
        MathError: If two arrays are given.
    """
    if isinstance(left, list) and isinstance(right, list):
        raise MathError(f"'{sign}' between two arrays")
    if isinstance(left, list):
        return [series(apply(sign, each, right)) for each in left]
    if isinstance(right, list):
        return [series(apply(sign, left, each)) for each in right]
    if isinstance(left, tuple) and isinstance(right, tuple):
        return tuple(_pointwise(sign, one, other) for one, other in zip(left, right, strict=True))
    if isinstance(left, tuple):
        return tuple(None if point is None else _pointwise(sign, point, scalar(right)) for point in left)
    if isinstance(right, tuple):
        return tuple(None if point is None else _pointwise(sign, left, point) for point in right)
    result = _pointwise(sign, left, right)
    return math.nan if result is None else result


def each(function: Callable[[Series], Series], value: Value) -> Value:
    """Apply a function to a time series, or to each one of an array."""
    return [function(one) for one in value] if isinstance(value, list) else function(series(value))


def series(value: Value) -> Series:
    """Return a time series; raise `MathError` if the value is of another kind."""
    if not isinstance(value, tuple):
        raise MathError("a scalar or an array where a time series is needed")
    return value


def scalar(value: Value) -> float:
    """Return a scalar; raise `MathError` if the value is of another kind."""
    if isinstance(value, (tuple, list)):
        raise MathError("a time series where a scalar is needed")
    return value


def array(value: Value) -> Array:
    """Return an array, of one if the value is a time series; raise `MathError` if it is a scalar."""
    return value if isinstance(value, list) else [series(value)]


def _pointwise(sign: str, left: float | None, right: float | None) -> float | None:
    if left is None and right is None:
        return None
    one, other = left or 0.0, right or 0.0
    if math.isnan(one) or math.isnan(other):
        return None
    try:
        return float(_OPERATORS[sign](one, other))
    except (ArithmeticError, ValueError):
        return None


Function: TypeAlias = Callable[[Value, int], Value]
"""A function of one value; the second argument is the length of a period in seconds."""


def _each_point(function: Callable[[float], float]) -> Function:
    """Apply a function to every data point; one without a result, such as the logarithm of 0, is dropped."""

    def over(point: float | None) -> float | None:
        try:
            return None if point is None else float(function(point))
        except (ArithmeticError, ValueError):
            return None

    return lambda value, _: each(lambda one: tuple(map(over, one)), value)


def _across(function: Callable[[list[float]], float], *, missing: float | None) -> Function:
    """Reduce a time series to a scalar, and an array to a time series; a missing value counts as `missing` says."""

    def over(points: Series) -> float | None:
        if all(point is None for point in points):
            return None
        values = [missing if point is None else point for point in points]
        return float(function([value for value in values if value is not None]))

    def reduced(value: Value, _: int) -> Value:
        if isinstance(value, list):
            return tuple(map(over, zip(*value, strict=True)))
        return over(series(value)) or 0.0

    return reduced


def _changes(one: Series) -> Iterator[tuple[float, int] | None]:
    """Yield each point's difference to the last one that is not missing, and how many periods before that was."""
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
    """Fill with the value before; points missing at the start stay missing."""

    def repeated(one: Series) -> Series:
        last: float | None = None
        filled: list[float | None] = []
        for point in one:
            last = last if point is None else point
            filled.append(last)
        return tuple(filled)

    return each(repeated, value)


def _linear(value: Value) -> Value:
    """Fill along a line between the values around a gap; points missing at an end stay missing."""

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
    """Fill with a number, or with another time series.

    A time series without any data point is not filled. AWS does not document this; `ReleaseCanary` relies on it for a
    new canary, whose alarm is not red before the first visit.
    """

    def with_filler(one: Series) -> Series:
        if all(point is None for point in one):
            return one
        fillers = series(filler) if isinstance(filler, (tuple, list)) else (filler,) * len(one)
        return tuple(other if point is None else point for point, other in zip(one, fillers, strict=True))

    return each(with_filler, value)


FILLERS: Final[dict[str, Callable[[Value], Value]]] = {"REPEAT": _repeat, "LINEAR": _linear}
"""The keywords that FILL takes instead of a value."""

FUNCTIONS: Final[dict[str, Function]] = {
    "ABS": _each_point(abs),
    "CEIL": _each_point(math.ceil),
    "FLOOR": _each_point(math.floor),
    "LOG": _each_point(math.log),
    "LOG10": _each_point(math.log10),
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
