"""Simulated sites: requests and failures of each partition, minute by minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .vectorized import Sides

HISTORY: Final = 360
"""Minutes before the release."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Failures:
    """How a site fails on a good day.

    Attributes:
        title: What the tables call it.
        cluster: The mean number of failures that come together within a minute, geometrically distributed.
        lasting: Over how many minutes a cluster lasts, with a failure in each.
        client: How many failures a minute one client of the first partition causes.
        unlike: How many times as often requests of the first partition fail, always.
        incident: From which to which minute of the release 15 % fail on both sides.
    """

    title: str
    cluster: int = 1
    lasting: int = 1
    client: float = 0
    unlike: float = 1
    incident: tuple[int, int] | None = None


INDEPENDENT: Final = Failures(title="independent")


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site.

    Attributes:
        rate: Its requests a minute.
        failing: The share of requests that fail on a good day.
        failures: How they fail.
    """

    rate: float
    failing: float
    failures: Failures = INDEPENDENT

    def partitions(
        self, rng: Generator, shares: Sequence[float], *, releases: int, minutes: int, new_failing: float | None = None
    ) -> list[tuple[Counts, Counts]]:
        """Return the requests and failures of each partition, in the minutes of history and those of the release.

        Args:
            rng: What draws.
            shares: The partitions' shares, 0 to 1.
            releases: How many releases.
            minutes: Minutes of the release.
            new_failing: The share of requests that fails in the first partition's release; None if it is a good one.
        """
        found = []
        for number, share in enumerate(shares):
            failing = np.full(HISTORY + minutes, self.failing * (1 if number else self.failures.unlike))
            if number == 0 and new_failing is not None:
                failing[HISTORY:] = new_failing
            if self.failures.incident:
                begin, end = self.failures.incident
                failing[HISTORY + begin : HISTORY + end] = 0.15
            requests = rng.poisson(self.rate * share, (releases, HISTORY + minutes))
            failures = self._failures(rng, requests, failing)
            if self.failures.client and number == 0:
                failures = failures + rng.poisson(self.failures.client, requests.shape)
                requests = np.maximum(requests, failures)
            found.append((requests, failures))
        return found

    def _failures(self, rng: Generator, requests: Counts, failing: NDArray[np.float64]) -> Counts:
        if self.failures.lasting > 1:
            return np.minimum(requests, _lasting(rng, requests * failing, self.failures.lasting))
        if self.failures.cluster > 1:
            clusters = rng.poisson(requests * failing / self.failures.cluster)
            more = rng.negative_binomial(np.maximum(clusters, 1), 1 / self.failures.cluster)
            return np.minimum(requests, np.where(clusters > 0, clusters + more, 0))
        return rng.binomial(requests, failing)


def sides(partitions: Sequence[tuple[Counts, Counts]], new: int) -> Sides:
    """Return the counts of two sides, of which the new one is the first partitions."""
    return Sides(*(_sum(each) for side in (partitions[:new], partitions[new:]) for each in zip(*side, strict=True)))


def _sum(counts: Sequence[Counts]) -> NDArray[np.float64]:
    return reduce(np.add, counts).astype(float)


def _lasting(rng: Generator, expected: NDArray[np.float64], length: int) -> Counts:
    """Return failures in clusters with one failure a minute; those at the start began before it."""
    before = expected[:, : length - 1]
    starts = rng.poisson(np.concatenate([before, expected], axis=1) / length)
    total = np.concatenate([np.zeros((len(starts), 1), dtype=np.int64), starts.cumsum(1)], axis=1)
    return total[:, length:] - total[:, :-length]
