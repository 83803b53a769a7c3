"""Draws the requests of all visits, minute by minute, regardless of what will answer them."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from ..assumptions import Assumptions
from .population import Population

PAGE, ASSET, API_CALL = range(3)
"""The kinds of requests: for a page, for a page's script or style sheet, from a page to the backend."""


@dataclass(slots=True, eq=False)
class Page:
    """A page that a visitor requests, and what happens to it.

    Attributes:
        visitor: The visitor's number.
        url: The number of its URL.
        loaded: Whether it loaded without an error; default: False.
        partition: The number of the partition that served it; default: -1, not served yet.
        new: Whether the new version rendered it; default: False.
        cached: Whether it came from the distribution's cache; default: False.
        apart: Whether the partitions were on different releases when it loaded; default: False.
        broken: Whether it does not work; default: False.
        replaced: Whether it does not work only because its release was replaced while in use; default: False.
    """

    visitor: int
    url: int
    loaded: bool = False
    partition: int = -1
    new: bool = False
    cached: bool = False
    apart: bool = False
    broken: bool = False
    replaced: bool = False


Request: TypeAlias = "tuple[float, int, int, Page]"
"""A request: its time, number, kind and page. It is a plain tuple because there are millions."""


class Visits:
    """All visits, drawn from a seed alone, so that they do not depend on the release.

    Attributes:
        visitors: The number of distinct visitors so far.
    """

    def __init__(self, population: Population, assumptions: Assumptions, seed: int) -> None:
        earlier = assumptions.earlier_visitor_seconds / 60 * population.visits_per_minute * population.returning
        self.visitors = int(earlier)
        self._population = population
        self._assumptions = assumptions
        self._random = Random(f"{seed}:visits")  # noqa: S311
        self._minutes: defaultdict[int, list[Request]] = defaultdict(list)
        self._number = 0

    def minute(self, minute: int) -> list[Request]:
        """Draw the visits that start in a minute, and return that minute's requests in order.

        Minutes must be drawn in order.
        """
        rate = self._population.visits_per_minute / 60
        if rate > 0:
            time = 60.0 * minute + self._random.expovariate(rate)
            while time < 60.0 * (minute + 1):
                self._visit(time)
                time += self._random.expovariate(rate)
        requests = self._minutes.pop(minute, [])
        requests.sort()
        return requests

    def _visit(self, time: float) -> None:
        random = self._random.random
        if self.visitors and random() < self._population.returning:
            visitor = self._random.randrange(self.visitors)
        else:
            visitor = self.visitors
            self.visitors += 1
        another = 1 - 1 / max(1.0, self._population.pages_per_visit)
        reading = 1 / max(0.001, self._population.seconds_between_pages)
        self._page(time, visitor)
        while random() < another:
            time += self._random.expovariate(reading)
            self._page(time, visitor)

    def _page(self, time: float, visitor: int) -> None:
        random = self._random.random
        page = Page(visitor, int(random() * self._assumptions.page_urls))
        first = self._assumptions.first_follow_up_seconds
        span = self._assumptions.last_follow_up_seconds - first
        minutes = self._minutes
        number = self._number
        minutes[int(time // 60)].append((time, number, PAGE, page))
        for kind, count in ((ASSET, self._population.assets_per_page), (API_CALL, self._population.api_calls_per_page)):
            for _ in range(count):
                number += 1
                at = time + first + span * random()
                minutes[int(at // 60)].append((at, number, kind, page))
        self._number = number + 1
