"""Draws the requests of all visits, minute by minute, regardless of what will answer them."""

from collections import defaultdict
from random import Random
from typing import Final, NamedTuple, TypeAlias

from ..assumptions import Assumptions
from .population import Population

PAGE: Final = 0
API_CALL: Final = 1
"""The kinds of requests: for a page, and from a page to the backend. `asset_times` has a page's other requests."""


class PageVisit(NamedTuple):
    """A page that a visitor requests.

    Attributes:
        number: The page's number.
        visitor: The visitor's number.
        url: The number of its URL.
    """

    number: int
    visitor: int
    url: int


Request: TypeAlias = "tuple[float, int, int, PageVisit]"
"""A request: its time, number, kind and page. It is a plain tuple because there are millions."""


class Minute(NamedTuple):
    """What visitors request in a minute.

    Attributes:
        requests: The requests for pages and to the backend, in order.
        visitors: The number of distinct visitors up to the end of the minute.
    """

    requests: list[Request]
    visitors: int


class Visits:
    """All visits, drawn from a seed alone, so that they do not depend on the release: all plays share them.

    Attributes:
        earlier_visitors: The number of distinct visitors before the first minute.
    """

    def __init__(self, population: Population, assumptions: Assumptions, seed: int) -> None:
        earlier = assumptions.earlier_visitor_seconds / 60 * population.visits_per_minute * population.returning
        self.earlier_visitors = self._visitors = int(earlier)
        self._population = population
        self._assumptions = assumptions
        self._seed = seed
        self._random = Random(f"{seed}:visits")  # noqa: S311
        self._undrawn: defaultdict[int, list[Request]] = defaultdict(list)
        self._drawn: dict[int, Minute] = {}
        self._number = self._pages = 0

    def minute(self, minute: int) -> Minute:
        """Return the requests of a minute; minutes must be drawn in order, but can be returned again."""
        if minute not in self._drawn:
            self._draw(minute)
            requests = self._undrawn.pop(minute, [])
            requests.sort()
            self._drawn[minute] = Minute(requests, self._visitors)
        return self._drawn[minute]

    def asset_times(self, page: PageVisit, time: float) -> list[float]:
        """Return when the assets of a page that was requested at a time are requested, in order."""
        random = Random(f"{self._seed}:assets:{page.number}").random  # noqa: S311
        first = self._assumptions.first_follow_up_seconds
        span = self._assumptions.last_follow_up_seconds - first
        return sorted(time + first + span * random() for _ in range(self._population.assets_per_page))

    def _draw(self, minute: int) -> None:
        rate = self._population.visits_per_minute / 60
        if rate <= 0:
            return
        time = 60.0 * minute + self._random.expovariate(rate)
        while time < 60.0 * (minute + 1):
            self._visit(time)
            time += self._random.expovariate(rate)

    def _visit(self, time: float) -> None:
        random = self._random.random
        if self._visitors and random() < self._population.returning:
            visitor = self._random.randrange(self._visitors)
        else:
            visitor = self._visitors
            self._visitors += 1
        another = 1 - 1 / max(1.0, self._population.pages_per_visit)
        reading = 1 / max(0.001, self._population.seconds_between_pages)
        self._page(time, visitor)
        while random() < another:
            time += self._random.expovariate(reading)
            self._page(time, visitor)

    def _page(self, time: float, visitor: int) -> None:
        random = self._random.random
        page = PageVisit(self._pages, visitor, int(random() * self._assumptions.page_urls))
        self._pages += 1
        first = self._assumptions.first_follow_up_seconds
        span = self._assumptions.last_follow_up_seconds - first
        minutes, number = self._undrawn, self._number
        minutes[int(time // 60)].append((time, number, PAGE, page))
        for _ in range(self._population.api_calls_per_page):
            number += 1
            at = time + first + span * random()
            minutes[int(at // 60)].append((at, number, API_CALL, page))
        self._number = number + 1
