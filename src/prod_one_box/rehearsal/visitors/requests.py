"""What happens to each request, and whether the invariants allow it: pages, their assets, their API calls."""

from array import array
from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Final

from ...template.cloud_assembly import AssemblyError
from ...template.page_cache import PageCache
from .invariants import Invariant, Ledger
from .loading_pages import LoadingPages, Page
from .population import NOWHERE, bounds_between
from .scenario import Scenario
from .serving import ServingTier
from .timeline import Impact
from .visits import PageVisit

_BITS: Final = {"visitors": 1, "met": 2, "met_error": 4, "saw_broken": 8, "saw_replaced": 16, "came": 32}
_MET_FRONT_END: Final = 64
_MET: Final = _BITS["met"] | _BITS["came"]


class DistinctVisitors:
    """Counts each visitor once for each attribute of an `Impact`, with a byte of flags for each visitor."""

    def __init__(self, impact: Impact, count: int = 0) -> None:
        """Count in `impact`, with room for `count` visitors."""
        self._impact = impact
        self._flags = bytearray(count)

    def grow(self, count: int) -> None:
        """Make room for `count` visitors."""
        self._flags.extend(bytes(max(0, count - len(self._flags))))

    def count(self, visitor: int, *attributes: str) -> None:
        """Count a visitor in attributes of the impact, unless that happened before."""
        flags = self._flags[visitor]
        for attribute in attributes:
            bit = _BITS[attribute]
            if not flags & bit:
                flags |= bit
                setattr(self._impact, attribute, getattr(self._impact, attribute) + 1)
        self._flags[visitor] = flags

    def met_front_end(self, visitor: int) -> bool:
        """Note that a bad front end served a visitor; return whether that is the first time."""
        is_first = not self._flags[visitor] & _MET_FRONT_END
        self._flags[visitor] |= _MET_FRONT_END
        return is_first

    def met(self, visitor: int) -> None:
        """Count a visitor whom the bad version served, as one who came too."""
        if self._flags[visitor] & _MET != _MET:  # for a promoted release, every API call of every visitor
            self.count(visitor, "came", "met")


class RequestPlayer:
    """Plays single requests while the aliases stay where they are.

    Attributes:
        impact: What visitors experienced since `reset`.
        new_at: For each partition, when the new version answered its visitors, in seconds.
        met_in: For each partition, its distinct visitors whom its bad version served since `reset`.
    """

    def __init__(
        self,
        scenario: Scenario,
        front_ends: Sequence[ServingTier | None],
        backends: Sequence[ServingTier],
        ledger: Ledger,
    ) -> None:
        """Start without visitors; a partition without a front end has None.

        Raises:
            AssemblyError: If the backends' weights name an alias that is not a backend, or are all 0.
        """
        self.impact = Impact()
        self.new_at = [array("d") for _ in front_ends]
        self.met_in = [0 for _ in front_ends]
        self._front_ends = front_ends
        self._backends = backends
        self._backend_bounds = _bounds([each.tier.alias for each in backends], scenario.assumptions.backend_weights)
        self._ledger = ledger
        self._crowd = scenario.crowd
        self._fault = scenario.fault
        self._sticky = scenario.sticky
        self._keeps_assets = scenario.keeps_assets
        self._bounds = [bound / 100 for bound in bounds_between(scenario.shares)]
        # What cannot break is not checked, so that a number of checks means something.
        self._may_move = None not in front_ends and (bool(scenario.site.functions) or not scenario.sticky)
        self._may_mix = self._may_move and not scenario.keeps_assets
        self._random = Random(f"{scenario.seed}:visiting")  # noqa: S311
        self._distinct = DistinctVisitors(self.impact)
        self._cache = PageCache(scenario.site.caching)
        self._has_cookie = bytearray()
        self._last_partition = bytearray()
        self._bad = frozenset(scenario.bad_versions())
        self._apart = False
        self._exposed = False
        self._loading = LoadingPages(
            scenario.visits, scenario.population.assets_per_page, scenario.assumptions.last_follow_up_seconds
        )

    def reset(self) -> None:
        """Forget the impact so far, but not the visitors' cookies."""
        self.impact = Impact()
        self.met_in = [0 for _ in self.met_in]
        self._distinct = DistinctVisitors(self.impact, len(self._has_cookie))

    def grow(self, visitors: int) -> None:
        """Make room for so many visitors."""
        self._crowd.grow(visitors)
        more = bytes(max(0, visitors - len(self._has_cookie)))
        self._has_cookie.extend(more)
        self._last_partition.extend(bytes([NOWHERE]) * len(more))
        self._distinct.grow(visitors)

    def give_cookies(self, visitors: int) -> None:
        """Give the first visitors cookies from earlier visits."""
        self.grow(visitors)
        self._has_cookie[:visitors] = self._crowd.keeps_cookies[:visitors]

    def read_tiers(self) -> None:
        """Read the tiers after an alias may have moved."""
        parts = [each.part for each in self._front_ends if each]
        self._apart = len(set(parts)) > 1
        tiers = [*filter(None, self._front_ends), *self._backends]
        self._exposed = any(each.part > 0 and each.tier.alias in self._bad for each in tiers)

    def page(self, visit: PageVisit, time: float) -> Page:
        """Play a visitor's request for a page."""
        page, visitor = Page(visit, time), visit.visitor
        partition = page.partition = self._partition(visitor)
        if partition == NOWHERE:  # The edge answers.
            return page
        is_same = self._last_partition[visitor] in (partition, NOWHERE)
        self._check(Invariant.STICKY, visitor, time, holds=is_same, counts=self._may_move)
        self._last_partition[visitor] = partition
        if self._exposed:
            self._distinct.count(visitor, "visitors", "came")
        else:
            self._distinct.count(visitor, "visitors")
        self.impact.requests += 1
        copy = self._cache.find(visit.url, partition, time, self._cache_user(visitor))
        if copy:
            self._check(Invariant.CACHED_APART, visitor, time, holds=copy[0] == partition)
            page.new = copy[1]
            page.cached = True
        elif not self._render(page, time):
            return page
        page.loaded = True
        self._has_cookie[visitor] = self._crowd.keeps_cookies[visitor]
        self.impact.pages += 1
        self.impact.pages_apart += self._apart
        page.apart = self._apart
        if page.new:
            self._count_new_page(page, time)
        self._loading.add(page)
        return page

    def assets(self, until: float, *, is_over: bool) -> None:
        """Play the loaded pages' requests for assets before a time; see `LoadingPages.play`."""
        self._loading.play(until, together=self._assets_together, one=self._asset, is_over=is_over)

    def _assets_together(self, page: Page, count: int) -> bool:
        """Play requests of a page for assets if all of them find their asset; return whether they do."""
        if not self._keeps_assets:
            if not self._sticky:
                return False
            partition = self._partition(page.visit.visitor)
            if partition != NOWHERE:
                tier = self._front_ends[partition]
                if partition != page.partition or (tier and tier.part != page.new):
                    return False
                self._ledger.checks[Invariant.OWN_ASSETS] += count * self._may_mix
        self.impact.requests += count
        return True

    def _asset(self, page: Page, time: float) -> None:
        """Play a page's request for an asset, which only the page's own release has."""
        self.impact.requests += 1
        visitor = page.visit.visitor
        if self._keeps_assets or (partition := self._partition(visitor)) == NOWHERE:  # It reaches no partition.
            return
        is_same = partition == page.partition
        self._check(Invariant.OWN_ASSETS, visitor, time, holds=is_same, counts=self._may_mix)
        tier = self._front_ends[partition]
        if tier and tier.draw() != page.new:
            replaced = is_same and (page.cached or tier.part in (0, 1))
            self._break(page, replaced=replaced)

    def api_call(self, page: Page, time: float) -> None:
        """Play a page's request to the backend."""
        if not page.loaded or not self._backends:
            return
        impact, visitor = self.impact, page.visit.visitor
        impact.requests += 1
        chosen = bisect(self._backend_bounds, self._random.random()) if len(self._backends) > 1 else 0
        backend = self._backends[chosen]
        new = backend.draw()
        if page.new and backend.tier.changes:
            self._check_backend(page, new, time)
        if new and backend.tier.alias in self._bad:
            self._distinct.met(visitor)
            impact.requests_met += 1
        if backend.fails(visitor, time, new) and new:
            self._distinct.count(visitor, "met_error")
            impact.errors += 1

    def _partition(self, visitor: int) -> int:
        if not self._sticky:
            return bisect(self._bounds, self._random.random())
        crowd = self._crowd
        return crowd.later[visitor] if self._has_cookie[visitor] else crowd.first[visitor]

    def _cache_user(self, visitor: int) -> int:
        """Return the visitor if they send cookies, which a cache key may contain; otherwise -1."""
        return visitor if self._has_cookie[visitor] else -1

    def _render(self, page: Page, time: float) -> bool:
        """Let the page's tier answer; return whether it succeeded."""
        tier = self._front_ends[page.partition]
        if tier is None:
            return True
        page.new = tier.draw()
        if tier.fails(page.visit.visitor, time, page.new):
            if page.new:
                self._count_new_page(page, time)
                self._distinct.count(page.visit.visitor, "met_error")
                self.impact.errors += 1
            return False
        self._cache.keep(page.visit.url, page.partition, time, page.new, self._cache_user(page.visit.visitor))
        return True

    def _count_new_page(self, page: Page, time: float) -> None:
        tier = self._front_ends[page.partition]
        if tier is None:
            return
        self.new_at[page.partition].append(time)
        if tier.tier.alias in self._bad:
            self._count_served_by_bad(page.visit.visitor)
            self.met_in[page.partition] += self._distinct.met_front_end(page.visit.visitor)
        if page.loaded and tier.breaks(page.visit.visitor, time):
            self._break(page, replaced=False)

    def _count_served_by_bad(self, visitor: int) -> None:
        self._distinct.met(visitor)
        self.impact.requests_met += 1

    def _break(self, page: Page, *, replaced: bool) -> None:
        """Count a page that does not work: as replaced at most once, and as broken at most once."""
        if replaced and not page.broken and not page.replaced:
            page.replaced = True
            self.impact.replaced += 1
            self._distinct.count(page.visit.visitor, "saw_replaced")
        elif not replaced and not page.broken:
            page.broken = True
            self.impact.broken += 1
            self.impact.broken_apart += page.apart
            self._distinct.count(page.visit.visitor, "saw_broken")

    def _check(self, invariant: Invariant, visitor: int, time: float, *, holds: bool, counts: bool = True) -> None:
        """Record a check, which does not count if nothing could break the invariant."""
        self._ledger.checks[invariant] += counts
        if not holds:
            self._ledger.violate(invariant, time, f"visitor {visitor}")

    def _check_backend(self, page: Page, new: bool, time: float) -> None:
        """Check that a new page reaches a new backend; a page whose front end went back since counts as replaced."""
        tier = self._front_ends[page.partition]
        is_served = tier is not None and tier.part > 0
        self._check(Invariant.NEW_ON_NEW, page.visit.visitor, time, holds=new or not is_served)
        if not new and self._fault.needs_new_backend:
            self._break(page, replaced=not is_served)


def _bounds(backends: Sequence[str], weights: Mapping[str, float]) -> list[float]:
    """Return, for each backend but the last, the share of API calls that go to it or to one before it."""
    unknown = sorted(weights.keys() - set(backends))
    if unknown:
        known = ", ".join(backends) or "none"
        raise AssemblyError(
            f"backend_weights: {', '.join(unknown)} is not a backend of this release; its backends: {known}"
        )
    sums = list(accumulate(weights.get(name, 1.0) for name in backends))
    if sums and not sums[-1]:
        raise AssemblyError("backend_weights: got 0 for every backend; allowed: at least one above 0")
    return [each / sums[-1] for each in sums[:-1]]
