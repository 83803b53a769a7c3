"""The pages that are still requesting their assets.

Most assets meet what their page met, and are counted together, without their times. These are drawn only for pages that
are loading while an alias moves, and for pages some of whose assets may fail.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .visits import PageVisit, Visits


@dataclass(slots=True, eq=False)
class Page:
    """A page that a visitor requested, and what happened to it.

    Attributes:
        visit: The page as it was drawn.
        time: When it was requested, in seconds.
        loaded: Whether it loaded without an error; default: False.
        partition: The number of the partition that served it; default: -1, not served yet.
        new: Whether the new version rendered it; default: False.
        cached: Whether it came from the distribution's cache; default: False.
        apart: Whether the partitions were on different releases when it loaded; default: False.
        broken: Whether it does not work; default: False.
        replaced: Whether it does not work only because its release was replaced while in use; default: False.
        assets: When its assets are requested that have not been played; default: None, not drawn yet.
    """

    visit: PageVisit
    time: float
    loaded: bool = False
    partition: int = -1
    new: bool = False
    cached: bool = False
    apart: bool = False
    broken: bool = False
    replaced: bool = False
    assets: list[float] | None = None


class LoadingPages:
    """The loaded pages whose assets have not all been played, in the order of their requests."""

    def __init__(self, visits: Visits, count: int, seconds: float) -> None:
        """Start without pages: each has `count` assets, requested within `seconds` after it."""
        self._visits = visits
        self._count = count
        self._seconds = seconds
        self._pages: deque[Page] = deque()

    def add(self, page: Page) -> None:
        """Add a page that has just loaded."""
        if self._count:
            self._pages.append(page)

    def play(
        self,
        until: float,
        *,
        together: Callable[[Page, int], bool],
        one: Callable[[Page, float], None],
        is_over: bool,
    ) -> None:
        """Play the assets that are requested before a time, during which no alias moved.

        `together` plays some assets of a page if all of them meet the same, and returns whether it did; otherwise
        `one` plays them one after the other. Unless everything `is_over`, such as before an alias moves, pages that are
        still loading can wait.
        """
        single: list[tuple[float, Page]] = []
        waiting: list[Page] = []
        while self._pages and self._pages[0].time < until:
            page = self._pages.popleft()
            loads_on = page.time + self._seconds >= until
            if page.assets is None and not loads_on:
                if together(page, self._count):
                    continue
            elif page.assets is None and not is_over and together(page, 0):
                waiting.append(page)
                continue
            times = self._visits.asset_times(page.visit, page.time) if page.assets is None else page.assets
            single.extend((time, page) for time in times if time < until)
            page.assets = [time for time in times if time >= until]
            if page.assets:
                waiting.append(page)
        self._pages.extendleft(reversed(waiting))
        for time, page in sorted(single, key=lambda each: each[0]):
            one(page, time)
