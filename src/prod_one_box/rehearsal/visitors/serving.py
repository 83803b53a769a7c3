"""How a tier answers requests, and the CloudWatch metrics of its answers."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import exp
from random import Random
from typing import Final

from ...vocabulary import BACKEND
from ..aws.aliases import AliasState
from ..cloudwatch.metrics import MINUTE, MetricKey, MetricStore
from .faults import Fault
from .release_site import Tier
from .timeline import SLICE, WeightPeriod
from .usual_errors import UsualErrors

_LAMBDA: Final = ("Invocations", "Errors", "Duration")
_API: Final = ("Count", "Latency", "IntegrationLatency")
_REQUEST_METRICS: Final = (
    ("AWS/Lambda", _LAMBDA, "FunctionName", {"Resource", "ExecutedVersion"}),
    ("AWS/ApiGateway", (*_API, "5xx"), "ApiId", {"Stage"}),
    ("AWS/ApiGateway", (*_API, "5XXError"), "ApiName", {"Stage"}),
)
_LATENCIES: Final = 1009
"""How many different latencies a tier has."""


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

    def record(self, time: float, version: str, latencies: Sequence[float], crashes: int, answers: int) -> None:
        """Record the requests of one slice that one version answered, with their latencies in milliseconds.

        Of these, `crashes` ended with an error of the function, and `answers` with a 500 response, which Lambda counts
        as a success.
        """
        self.count(time, version, len(latencies), crashes, answers)
        executed = self._alias | {("ExecutedVersion", f"${{{version}.Version}}")}
        for dimensions in (self._function, self._alias, executed):
            self._sample("AWS/Lambda", dimensions, time, ("Duration",), latencies)
        for api in self._apis:
            for dimensions in api.dimensions:
                self._sample("AWS/ApiGateway", dimensions, time, ("Latency", "IntegrationLatency"), latencies)

    def count(self, time: float, version: str, requests: int, crashes: int, answers: int = 0) -> None:
        """Record requests of one slice or minute as `record` does, without their latencies."""
        executed = self._alias | {("ExecutedVersion", f"${{{version}.Version}}")}
        for dimensions in (self._function, self._alias, executed):
            self._count("AWS/Lambda", dimensions, time, {"Invocations": requests, "Errors": crashes})
        for api in self._apis:
            for dimensions in api.dimensions:
                counts = {"Count": requests, api.errors: crashes + answers}
                self._count("AWS/ApiGateway", dimensions, time, counts)

    def requests_in(self, minute: int) -> float:
        """Return the requests of a minute that have been recorded."""
        key = MetricKey("AWS/Lambda", "Invocations", self._alias)
        return self._store.statistic(key, minute * MINUTE, MINUTE, "Sum") or 0.0

    def _count(
        self, namespace: str, dimensions: frozenset[tuple[str, str]], time: float, counts: Mapping[str, int]
    ) -> None:
        for name, number in counts.items():
            self._store.count(MetricKey(namespace, name, dimensions), time, number)

    def _sample(
        self,
        namespace: str,
        dimensions: frozenset[tuple[str, str]],
        time: float,
        sampled: Collection[str],
        values: Sequence[float],
    ) -> None:
        for key in (MetricKey(namespace, name, dimensions) for name in sampled):
            if self._watched is None or key in self._watched:
                self._store.samples(key, time, values)


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
        self._latencies = [milliseconds * exp(random.gauss(0, spread)) for _ in range(_LATENCIES)]
        self._next_latency = 0
        self._periods: list[WeightPeriod] = []
        self._period_start = (0.0, (0, 0, 0))
        self._counted = (0, 0, 0)
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
        latency = self._latency()
        failed = self._usual is not None and self._usual.fails(time)
        if not new:
            self.old.append(latency)
            self.old_errors += failed
            return failed
        self.usual_errors += failed
        if self.faulty and self._fault.concerns(visitor):
            seconds = time - (self._served_since or 0.0)
            if seconds >= self._fault.after:
                latency *= self._fault.latency_factor
            failed |= self._random.random() < self._fault.error_rate_at(seconds)
        self.new.append(latency)
        self.errors += failed
        return failed

    def _latency(self) -> float:
        self._next_latency = (self._next_latency + 1) % _LATENCIES
        return self._latencies[self._next_latency]

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

    def end_slice(self, start: float) -> tuple[int, int, int]:
        """Report a slice's metrics; return its requests to the old and the new version, and the latter's errors."""
        self._repeat_failed(start + SLICE)
        counted = (len(self.old), len(self.new), self.errors)
        answers = self.errors - self.usual_errors if self._fault.answers else 0
        if self.old:
            self._metrics.record(start, self.tier.old_version, self.old, self.old_errors, 0)
        if self.new:
            self._metrics.record(start, self.tier.new_version, self.new, self.errors - answers, answers)
        self._counted = self._total()
        self._clear()
        return counted

    def _repeat_failed(self, time: float) -> None:
        """Answer the repeated requests of usual errors until a time, which fail again."""
        for _ in range(self._usual.repeated_until(time) if self._usual else 0):
            if self.draw():
                self.new.append(self._latency())
                self.errors += 1
                self.usual_errors += 1
            else:
                self.old.append(self._latency())
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
        return old + len(self.old), new + len(self.new), errors + self.errors

    def _clear(self) -> None:
        self.old: list[float] = []
        self.new: list[float] = []
        self.old_errors = self.errors = self.usual_errors = 0
