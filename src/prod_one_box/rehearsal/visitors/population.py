"""Who visits: how many, how often they return, and to which partition the edge's own code sends them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from ...errors import is_number, is_share
from ...sandbox.confined_node import EngineMissingError
from ...template.cloud_assembly import AssemblyError
from ...template.edge_functions import EdgeFunction
from ...vocabulary import ONE_BOX, PARTITIONS
from ..assumptions import Assumptions
from .arrivals import Arrival, check_somebody_arrives
from .page_request import SiteNames
from .visitors import Visitor, visits

NOWHERE: Final = 255
"""Stands for the partition of a visitor who reaches none."""

_SHARED_ADDRESS = "192.0.2.1"
_AT_ONCE = 4096
# The edge is asked about more visitors than have come, since its engine takes long to start; but not about many more.
_AT_LEAST = 1024
_AHEAD_AT_MOST = 16_384

_MOST: Final = 1e9


@dataclass(frozen=True, kw_only=True)
class Population:
    """The visitors of a site. All defaults are assumed: every site has its own.

    Attributes:
        visits_per_minute: How many visits begin each minute; default: 120.
        pages_per_visit: How many pages a visit has, on average; default: 4.
        seconds_between_pages: How long a visitor reads a page, on average, in seconds; default: 25.
        assets_per_page: How many scripts and styles a page asks for; default: 15.
        api_calls_per_page: How many API calls a page makes; default: 3.
        returning: The share of visits by somebody who has been there before, 0 to 1; default: 0.3.
        without_cookies: The share of visitors who keep no cookie, 0 to 1; default: 0.02.
        behind_one_address: The share of visitors who come from one and the same address, 0 to 1; default: 0.05.

    Raises:
        ValueError: If a number is none, is negative, or is a share above 1.
    """

    visits_per_minute: float = 120.0
    pages_per_visit: float = 4.0
    seconds_between_pages: float = 25.0
    assets_per_page: int = 15
    api_calls_per_page: int = 3
    returning: float = 0.3
    without_cookies: float = 0.02
    behind_one_address: float = 0.05

    def __post_init__(self) -> None:
        """Refuses visitors that nobody can imagine."""
        for name in ("pages_per_visit", "seconds_between_pages"):
            if not is_number(getattr(self, name)) or not 0 < getattr(self, name) < _MOST:
                raise ValueError(f"{name}: got {getattr(self, name)!r}; allowed: more than 0")
        for name in ("visits_per_minute", "assets_per_page", "api_calls_per_page"):
            if not is_number(getattr(self, name)) or not 0 <= getattr(self, name) < _MOST:
                raise ValueError(f"{name}: got {getattr(self, name)!r}; allowed: 0 or more")
        for name in ("returning", "without_cookies", "behind_one_address"):
            if not is_share(getattr(self, name)):
                raise ValueError(f"{name}: got {getattr(self, name)!r}; allowed: a share, 0 to 1")


class Crowd:
    """Distinct visitors, numbered in the order in which they first come, with what the edge decides for each.

    Attributes:
        first: For each visitor, the number of the partition to which a request without a cookie goes; `NOWHERE` for
            one whom the edge answers itself.
        later: The same for a request with the cookie that the visitor was given.
        keeps_cookies: For each visitor, 1 if they keep cookies.
        answers: What the edge answered itself, with how many visitors asked so.
    """

    def __init__(
        self,
        functions: Mapping[str, EdgeFunction],
        population: Population,
        *,
        share: float,
        seed: int,
        browsers: int = Assumptions().browsers,
        site: SiteNames | None = None,
    ) -> None:
        """Begins with nobody.

        Args:
            functions: The edge functions by event; empty if the assembly has none.
            population: Who visits.
            share: The percentage of visitors in the one-box where no edge code says it.
            seed: The seed of all that is drawn.
            browsers: How many kinds of browsers there are; default: that of `Assumptions`.
            site: What they ask the edge for; default: None, which means an example of a page.
        """
        self.first = bytearray()
        self.later = bytearray()
        self.keeps_cookies = bytearray()
        self._functions = functions
        self._population = population
        self._share = share
        self._browsers = browsers
        self._site = site or SiteNames()
        self.answers: Counter[str] = Counter()
        self._undecided: list[Visitor] = []
        self._random = Random(f"{seed}:visitors")  # noqa: S311

    def grow(self, count: int) -> None:
        """Makes sure that there are at least so many visitors, running the edge's code on many at once."""
        while len(self.keeps_cookies) < count:
            self._draw(max(_AT_ONCE, min(len(self.keeps_cookies), 16 * _AT_ONCE)))
        if len(self.first) < count:
            known = len(self.first)
            self._decide(max(count - known, min(known, _AHEAD_AT_MOST), _AT_LEAST))

    def _draw(self, count: int) -> None:
        """Draws visitors in batches that are always the same, so that who comes depends on the seed alone."""
        people = [self._visitor(len(self.keeps_cookies) + n) for n in range(count)]
        self.keeps_cookies.extend(self._random.random() >= self._population.without_cookies for _ in people)
        if self._functions:
            self._undecided.extend(people)
            return
        drawn = bytes(self._random.random() * 100 >= self._share for _ in people)
        self.first.extend(drawn)
        self.later.extend(drawn)

    def _decide(self, count: int) -> None:
        """Asks the edge's code about the next visitors."""
        people, self._undecided = self._undecided[:count], self._undecided[count:]
        try:
            first, later = visits(self._functions, people, self._site)
        except (EngineMissingError, RuntimeError) as error:
            raise AssemblyError(str(error)) from error
        check_somebody_arrives(self._functions["viewer-request"], first)
        self.first.extend(map(_number, first))
        self.later.extend(map(_number, later))
        self.answers.update(each.answer for each in first if each.answer)

    def _visitor(self, number: int) -> Visitor:
        shared = self._random.random() < self._population.behind_one_address
        address = _SHARED_ADDRESS if shared else f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        # Behind one address, only the browser tells visitors apart: as many kinds as there are visitors would be unlike
        # any office, so all share a few.
        return Visitor(address=address, agent=f"Browser/{self._random.randrange(self._browsers)}", cookies={})


def _number(arrival: Arrival) -> int:
    partition = arrival.partition
    if partition is None:
        return NOWHERE
    if partition not in PARTITIONS:
        raise AssemblyError(f"the edge sends a visitor to {partition!r}, which is neither of {', '.join(PARTITIONS)}")
    return 0 if partition == ONE_BOX else 1
