"""What becomes of each request, and whether it may: a page, its assets, its API calls.

Counts distinct visitors, so that nobody counts twice.
"""

from array import array
from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random

from ...template.cloud_assembly import AssemblyError
from ...template.page_cache import PageCache
from .invariants import Invariant, Ledger
from .population import NOWHERE
from .scenario import Scene
from .serving import Serving
from .timeline import Impact
from .visits import Page

_SEEN = 1
_MET = 2
_ERROR = 4
_BROKEN = 8
_REPLACED = 16
_CAME = 32


class Victims:
    """What each visitor has met since the update began, as bits of one byte."""

    def __init__(self, impact: Impact) -> None:
        self._impact = impact
        self._bits = bytearray()

    def grow(self, count: int) -> None:
        """Makes room for so many visitors."""
        self._bits.extend(bytes(max(0, count - len(self._bits))))

    def seen(self, visitor: int) -> None:
        """A visitor asks for something."""
        self._impact.visitors += self._first(visitor, _SEEN)

    def came(self, visitor: int) -> None:
        """A visitor asks for a page while the bad version serves somebody."""
        self._impact.came += self._first(visitor, _CAME)

    def met(self, visitor: int) -> None:
        """The bad version answers a visitor."""
        self.came(visitor)
        self._impact.met += self._first(visitor, _MET)

    def error(self, visitor: int) -> None:
        """A visitor's request fails."""
        self._impact.met_error += self._first(visitor, _ERROR)

    def broken(self, visitor: int) -> None:
        """A visitor's page does not work."""
        self._impact.saw_broken += self._first(visitor, _BROKEN)

    def replaced(self, visitor: int) -> None:
        """A visitor's page does not work because its release was replaced under them."""
        self._impact.saw_replaced += self._first(visitor, _REPLACED)

    def _first(self, visitor: int, bit: int) -> bool:
        """Notes a bit; whether it is new."""
        is_first = not self._bits[visitor] & bit
        self._bits[visitor] |= bit
        return is_first


class Visiting:
    """Plays single requests while the aliases stand still.

    Attributes:
        impact: What visitors met since `begin`.
        regular_new: When the release answered a visitor of the regular partition: the times, in seconds.
    """

    def __init__(
        self, scene: Scene, front_ends: Sequence[Serving | None], backends: Sequence[Serving], ledger: Ledger
    ) -> None:
        """Begins with visitors of whom none has been there.

        Args:
            scene: The visitors.
            front_ends: The tier of each partition; None for one without.
            backends: The backend's tiers.
            ledger: Gets what is checked and what is broken.

        Raises:
            AssemblyError: If the backends' weights name an alias that is none of them, or come to nothing.
        """
        self.impact = Impact()
        self.regular_new = array("d")
        self._front_ends = front_ends
        self._backends = backends
        self._backend_parts = _parts_of([each.tier.alias for each in backends], scene.assumptions.backend_weights)
        self._ledger = ledger
        self._crowd = scene.crowd
        self._fault = scene.fault
        self._sticky = scene.sticky
        self._keeps_assets = scene.keeps_assets
        self._share = scene.share / 100
        # What cannot be broken is not checked: a number of checks says that something was at stake.
        apart = None not in front_ends
        self._may_move = apart and (bool(scene.site.functions) or not scene.sticky)
        self._may_mix = self._may_move and not scene.keeps_assets
        self._random = Random(f"{scene.seed}:visiting")  # noqa: S311
        self._victims = Victims(self.impact)
        self._cache = PageCache(scene.site.caching)
        self._cookies = bytearray()
        self._last = bytearray()
        self._bad = frozenset(scene.bad_versions())
        self._apart = False
        self._exposed = False

    def begin(self) -> None:
        """Forgets what visitors met so far, not their cookies."""
        self.impact = Impact()
        self._victims = Victims(self.impact)
        self._victims.grow(len(self._cookies))

    def grow(self, visitors: int) -> None:
        """Makes room for so many visitors."""
        self._crowd.grow(visitors)
        more = bytes(max(0, visitors - len(self._cookies)))
        self._cookies.extend(more)
        self._last.extend(bytes([NOWHERE]) * len(more))
        self._victims.grow(visitors)

    def remember(self, visitors: int) -> None:
        """Gives the first visitors the cookies of earlier visits."""
        self.grow(visitors)
        self._cookies[:visitors] = self._crowd.keeps_cookies[:visitors]

    def look(self) -> None:
        """Looks at the tiers after an alias may have moved."""
        parts = [each.part for each in self._front_ends if each]
        self._apart = len(set(parts)) > 1
        servings = [*filter(None, self._front_ends), *self._backends]
        self._exposed = any(each.part > 0 and each.tier.alias in self._bad for each in servings)

    def page(self, page: Page, time: float) -> None:
        """A visitor asks for a page."""
        visitor = page.visitor
        partition = page.partition = self._partition(visitor)
        if partition == NOWHERE:  # The edge answers them itself.
            return
        self._check_stickiness(visitor, partition, time)
        self._victims.seen(visitor)
        if self._exposed:
            self._victims.came(visitor)
        self.impact.requests += 1
        copy = self._cache.find(page.url, partition, time, self._holder(visitor))
        if copy:
            self._check_cache(copy[0], page, time)
            page.new = copy[1]
            page.cached = True
        elif not self._rendered(page, time):
            return
        page.loaded = True
        self._cookies[visitor] = self._crowd.keeps_cookies[visitor]
        self.impact.pages += 1
        self.impact.pages_apart += self._apart
        page.apart = self._apart
        if page.new:
            self._met_front_end(page, time)

    def asset(self, page: Page, time: float) -> None:
        """A page asks for one of its scripts or styles: another release does not have it."""
        if not page.loaded:
            return
        self.impact.requests += 1
        self._ledger.checks[Invariant.OWN_ASSETS] += self._may_mix
        if self._keeps_assets:  # No partition is asked.
            return
        partition = self._partition(page.visitor)
        if partition != page.partition:
            self._ledger.violate(Invariant.OWN_ASSETS, time, f"visitor {page.visitor}")
        serving = self._front_ends[partition]
        if serving and serving.draw() != page.new:
            replaced = partition == page.partition and (page.cached or serving.part in (0, 1))
            self._break(page, replaced=replaced)

    def api_call(self, page: Page, time: float) -> None:
        """A page's script calls the backend."""
        if not page.loaded or not self._backends:
            return
        self.impact.requests += 1
        which = bisect(self._backend_parts, self._random.random()) if len(self._backends) > 1 else 0
        serving = self._backends[which]
        new = serving.draw()
        if page.new and serving.tier.changes:
            self._check_backend(page, new, time)
        if serving.tier.alias in self._bad and new:
            self._victims.met(page.visitor)
            self.impact.requests_met += 1
        if serving.fails(page.visitor, time, new):
            self._victims.error(page.visitor)
            self.impact.errors += 1

    def _partition(self, visitor: int) -> int:
        if not self._sticky:
            return 0 if self._random.random() < self._share else 1
        crowd = self._crowd
        return crowd.later[visitor] if self._cookies[visitor] else crowd.first[visitor]

    def _holder(self, visitor: int) -> int:
        """The visitor if their requests have cookies, which a cache may keep apart; else nobody."""
        return visitor if self._cookies[visitor] else -1

    def _rendered(self, page: Page, time: float) -> bool:
        """Whether the page's tier answers without an error."""
        serving = self._front_ends[page.partition]
        if serving is None:
            return True
        page.new = serving.draw()
        if serving.fails(page.visitor, time, page.new):
            self._met_front_end(page, time)
            self._victims.error(page.visitor)
            self.impact.errors += 1
            return False
        self._cache.keep(page.url, page.partition, time, page.new, self._holder(page.visitor))
        return True

    def _met_front_end(self, page: Page, time: float) -> None:
        """The release's front end has answered a visitor."""
        serving = self._front_ends[page.partition]
        if serving is None:
            return
        if page.partition == 1:
            self.regular_new.append(time)
        if serving.tier.alias in self._bad:
            self._victims.met(page.visitor)
            self.impact.requests_met += 1
        if page.loaded and serving.breaks(page.visitor, time):
            self._break(page, replaced=False)

    def _break(self, page: Page, *, replaced: bool) -> None:
        """Counts a page that does not work once, and for what is worse."""
        if replaced and not page.broken and not page.replaced:
            page.replaced = True
            self.impact.replaced += 1
            self._victims.replaced(page.visitor)
        elif not replaced and not page.broken:
            page.broken = True
            self.impact.broken += 1
            self.impact.broken_apart += page.apart
            self._victims.broken(page.visitor)

    def _check_stickiness(self, visitor: int, partition: int, time: float) -> None:
        self._ledger.checks[Invariant.STICKY] += self._may_move
        if self._last[visitor] not in (partition, NOWHERE):
            self._ledger.violate(Invariant.STICKY, time, f"visitor {visitor}")
        self._last[visitor] = partition

    def _check_cache(self, rendered_by: int, page: Page, time: float) -> None:
        self._ledger.checks[Invariant.CACHED_APART] += 1
        if rendered_by != page.partition:
            self._ledger.violate(Invariant.CACHED_APART, time, f"visitor {page.visitor}")

    def _check_backend(self, page: Page, new: bool, time: float) -> None:
        """A page that was loaded before its front end went back is counted apart: nobody can call it back."""
        self._ledger.checks[Invariant.NEW_ON_NEW] += 1
        if new:
            return
        serving = self._front_ends[page.partition]
        still_served = serving is not None and serving.part > 0
        if still_served:
            self._ledger.violate(Invariant.NEW_ON_NEW, time, f"visitor {page.visitor}")
        if self._fault.needs_new_backend:
            self._break(page, replaced=not still_served)


def _parts_of(backends: Sequence[str], weights: Mapping[str, float]) -> list[float]:
    """For each backend, the part of the API calls that go to it or to one before it."""
    unknown = sorted(weights.keys() - set(backends))
    if unknown:
        known = ", ".join(backends) or "none"
        raise AssemblyError(
            f"backend_weights: {', '.join(unknown)} is no backend of this release; its backends: {known}"
        )
    sums = list(accumulate(weights.get(name, 1.0) for name in backends))
    if sums and not sums[-1]:
        raise AssemblyError("backend_weights: got 0 for every backend; allowed: at least one above 0")
    return [each / sums[-1] for each in sums[:-1]]
