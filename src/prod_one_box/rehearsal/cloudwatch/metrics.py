"""The metrics that CloudWatch would have of the rehearsed requests, minute by minute."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from math import ceil
from typing import Final, NamedTuple

MINUTE: Final = 60
"""Seconds between the data points of Lambda and API Gateway, which send their metrics once a minute."""

_OUT_OF: Final = {
    ("AWS/Lambda", "Errors"): "Invocations",
    ("AWS/ApiGateway", "4XXError"): "Count",
    ("AWS/ApiGateway", "5XXError"): "Count",
    ("AWS/ApiGateway", "4xx"): "Count",
    ("AWS/ApiGateway", "5xx"): "Count",
}
"""Metrics to which every request adds a 0 or a 1, with the metric that counts the requests. Without errors their sum
is 0, not missing, and their average is the error rate (API Gateway developer guide, 'Amazon API Gateway dimensions and
metrics')."""


class MetricKey(NamedTuple):
    """The identity of a metric: its namespace, name and dimensions.

    Attributes:
        namespace: Such as "AWS/Lambda".
        name: Such as "Errors".
        dimensions: Pairs of name and value, the value as `intrinsics.text` writes it.
    """

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


class MetricStore:
    """All metrics of a rehearsal: counts as a sum for each minute, samples one by one, so that percentiles are exact.

    A sample takes 8 bytes. Times are seconds since the update started, negative before it.

    Attributes:
        phase: How many seconds of CloudWatch's minute were over when the update started.
    """

    def __init__(self, phase: int = 0) -> None:
        """Start without data, with a phase of 0 to 59 seconds; default: 0."""
        self.phase = phase
        # A checkpoint of the traffic pickles these, so no lambdas.
        self._sums: defaultdict[MetricKey, defaultdict[int, float]] = defaultdict(partial(defaultdict, float))
        self._samples: defaultdict[MetricKey, defaultdict[int, array[float]]] = defaultdict(
            partial(defaultdict, partial(array, "d"))
        )
        self._known: dict[tuple[MetricKey, float, int, str], tuple[int, float | None]] = {}

    def minute(self, time: float) -> int:
        """Return the number of CloudWatch's minute that contains a time; the update starts in minute 0."""
        return int((time + self.phase) // MINUTE)

    def start_of(self, minute: int) -> int:
        """Return when a minute starts, in seconds."""
        return minute * MINUTE - self.phase

    def count(self, key: MetricKey, time: float, n: float = 1.0) -> None:
        """Count `n` requests or errors at a time."""
        self._sums[key][self.minute(time)] += n

    def sample(self, key: MetricKey, time: float, value: float) -> None:
        """Add one measurement, in the metric's unit: milliseconds for `Duration` and `Latency`."""
        self._samples[key][self.minute(time)].append(value)

    def samples(self, key: MetricKey, time: float, values: Sequence[float]) -> None:
        """Add several measurements of one minute."""
        self._samples[key][self.minute(time)].extend(values)

    def statistic(self, key: MetricKey, start: float, period: int, stat: str) -> float | None:
        """Aggregate a metric over the minutes that start in a period, in seconds; return None if there is no data.

        CloudWatch user guide, 'CloudWatch statistics definitions'. A percentile is the smallest sample that at
        least that percentage of the samples does not exceed.

        Raises:
            ValueError: If `is_statistic` does not accept the statistic.
        """
        if not is_statistic(stat):
            raise ValueError(f"the statistic {stat} is not understood")
        begin = start + self.phase
        minutes = range(ceil(begin / MINUTE), ceil((begin + period) / MINUTE))
        if key not in self._samples:
            return self._of_counts(key, minutes, stat)
        samples = [self._samples[key][minute] for minute in minutes if minute in self._samples[key]]
        # Alarms read the same periods minute after minute, and sorting is expensive.
        size = sum(map(len, samples))
        known = self._known.get((key, start, period, stat))
        if known is None or known[0] != size:
            known = (size, _of_samples(list(chain.from_iterable(samples)), stat))
            self._known[key, start, period, stat] = known
        return known[1]

    def _of_counts(self, key: MetricKey, minutes: Sequence[int], stat: str) -> float | None:
        counted = list(self._counts(key, minutes))
        out_of = _OUT_OF.get((key.namespace, key.name))
        requests = list(self._counts(key._replace(name=out_of), minutes)) if out_of else counted
        if not counted and not requests:
            return None
        ones, every = sum(counted), max(sum(counted), sum(requests))
        if stat == "Sum":
            return ones
        if stat == "SampleCount":
            return every
        if stat == "Average":
            return ones / every if every else None
        above = _counted_above(stat)
        if above is not None:
            return every if above < 0 else ones if above < 1 else 0.0
        return float(ones > 0 and _rank(stat, every) > every - ones)

    def _counts(self, key: MetricKey, minutes: Sequence[int]) -> Iterator[float]:
        counts: Mapping[int, float] = self._sums.get(key, {})
        return (counts[minute] for minute in minutes if minute in counts)


def is_statistic(stat: str) -> bool:
    """Check for Sum, SampleCount, Average, Minimum, Maximum, percentiles such as p99.9 and counts such as TC(2000:)."""
    plain = stat in {"Sum", "SampleCount", "Average", "Minimum", "Maximum"}
    return plain or _percentile(stat) is not None or _counted_above(stat) is not None


def _of_samples(samples: list[float], stat: str) -> float | None:
    if not samples:
        return None
    if stat == "Sum":
        return sum(samples)
    if stat == "SampleCount":
        return float(len(samples))
    if stat == "Average":
        return sum(samples) / len(samples)
    above = _counted_above(stat)
    if above is not None:
        return float(sum(sample > above for sample in samples))
    samples.sort()
    return samples[ceil(_rank(stat, len(samples))) - 1]


def _rank(stat: str, size: float) -> float:
    """Return the position, from 1, of the sorted sample that a statistic picks."""
    if stat == "Minimum":
        return 1
    percent = 100 if stat == "Maximum" else _percentile(stat) or 0
    return max(1, round(percent * size / 100, 9))


def _percentile(stat: str) -> float | None:
    if not stat.startswith("p"):
        return None
    try:
        percent = float(stat[1:])
    except ValueError:
        return None
    return percent if 0 <= percent <= 100 else None  # noqa: PLR2004


def _counted_above(stat: str) -> float | None:
    """Return the bound of a trimmed count such as TC(2000:), which counts the samples above it; None for others.

    CloudWatch user guide, "CloudWatch statistics definitions": values lower than or equal to the lower bound do not
    count.
    """
    if not (stat.startswith("TC(") and stat.endswith(":)")):
        return None
    try:
        return float(stat[len("TC(") : -len(":)")])
    except ValueError:
        return None
