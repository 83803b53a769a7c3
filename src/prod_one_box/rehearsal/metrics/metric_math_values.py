"""The values of metric math: scalars, time series and arrays of them, and how operators treat what is missing."""

import math
import operator
from collections.abc import Callable
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
    """Applies an operator.

    CloudWatch user guide, 'Using metric math': between two time series a missing value counts as 0 if the other one
    has a value; a data point that would divide by zero is dropped. A scalar without a value is not a number, and so
    drops every data point that is computed with it.

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
    """Applies a function to a time series, or to every one of an array."""
    return [function(one) for one in value] if isinstance(value, list) else function(series(value))


def points(function: Callable[[float], float], value: Value) -> Value:
    """Applies a function to every data point; one that has no result, such as the logarithm of 0, is dropped."""

    def safely(point: float | None) -> float | None:
        try:
            return None if point is None else float(function(point))
        except (ArithmeticError, ValueError):
            return None

    return each(lambda one: tuple(map(safely, one)), value)


def series(value: Value) -> Series:
    """The value, if it is a time series.

    Raises:
        MathError: If it is none.
    """
    if not isinstance(value, tuple):
        raise MathError("a scalar or an array where a time series is needed")
    return value


def scalar(value: Value) -> float:
    """The value, if it is a scalar.

    Raises:
        MathError: If it is none.
    """
    if isinstance(value, (tuple, list)):
        raise MathError("a time series where a scalar is needed")
    return value


def array(value: Value) -> Array:
    """The value, if it is an array; a single time series counts as an array of one.

    Raises:
        MathError: If it is a scalar.
    """
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
