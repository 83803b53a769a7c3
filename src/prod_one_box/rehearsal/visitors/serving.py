"""How a tier answers requests, and the CloudWatch metrics of its answers."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import ceil, exp
from random import Random
from typing import Final, TypeAlias

from ...vocabulary import BACKEND
from ..aws.aliases import AliasState
from ..cloudwatch.metrics import MINUTE, MetricKey, MetricStore
from .faults import Fault
from .release_site import Tier
from .timeline import WeightPeriod
from .usual_errors import UsualErrors

_LAMBDA: Final = ("Invocations", "Errors", "Duration")
_API: Final = ("Count", "Latency", "IntegrationLatency")
_REQUEST_METRICS: Final = (
    ("AWS/Lambda", _LAMBDA, "FunctionName", {"Resource", "ExecutedVersion"}),
    ("AWS/ApiGateway", (*_API, "5xx"), "ApiId", {"Stage"}),
    ("AWS/ApiGateway", (*_API, "5XXError"), "ApiName", {"Stage"}),
)
Latencies: TypeAlias = Callable[[], Sequence[float]]
"""Draws the latencies of some requests, in milliseconds."""


def is_of_requests(key: MetricKey) -> bool:
    """Return whether requests to the metric's subject would report it."""
    given = {name for name, _ in key.dimensions}
    return any(
        key.namespace == namespace and key.name in names and owner in given and given <= {owner, *others}
        for namespace, names, owner, others in _REQUEST_METRICS
    )


def is_measured(key: MetricKey, tiers: Iterable[Tier]) -> bool:
    """Return whether the rehearsal reports a metric, which it does for the tiers' functions and APIs."""
    for tier in tiers:
        if key.namespace == "AWS/Lambda" and key.name in _LAMBDA:
            resource = {("FunctionName", tier.function), ("Resource", tier.resource)}
            others = {name for name, _ in key.dimensions - resource}
            if ("FunctionName", tier.function) in key.dimensions and others <= {"ExecutedVersion"}:
                return True
        for api in tier.apis:
            if key.namespace == "AWS/ApiGateway" and key.dimensions in api.dimensions:
                return key.name in (*_API, api.errors)
    return False


class TierMetrics:
    """The metrics of one tier, as Lambda and API Gateway report them."""

    def __init__(self, tier: Tier, store: MetricStore, watched: Collection[MetricKey] | None) -> None:
        """Report to a store; keep single samples only for the `watched` metrics, or for all if that is None."""
        self._store = store
        self._watched = watched
        self._function = frozenset({("FunctionName", tier.function)})
        self._alias = self._function | {("Resource", tier.resource)}
        self._apis = tier.apis

    def record(
        self, time: float, version: str, requests: int, crashes: int, answers: int, latencies: Latencies
    ) -> None:
        """Record the requests of one slice that one version answered.

        `latencies` draws one for each request, in milliseconds; it is called only if somebody watches them.

        Of these, `crashes` ended with an error of the function, and `answers` with a 500 response, which Lambda counts
        as a success.
        """
        self.count(time, version, requests, crashes, answers)
        executed = self._alias | {("ExecutedVersion", f"${{{version}.Version}}")}
        functions = (self._function, self._alias, executed)
        sampled = [MetricKey("AWS/Lambda", "Duration", dimensions) for dimensions in functions]
        for api in self._apis:
            for name in ("Latency", "IntegrationLatency"):
                sampled += [MetricKey("AWS/ApiGateway", name, dimensions) for dimensions in api.dimensions]
        watched = [key for key in sampled if self._watched is None or key in self._watched]
        values = latencies() if watched else ()
        for key in watched:
            self._store.samples(key, time, values)

    def count(self, time: float, version: str, requests: int, crashes: int, answers: int = 0) -> None:
        """Record requests of one slice or minute as `record` does, without their latencies."""
        executed = self._alias | {("ExecutedVersion", f"${{{version}.Version}}")}
        for dimensions in (self._function, self._alias, executed):
            self._count("AWS/Lambda", dimensions, time, {"Invocations": requests, "Errors": crashes})
        for api in self._apis:
            for dimensions in api.dimensions:
                counts = {"Count": requests, api.errors: crashes + answers}
                self._count("AWS/ApiGateway", dimensions, time, counts)

    def start_of(self, minute: int) -> int:
        """Return when a minute of CloudWatch starts, in seconds."""
        return self._store.start_of(minute)

    def next_minute(self, time: float) -> int:
        """Return the number of the first minute that does not start before a time."""
        return ceil((time + self._store.phase) / MINUTE)

    def requests_in(self, minute: int) -> float:
        """Return the requests of a minute that have been recorded."""
        key = MetricKey("AWS/Lambda", "Invocations", self._alias)
        return self._store.statistic(key, self.start_of(minute), MINUTE, "Sum") or 0.0

    def _count(
        self, namespace: str, dimensions: frozenset[tuple[str, str]], time: float, counts: Mapping[str, int]
    ) -> None:
        for name, number in counts.items():
            self._store.count(MetricKey(namespace, name, dimensions), time, number)


class ServingTier:
    """A tier at the current weights of its alias, and its answers in the current slice.

    Attributes:
        tier: The tier.
        part: The share of requests for the new version, 0 to 1; 0 for a tier that does not change.
        faulty: Whether the new version has the fault.
    """

    def __init__(
        self,
        tier: Tier,
        *,
        fault: Fault,
        usual: UsualErrors,
        metrics: TierMetrics,
        milliseconds: float,
        spread: float,
        random: Random,
    ) -> None:
        self.tier = tier
        self.part = 0.0
        self.faulty = tier.changes and (fault.backend if tier.kind == BACKEND else fault.front_end)
        self._fault = fault
        self._usual = usual if usual.are_any else None
        self._metrics = metrics
        self._random = random
        self._served_since: float | None = None
        self._milliseconds = milliseconds
        self._spread = spread
        # Latencies have random numbers of their own: whether somebody watches them changes nothing else.
        self._latency_random = Random(random.random())  # noqa: S311
        self._periods: list[WeightPeriod] = []
        self._period_start = (0.0, (0, 0, 0))
        self._counted = self._at_slice = (0, 0, 0)
        self._clear()

    def part_in(self, state: AliasState) -> float:
        """Return the share of requests for the new version in a state of the alias; see `part`."""
        return state.part_of(self.tier.new_version) if self.tier.changes else 0.0

    def read(self, state: AliasState, time: float) -> None:
        """Take over the alias's weights at a time, in seconds."""
        part = self.part_in(state)
        if part != self.part:
            self._periods = list(self.weight_periods(time))
            self._period_start = (time, self._total())
            self.part = part
        if self.part > 0 and self._served_since is None:
            self._served_since = time

    def draw(self) -> bool:
        """Return whether the next request goes to the new version, drawn by the alias's weights."""
        part = self.part
        return part > 0 and (part >= 1 or self._random.random() < part)

    def fails(self, visitor: int, time: float, new: bool) -> bool:
        """Answer a request; return whether it fails."""
        failed = self._usual is not None and self._usual.fails(time)
        if not new:
            self.old += 1
            self.old_errors += failed
            return failed
        self.usual_errors += failed
        if self.faulty and self._fault.concerns(visitor):
            seconds = time - (self._served_since or 0.0)
            if seconds >= self._fault.after:
                self.slow += 1
            failed |= self._random.random() < self._fault.error_rate_at(seconds)
        self.new += 1
        self.errors += failed
        return failed

    def _latencies(self, requests: int, slow: int = 0) -> list[float]:
        """Draw the latencies of requests, in milliseconds, of which `slow` have the fault's factor."""
        median, spread, draw = self._milliseconds, self._spread, self._latency_random.gauss
        drawn = [median * exp(draw(0, spread)) for _ in range(requests)]
        return [self._fault.latency_factor * each for each in drawn[:slow]] + drawn[slow:]

    def breaks(self, visitor: int, time: float) -> bool:
        """Return whether a page of the new version loads but does not work for a visitor."""
        return self.shows_broken_pages(time) and self._fault.concerns(visitor)

    def shows_broken_pages(self, time: float) -> bool:
        """Return whether pages of the new version load but do not work, for affected visitors."""
        is_late_enough = time - (self._served_since or 0.0) >= self._fault.after
        return self.faulty and self._fault.broken_page and is_late_enough

    def error_rate(self, time: float) -> float:
        """Return the share of affected visitors' requests that fail on the new version."""
        return self._fault.error_rate_at(time - (self._served_since or 0.0)) if self.faulty else 0.0

    def end_slice(self, start: float, end: float) -> tuple[int, int, int]:
        """Report the metrics from a time to the slice's end.

        Return the slice's requests to the old and the new version, and the latter's errors.
        """
        self.report(start, end)
        before, self._at_slice = self._at_slice, self._counted
        old, new, errors = (now - then for now, then in zip(self._counted, before, strict=True))
        return old, new, errors

    def report(self, start: float, end: float) -> None:
        """Report the metrics of the requests since a time, which is in the same minute of CloudWatch."""
        self._repeat_failed(end)
        answers = self.errors - self.usual_errors if self._fault.answers else 0
        if self.old:
            latencies = partial(self._latencies, self.old)
            self._metrics.record(start, self.tier.old_version, self.old, self.old_errors, 0, latencies)
        if self.new:
            latencies = partial(self._latencies, self.new, self.slow)
            self._metrics.record(start, self.tier.new_version, self.new, self.errors - answers, answers, latencies)
        self._counted = self._total()
        self._clear()

    def _repeat_failed(self, time: float) -> None:
        """Answer the repeated requests of usual errors until a time, which fail again."""
        for _ in range(self._usual.repeated_until(time) if self._usual else 0):
            if self.draw():
                self.new += 1
                self.errors += 1
                self.usual_errors += 1
            else:
                self.old += 1
                self.old_errors += 1

    def weight_periods(self, time: float) -> Iterator[WeightPeriod]:
        """Return the requests up to a time, for each period of constant weights with the new version."""
        yield from self._periods
        if self.part > 0:
            begin, before = self._period_start
            old, new, failed = (now - then for now, then in zip(self._total(), before, strict=True))
            yield WeightPeriod(self.tier.alias, begin, time, self.part, old, new, failed)

    def _total(self) -> tuple[int, int, int]:
        old, new, errors = self._counted
        return old + self.old, new + self.new, errors + self.errors

    def _clear(self) -> None:
        self.old = self.new = self.slow = 0
        self.old_errors = self.errors = self.usual_errors = 0
