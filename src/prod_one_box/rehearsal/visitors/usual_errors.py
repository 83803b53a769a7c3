"""The errors of a good day: requests that fail whatever version answers them, alone or several together."""

from heapq import heappop, heappush
from random import Random

from ..poisson import poisson
from .population import Population


class UsualErrors:
    """The usual errors of one tier.

    Clients repeat a request that fails, so errors come in clusters: the first is a visitor's own request, and the
    others are added to the visitors' requests, at once or spread over a time.
    """

    def __init__(self, population: Population, seed: str, *, factor: float = 1.0) -> None:
        """Start without a cluster; requests fail `factor` times as often as those of the site."""
        self._clusters = min(1.0, population.usual_errors * factor) / population.errors_together
        self._another = 1 - 1 / population.errors_together
        self._last = population.errors_last
        begin = population.incident_at
        self._incident = (0.0, 0.0) if begin is None else (begin, begin + population.incident_for)
        self._in_incident = population.incident_errors
        self._random = Random(seed)  # noqa: S311
        self._repeated: list[float] = []

    @property
    def are_any(self) -> bool:
        """Whether a request can fail."""
        return self._clusters > 0 or self._incident[1] > 0

    def fails(self, time: float) -> bool:
        """Return whether a request fails."""
        if self._clusters and self._random.random() < self._clusters:
            self._begin(time)
            return True
        begin, end = self._incident
        return begin <= time < end and self._random.random() < self._in_incident

    def repeated_until(self, time: float) -> int:
        """Return how many repeated requests failed since the last call and before a time."""
        count = 0
        while self._repeated and self._repeated[0] < time:
            heappop(self._repeated)
            count += 1
        return count

    def among(self, requests: int, start: float, end: float) -> tuple[int, int]:
        """Draw how many of some requests between two times fail, and how many repeated ones do."""
        failed = min(requests, *poisson(self._random, requests * self._clusters))
        for _ in range(failed):
            self._begin(start + (end - start) * self._random.random())
        return failed, self.repeated_until(end)

    def _begin(self, time: float) -> None:
        """Begin a cluster of geometrically distributed size, with one error at a time."""
        random = self._random.random
        while self._another and random() < self._another:
            heappush(self._repeated, time + self._last * random())
