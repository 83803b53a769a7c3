"""Records what an alias answers as Lambda and API Gateway would report it to CloudWatch."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from ..metrics.metrics import MetricKey, MetricStore
from .site import Tier

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
