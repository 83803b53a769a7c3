"""One time series out of metrics and the expressions on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .metric_math import Window, evaluate
from .metric_math_syntax import Name, Node
from .metric_math_values import Series, series
from .metrics import MetricKey, MetricStore


class Measure(NamedTuple):
    """A statistic of a metric."""

    key: MetricKey
    stat: str


@dataclass(frozen=True, kw_only=True)
class MetricQuery:
    """What is read of the metrics.

    Attributes:
        measures: The metrics by their ids.
        expressions: The expressions by their ids.
        watched: The id of the metric or expression whose time series is wanted.
        period: The length of a period in seconds, the same for all.
    """

    measures: Mapping[str, Measure]
    expressions: Mapping[str, Node]
    watched: str
    period: int

    def values(self, store: MetricStore, *, end: float, count: int) -> Series:
        """The last data points, the oldest first.

        Args:
            store: The metrics.
            end: Where the last period ends.
            count: How many.

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
