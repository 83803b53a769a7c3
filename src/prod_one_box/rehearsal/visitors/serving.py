"""How one tier answers while its alias stands still.

Records what an alias answers as Lambda and API Gateway would report it to CloudWatch.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from math import exp
from random import Random
from typing import Final

from ...vocabulary import BACKEND
from ..aws.aliases import AliasState
from ..cloudwatch.metrics import MetricKey, MetricStore
from .faults import Fault
from .release_site import Tier
from .timeline import Stand

_LAMBDA: Final = ("Invocations", "Errors", "Duration")
_API: Final = ("Count", "Latency", "IntegrationLatency")
_OF_REQUESTS: Final = (
    ("AWS/Lambda", _LAMBDA, "FunctionName", {"Resource", "ExecutedVersion"}),
    ("AWS/ApiGateway", (*_API, "5xx"), "ApiId", {"Stage"}),
    ("AWS/ApiGateway", (*_API, "5XXError"), "ApiName", {"Stage"}),
)


def is_of_requests(key: MetricKey) -> bool:
    """Whether a metric would be reported if requests reached what it is about."""
    said = {name for name, _ in key.dimensions}
    return any(
        key.namespace == namespace and key.name in names and owner in said and said <= {owner, *others}
        for namespace, names, owner, others in _OF_REQUESTS
    )


def is_measured(key: MetricKey, tiers: Iterable[Tier]) -> bool:
    """Whether the rehearsal reports a metric: those of the tiers' functions and APIs."""
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


class Measured:
    """The metrics of one tier."""

    def __init__(self, tier: Tier, store: MetricStore, watched: Collection[MetricKey] | None) -> None:
        """Names the metrics.

        Args:
            tier: The alias, its function and its APIs.
            store: Where metrics are kept.
            watched: The metrics whose single measurements somebody asks for; None for all of them.
        """
        self._store = store
        self._watched = watched
        self._lambda = [
            frozenset({("FunctionName", tier.function)}),
            frozenset({("FunctionName", tier.function), ("Resource", tier.resource)}),
        ]
        self._with_version = {("FunctionName", tier.function), ("Resource", tier.resource)}
        self._apis = tier.apis

    def record(self, time: float, version: str, latencies: Sequence[float], crashes: int, answers: int) -> None:
        """Records the requests of one slice that one version answered.

        Args:
            time: When the slice begins; all of it lies in one minute.
            version: The version's logical id.
            latencies: How long each request took, in milliseconds.
            crashes: How many of them ended in an error of the function.
            answers: How many of them were an answer of 500, which Lambda counts as a success.
        """
        executed = frozenset({*self._with_version, ("ExecutedVersion", f"${{{version}.Version}}")})
        for dimensions in (*self._lambda, executed):
            self._count("AWS/Lambda", "Invocations", dimensions, time, len(latencies))
            self._count("AWS/Lambda", "Errors", dimensions, time, crashes)
            self._sample("AWS/Lambda", "Duration", dimensions, time, latencies)
        for api in self._apis:
            for dimensions in api.dimensions:
                self._count("AWS/ApiGateway", "Count", dimensions, time, len(latencies))
                self._count("AWS/ApiGateway", api.errors, dimensions, time, crashes + answers)
                for name in ("Latency", "IntegrationLatency"):
                    self._sample("AWS/ApiGateway", name, dimensions, time, latencies)

    def _count(self, namespace: str, name: str, dimensions: frozenset[tuple[str, str]], time: float, n: int) -> None:
        if n:
            self._store.count(MetricKey(namespace, name, dimensions), time, n)

    def _sample(
        self, namespace: str, name: str, dimensions: frozenset[tuple[str, str]], time: float, values: Sequence[float]
    ) -> None:
        key = MetricKey(namespace, name, dimensions)
        if self._watched is None or key in self._watched:
            for value in values:
                self._store.sample(key, time, value)


_DIFFERENT_LATENCIES: Final = 1009


class Serving:
    """A tier between two moves of its alias, and what it has answered in the current slice of time.

    Attributes:
        tier: The tier.
        part: The part of the requests that the release's version gets, 0 to 1; 0 in a tier that does not change.
        faulty: Whether the release's version has the fault.
    """

    def __init__(
        self, tier: Tier, *, fault: Fault, measured: Measured, milliseconds: float, spread: float, random: Random
    ) -> None:
        self.tier = tier
        self.part = 0.0
        self.faulty = tier.changes and (fault.backend if tier.kind == BACKEND else fault.front_end)
        self._fault = fault
        self._measured = measured
        self._random = random
        self._since: float | None = None
        self._latencies = [milliseconds * exp(random.gauss(0, spread)) for _ in range(_DIFFERENT_LATENCIES)]
        self._turn = 0
        self._stands: list[Stand] = []
        self._stood = (0.0, (0, 0, 0))
        self._counted = (0, 0, 0)
        self._clear()

    def read(self, state: AliasState, time: float) -> None:
        """Takes over where the alias points from a time on."""
        part = state.part_of(self.tier.new_version) if self.tier.changes else 0.0
        if part != self.part:
            self._stands = list(self.stands(time))
            self._stood = (time, self._total())
            self.part = part
        if self.part > 0 and self._since is None:
            self._since = time

    def draw(self) -> bool:
        """Whether the next request goes to the release's version: with weights, each request is drawn."""
        part = self.part
        return part > 0 and (part >= 1 or self._random.random() < part)

    def fails(self, visitor: int, time: float, new: bool) -> bool:
        """Answers a request; returns whether it fails."""
        self._turn = (self._turn + 1) % _DIFFERENT_LATENCIES
        latency = self._latencies[self._turn]
        if not new:
            self.old.append(latency)
            return False
        failed = False
        if self.faulty and self._fault.concerns(visitor):
            seconds = time - (self._since or 0.0)
            if seconds >= self._fault.after:
                latency *= self._fault.latency_factor
            failed = self._random.random() < self._fault.error_rate_at(seconds)
        self.new.append(latency)
        self.errors += failed
        return failed

    def breaks(self, visitor: int, time: float) -> bool:
        """Whether a page of the release's version loads and then does not work."""
        return self.shows_broken_pages(time) and self._fault.concerns(visitor)

    def shows_broken_pages(self, time: float) -> bool:
        """Whether pages of the release's version load and then do not work, for those whom the fault concerns."""
        late_enough = time - (self._since or 0.0) >= self._fault.after
        return self.faulty and self._fault.broken_page and late_enough

    def error_rate(self, time: float) -> float:
        """The share of the requests of those whom the fault concerns that the release's version fails."""
        return self._fault.error_rate_at(time - (self._since or 0.0)) if self.faulty else 0.0

    def end_slice(self, start: float) -> tuple[int, int, int]:
        """Reports a slice's metrics; returns its old requests, its new ones, and how many of these failed."""
        counted = (len(self.old), len(self.new), self.errors)
        answers = self.errors if self._fault.answers else 0
        if self.old:
            self._measured.record(start, self.tier.old_version, self.old, 0, 0)
        if self.new:
            self._measured.record(start, self.tier.new_version, self.new, self.errors - answers, answers)
        self._counted = self._total()
        self._clear()
        return counted

    def stands(self, time: float) -> Iterator[Stand]:
        """What was answered until a time, for each stretch in which some requests went to the release's version."""
        yield from self._stands
        if self.part > 0:
            begin, before = self._stood
            old, new, failed = (now - then for now, then in zip(self._total(), before, strict=True))
            yield Stand(self.tier.alias, begin, time, self.part, old, new, failed)

    def _total(self) -> tuple[int, int, int]:
        old, new, errors = self._counted
        return old + len(self.old), new + len(self.new), errors + self.errors

    def _clear(self) -> None:
        self.old: list[float] = []
        self.new: list[float] = []
        self.errors = 0
