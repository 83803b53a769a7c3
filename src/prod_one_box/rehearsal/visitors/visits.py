"""The requests of all visits, minute by minute, drawn before anybody knows what will answer them."""

from collections import defaultdict
from random import Random
from typing import TypeAlias

from ..assumptions import Assumptions
from .population import Population

PAGE = 0
"""A request for a page."""

ASSET = 1
"""A request for one of a page's scripts or styles."""

API_CALL = 2
"""A request of a page's script to the backend."""


class Page:
    """A page that a visitor asks for, and what becomes of it.

    Attributes:
        visitor: The visitor's number.
        url: The number of its address.
        loaded: Whether the visitor got it without an error.
        partition: The number of the partition that served it.
        new: Whether it is of the new release.
        cached: Whether it is a copy that the distribution had kept.
        apart: Whether the partitions were on different releases when it was loaded.
        broken: Whether it does not work.
        replaced: Whether it does not work only because its release was replaced under it.
    """

    __slots__ = ("apart", "broken", "cached", "loaded", "new", "partition", "replaced", "url", "visitor")

    def __init__(self, visitor: int, url: int) -> None:
        self.visitor = visitor
        self.url = url
        self.loaded = False
        self.partition = -1
        self.new = False
        self.cached = False
        self.apart = False
        self.broken = False
        self.replaced = False


Request: TypeAlias = "tuple[float, int, int, Page]"
"""A request: when, its number, what it asks, and for which page. A plain tuple, since there are millions."""


class Visits:
    """All visits, drawn from a seed alone: who comes does not depend on what the release does.

    Attributes:
        visitors: How many distinct visitors there are so far.
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
        """Draws the visits that begin in a minute; returns its requests, in their order.

        Minutes are asked for one after another.
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
