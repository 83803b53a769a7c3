"""CloudWatch's metric math: the time series of metrics and of expressions on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .metric_math_functions import FILLERS, FUNCTIONS, Series, Value, apply, array, filled, scalar, series
from .metric_math_syntax import FunctionCall, Listed, MathError, Name, Node, Number, Operation, Quoted
from .metrics import MetricKey, MetricStore


@dataclass(frozen=True, kw_only=True)
class Window:
    """The periods over which an expression is evaluated.

    Attributes:
        metrics: The time series of each metric by its id, all of the same periods.
        period: The length of a period, in seconds.
        expressions: The other expressions by their ids.
        within: The ids of the expressions that are being evaluated.
    """

    metrics: Mapping[str, Series]
    period: int
    expressions: Mapping[str, Node] = field(default_factory=dict)
    within: tuple[str, ...] = ()

    def enter(self, name: str) -> "Window":
        """Return the window inside an expression; raise `MathError` if the expression refers to itself."""
        if name in self.within:
            raise MathError(f"{name}, which refers to itself")
        return replace(self, within=(*self.within, name))


def evaluate(node: Node, window: Window) -> Value:
    """Return the value of an expression over a window.

    Raises:
        MathError: If the expression uses an unknown id, or calls a function with arguments that it does not take.
    """
    match node:
        case Number(value):
            return value
        case Name(name):
            return _named(name, window)
        case Quoted(content):
            raise MathError(f'"{content}", a string where a number is needed')
        case Listed(items):
            return [one for item in items for one in array(evaluate(item, window))]
        case Operation(sign, left, right):
            return apply(sign, evaluate(left, window), evaluate(right, window))
        case FunctionCall("IF", arguments):
            return _if(*[evaluate(each, window) for each in arguments])
        case FunctionCall(function, arguments):
            return _call(function, arguments, window)


def _named(name: str, window: Window) -> Value:
    if name in window.metrics:
        return window.metrics[name]
    if name in window.expressions:
        return evaluate(window.expressions[name], window.enter(name))
    raise MathError(f"{name}, which is not an id of this alarm")


def _call(function: str, arguments: tuple[Node, ...], window: Window) -> Value:
    match function, arguments:
        case "FILL", (sparse, Name(word)) if word in FILLERS:
            return FILLERS[word](evaluate(sparse, window))
        case "FILL", (sparse, filler):
            return filled(evaluate(sparse, window), evaluate(filler, window))
        case "TIME_SERIES", (argument,):
            return (scalar(evaluate(argument, window)),) * len(next(iter(window.metrics.values())))
        case _, (argument,) if function in FUNCTIONS:
            return FUNCTIONS[function](evaluate(argument, window), window.period)
    return _of_metrics(function, arguments, window)


def _of_metrics(function: str, arguments: tuple[Node, ...], window: Window) -> Value:
    match function, arguments:
        case "METRICS", ():
            return list(window.metrics.values())
        case "METRICS", (Quoted(part),):
            found = [window.metrics[name] for name in window.metrics if part in name]
            if not found:
                raise MathError(f'METRICS("{part}"), which is part of no id')
            return list(found)
        case "PERIOD", (Name(name),) if name in window.metrics:
            return float(window.period)
    raise MathError(f"the function {function} with {len(arguments)} arguments")


def _if(*arguments: Value) -> Value:
    """CloudWatch user guide, 'Using IF expressions'."""
    if len(arguments) not in {2, 3}:
        raise MathError(f"the function IF with {len(arguments)} arguments")
    condition, then = arguments[:2]
    otherwise = arguments[2] if len(arguments) > 2 else None  # noqa: PLR2004
    if not isinstance(condition, (tuple, list)):
        return _chosen(condition != 0.0, then, otherwise)
    points: list[float | None] = []
    for index, point in enumerate(series(condition)):
        if point is None:
            points.append(None)
        elif point:
            points.append(_point(then, index) or 0.0)
        else:
            points.append(None if otherwise is None else _point(otherwise, index))
    return tuple(points)


def _chosen(condition: bool, then: Value, otherwise: Value | None) -> Value:
    """Return the value of IF for a scalar condition: a time series if either branch is one."""
    longer = next((value for value in (then, otherwise) if isinstance(value, tuple)), None)
    chosen = then if condition else otherwise
    if longer is None or isinstance(chosen, (tuple, list)):
        if chosen is None:
            raise MathError("IF without a time series")
        return chosen
    return (chosen,) * len(longer)


def _point(value: Value, index: int) -> float | None:
    return series(value)[index] if isinstance(value, (tuple, list)) else value


class Measure(NamedTuple):
    """A statistic of a metric."""

    key: MetricKey
    stat: str


@dataclass(frozen=True, kw_only=True)
class MetricQuery:
    """A time series of metrics or of an expression on them.

    Attributes:
        measures: The metrics by their ids.
        expressions: The expressions by their ids.
        watched: The id of the metric or expression whose time series it is.
        period: The length of a period, in seconds, the same for all.
    """

    measures: Mapping[str, Measure]
    expressions: Mapping[str, Node]
    watched: str
    period: int

    def values(self, store: MetricStore, *, end: float, count: int) -> Series:
        """Return the last `count` data points until `end`, the oldest first.

        Raises:
            MathError: If an expression cannot be computed.
        """
        starts = [end - self.period * back for back in range(count, 0, -1)]
        metrics = {
            name: tuple(store.statistic(key, start, self.period, stat) for start in starts)
            for name, (key, stat) in self.measures.items()
        }
        window = Window(metrics=metrics, period=self.period, expressions=self.expressions)
        return series(evaluate(Name(self.watched), window))
