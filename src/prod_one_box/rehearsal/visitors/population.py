"""The visitors: how many there are, how often they return, and the partition that the edge code chooses for each."""

from bisect import bisect
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final

from ...errors import check_numbers
from ...template.cloud_assembly import AssemblyError
from ...template.edge_functions import EdgeFunction
from ..assumptions import Assumptions
from .arrivals import Arrival, check_any_arrives
from .page_request import SiteNames
from .parties import Visitor
from .visitors import visit_twice

NOWHERE: Final = 255
"""The partition number of a visitor who reaches no partition."""

_BROWSER_NUMBERS: Final = 1_000_000_000
_BATCH: Final = 4096
# The engine starts slowly, so the edge code decides for more visitors than have arrived, but not for many more.
_LEAST_DECIDED: Final = 4096
_MOST_AHEAD: Final = 16_384
_BILLION: Final = 1e9
_THOUSAND: Final = 1000.0
_A_DAY: Final = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Population:
    """The visitors of a site. All defaults are assumed: every site has its own.

    Attributes:
        visits_per_minute: How many visits start each minute; default: 120.
        pages_per_visit: How many pages a visit has, on average; default: 4.
        seconds_between_pages: How long a visitor reads a page, on average, in seconds; default: 25.
        assets_per_page: How many scripts and style sheets a page loads; default: 15.
        api_calls_per_page: How many API calls a page makes; default: 3.
        returning: The share of visits by returning visitors, 0 to 1; default: 0.3.
        without_cookies: The share of visitors who keep no cookies, 0 to 1; default: 0.02.
        behind_one_address: The share of visitors behind one IP address, 0 to 1; default: 0.05.
        usual_errors: The share of requests that fail on a good day, whatever version answers, 0 to 1; default: 0.
        errors_together: How many of them come together, on average, because clients repeat requests; default: 1, which
            means that they are independent.
        errors_last: The time over which those that come together are spread, in seconds; default: 0.
        one_box_errors: How many times as often requests fail in the one-box as elsewhere on a good day; default: 1.
        incident_at: When an incident starts that concerns all versions alike, in seconds after the start of the update;
            default: None, which means never.
        incident_for: How long it lasts, in seconds; default: 180.
        incident_errors: The share of requests that fail meanwhile, 0 to 1; default: 0.15.

    Raises:
        ValueError: If a value is negative or not a number, or a share is above 1.
    """

    visits_per_minute: float = 120.0
    pages_per_visit: float = 4.0
    seconds_between_pages: float = 25.0
    assets_per_page: int = 15
    api_calls_per_page: int = 3
    returning: float = 0.3
    without_cookies: float = 0.02
    behind_one_address: float = 0.05
    usual_errors: float = 0.0
    errors_together: float = 1.0
    errors_last: float = 0.0
    one_box_errors: float = 1.0
    incident_at: float | None = None
    incident_for: float = 180.0
    incident_errors: float = 0.15

    def __post_init__(self) -> None:
        """Validate the numbers."""
        above_0 = ("pages_per_visit", "seconds_between_pages")
        check_numbers(self, above_0, "more than 0, up to a billion", above_0=True, most=_BILLION)
        from_0 = ("visits_per_minute", "assets_per_page", "api_calls_per_page")
        check_numbers(self, from_0, "0 or more, up to a billion", most=_BILLION)
        shares = ("returning", "without_cookies", "behind_one_address", "usual_errors", "incident_errors")
        check_numbers(self, shares, "a share, 0 to 1", most=1)
        check_numbers(self, ("incident_at", "incident_for", "errors_last"), "seconds, 0 to a day", most=_A_DAY)
        check_numbers(self, ("one_box_errors",), "a factor, 0 to a thousand", most=_THOUSAND)
        check_numbers(self, ("errors_together",), "1 or more, up to a thousand", most=_THOUSAND)
        if self.errors_together < 1:
            raise ValueError(f"errors_together: got {self.errors_together:g}; allowed: 1 or more, up to a thousand")


class Crowd:
    """All distinct visitors, numbered in order of their first visit, with the partitions the edge chooses for them.

    Attributes:
        first: For each visitor, the number of the partition for a request without a cookie; `NOWHERE` if the edge
            answers it.
        later: The same for a request with the cookie that the visitor got.
        keeps_cookies: For each visitor, 1 if they keep cookies.
        answers: The edge's own answers, with the number of visitors who got each.
        browsers: The numbers of the kinds of browsers, drawn from the seed.
    """

    def __init__(
        self,
        functions: Mapping[str, EdgeFunction],
        population: Population,
        *,
        shares: Mapping[str, float],
        seed: int,
        browsers: int = Assumptions().browsers,
        site: SiteNames | None = None,
    ) -> None:
        """Start without visitors.

        `functions` are the edge functions by event. `shares` has the partitions in the order of their numbers, with
        their percentages of visitors, which count only without functions. `browsers` defaults to that of `Assumptions`,
        and `site` to an example page.
        """
        self.first = bytearray()
        self.later = bytearray()
        self.keeps_cookies = bytearray()
        self.answers: Counter[str] = Counter()
        self._functions = functions
        self._population = population
        self._numbers = {name: number for number, name in enumerate(shares)}
        self._bounds = bounds_between(shares)
        self._site = site or SiteNames()
        self._undecided: list[Visitor] = []
        self._random = Random(f"{seed}:visitors")  # noqa: S311
        # Few strings mean few hashes at the edge: fixed ones would have the same wrong share for every seed.
        numbers = Random(f"{seed}:browsers")  # noqa: S311
        self._shared_address = f"198.18.{numbers.randrange(256)}.{numbers.randrange(256)}"
        first = numbers.randrange(_BROWSER_NUMBERS)
        self.browsers = range(first, first + browsers)

    def grow(self, count: int) -> None:
        """Add visitors until there are at least `count`."""
        while len(self.keeps_cookies) < count:
            self._draw(max(_BATCH, min(len(self.keeps_cookies), 16 * _BATCH)))
        if len(self.first) < count:
            decided = len(self.first)
            self._decide(max(count - decided, min(decided, _MOST_AHEAD), _LEAST_DECIDED))

    def _draw(self, count: int) -> None:
        """Draw visitors in batches of constant size, so that they depend on the seed alone."""
        visitors = [self._visitor(len(self.keeps_cookies) + n) for n in range(count)]
        self.keeps_cookies.extend(self._random.random() >= self._population.without_cookies for _ in visitors)
        if self._functions:
            self._undecided.extend(visitors)
            return
        drawn = bytes(bisect(self._bounds, self._random.random() * 100) for _ in visitors)
        self.first.extend(drawn)
        self.later.extend(drawn)

    def _decide(self, count: int) -> None:
        visitors, self._undecided = self._undecided[:count], self._undecided[count:]
        first, later = visit_twice(self._functions, visitors, self._site)
        answers = Counter(each.answer for each in first if each.answer)
        check_any_arrives(self._functions["viewer-request"], len(first), answers)
        self.first.extend(map(self._number, first))
        self.later.extend(map(self._number, later))
        self.answers.update(answers)

    def _visitor(self, number: int) -> Visitor:
        shared = self._random.random() < self._population.behind_one_address
        address = self._shared_address if shared else f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        # Behind one address, only the browser distinguishes visitors; an office has a few kinds, not one per visitor.
        return Visitor(address, f"Browser/{self._random.choice(self.browsers)}")

    def _number(self, arrival: Arrival) -> int:
        if arrival.partition is None:
            return NOWHERE
        if arrival.partition not in self._numbers:
            allowed = ", ".join(self._numbers)
            raise AssemblyError(
                f"the edge sends a visitor to {arrival.partition!r}, which is not a partition; allowed: {allowed}"
            )
        return self._numbers[arrival.partition]


def bounds_between(shares: Mapping[str, float]) -> list[float]:
    """Return, for each partition but the last, the percentage of visitors in it and those before it."""
    return list(accumulate(shares.values()))[:-1]
