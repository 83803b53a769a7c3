"""How often the comparison stops a good release, by the vectorized twin of the handler's arithmetic."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from multiprocessing.pool import Pool
from typing import Final

import numpy as np
from numpy.random import default_rng

from ..figures import Figures
from .power import FALSE_ALARMS, TOLERANCE
from .simulated import HISTORY, INDEPENDENT, Failures, Site, sides
from .vectorized import calibrate, stopped_after

_AT: Final = (10, 30, 55)
"""Minutes of a release."""

_WAVES: Final = (0.01, 0.04, 0.15, 0.3, 0.5)
_BAKE: Final = 10
_CHUNK: Final = 2_000

_RATES: Final = (60, 200, 1_000, 6_000)
_SHARES: Final = (0.2, 0.05, 0.01)
_FAILING: Final = (0.001, 0.01, 0.03)

KINDS: Final = (
    INDEPENDENT,
    Failures(title="an incident of both sides", incident=(5, 8)),
    Failures(title="clusters of 3", cluster=3),
    Failures(title="clusters of 6", cluster=6),
    Failures(title="clusters that last 15 minutes", lasting=15),
    Failures(title="one client that always fails", client=1),
    Failures(title="a side that fails twice as often", unlike=2),
    Failures(title="a side that fails three times as often", unlike=3),
)

_LIMITS: Final = defaultdict(lambda: 0.025, {kind.title: 0.01 for kind in KINDS[:2]})
"""Above which a cell is named."""


@dataclass(frozen=True)
class Cell:
    """Good releases of one site; without a share, through the waves."""

    site: Site
    share: float | None
    releases: int

    def __str__(self) -> str:
        share = "waves" if self.share is None else f"share {self.share:.0%}"
        return f"{self.site.rate:,} requests a minute, {share}, {self.site.failing:.1%} fail"

    def stopped(self) -> list[float]:
        """Return the share of the releases that is stopped by each of the times; only at the end of the waves."""
        after = np.concatenate(
            [
                self._stopped_after(chunk, min(_CHUNK, self.releases - chunk))
                for chunk in range(0, self.releases, _CHUNK)
            ]
        )
        times = _AT if self.share is not None else [_BAKE * (len(_WAVES) - 1)]
        return [float(np.mean((after > 0) & (after <= time))) for time in times]

    def _stopped_after(self, chunk: int, releases: int) -> np.ndarray:
        kind = [each.title for each in KINDS].index(self.site.failures.title)
        seed = [int(self.site.rate), round(1e4 * self.site.failing), round(1e3 * (self.share or 0)), kind, chunk]
        shares = _WAVES if self.share is None else (self.share, 1 - self.share)
        minutes = _AT[-1] if self.share is not None else _BAKE * (len(_WAVES) - 1)
        partitions = self.site.partitions(default_rng(seed), shares, releases=releases, minutes=minutes)
        stages = []
        for new in range(1, len(shares)):
            counts = sides(partitions, new)
            stage = counts.after(HISTORY)
            if self.share is None:
                stage = stage.after(_BAKE * (new - 1)).first(_BAKE)
            stages.append((calibrate(counts.first(HISTORY)), stage))
        return stopped_after(stages, tolerance=TOLERANCE, false_alarms=[FALSE_ALARMS])[0]


def measure(pool: Pool, releases: int, rates: Sequence[int] = _RATES) -> dict[str, Figures]:
    """Return a table of every share, and one of the waves."""
    cells = [
        Cell(Site(rate=rate, failing=failing, failures=kind), share, releases)
        for share, rate, failing, kind in product((*_SHARES, None), rates, _FAILING, KINDS)
    ]
    found = dict(zip(cells, pool.map(Cell.stopped, cells, 1), strict=True))
    tables = {}
    for share in (*_SHARES, None):
        name = "waves" if share is None else f"share-{share:.0%}".rstrip("%")
        tables[f"false-aborts-{name}"] = table({cell: at for cell, at in found.items() if cell.share == share})
    return tables


def table(found: dict[Cell, list[float]]) -> Figures:
    """Return the figures of cells, and name those above the target."""
    by_site: dict[str, list[str]] = defaultdict(list)
    above = []
    for cell, at in found.items():
        by_site[str(cell)].append(" / ".join(f"{100 * each:.1f}" for each in at))
        if max(at) > _LIMITS[cell.site.failures.title]:
            above.append(f"{cell}, {cell.site.failures.title} ({max(at):.1%})")
    number = f"{next(iter(found)).releases:,} releases a cell."
    note = f"Above the target: {'; '.join(above)}." if above else "No cell is above the target."
    columns = ["good releases stopped, in %", *(kind.title for kind in KINDS)]
    return Figures(columns=columns, rows=[[site, *cells] for site, cells in by_site.items()], notes=[number, note])
