"""How often a fault is found: the handler's own code, release by release, beside other tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.pool import Pool
from typing import Final

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from prod_one_box.constructs.bake.handler.calibration import Counts, calibrate
from prod_one_box.constructs.bake.handler.evidence import Stage, is_worse

from ..figures import Figures
from . import rivals
from .simulated import HISTORY, INDEPENDENT, Failures, Site, sides
from .vectorized import Sides

FALSE_ALARMS: Final = 0.05
TOLERANCE: Final = 1.5
MINUTES: Final = 10

_HEALTHY: Final = 0.01


@dataclass(frozen=True)
class Case:
    """A site, the share of its new side, and the rate at which a bad version fails."""

    rate: int
    share: float
    fault: float

    def __str__(self) -> str:
        return f"{self.rate:,} requests a minute, share {self.share:.0%}, {self.fault:.0%} fail"


CASES: Final = (
    Case(15, 0.2, 0.5),
    Case(60, 0.2, 0.2),
    Case(60, 0.2, 0.1),
    Case(60, 0.05, 0.2),
    Case(200, 0.2, 0.1),
    Case(200, 0.05, 0.2),
    Case(1_000, 0.2, 0.03),
    Case(1_000, 0.2, 0.05),
    Case(6_000, 0.01, 0.1),
)

_CLUSTERED: Final = (
    Failures(title="clusters of 3", cluster=3),
    Failures(title="clusters of 6", cluster=6),
    Failures(title="clusters that last 15 minutes", lasting=15),
)
_CLUSTERED_CASES: Final = (
    Case(60, 0.2, 0.1),
    Case(60, 0.2, 0.2),
    Case(60, 0.2, 0.5),
    Case(200, 0.05, 0.2),
    Case(200, 0.2, 0.1),
    Case(1_000, 0.2, 0.05),
    Case(6_000, 0.01, 0.1),
)

_HISTORIES: Final = (0, 30, 60, 120, 360)


@dataclass(frozen=True)
class _Run:
    case: Case
    failures: Failures
    releases: int
    history: int = HISTORY


def independent(pool: Pool, releases: int) -> Figures:
    """Return how often, and after how many minutes, each test finds a fault; and how often it stops a good release."""
    rows = [[str(case), *cells] for case, cells in zip(CASES, pool.map(_all_tests, _runs(releases), 1), strict=True)]
    return Figures(
        columns=["fault", "default alarms", "z-test at 1 %", "best possible", "comparison"],
        rows=rows,
        notes=_notes(releases),
    )


def clustered(pool: Pool, releases: int) -> Figures:
    """Return how often the comparison finds a fault where failures come in clusters."""
    kinds = (INDEPENDENT, *_CLUSTERED)
    runs = [_Run(case, failures, releases) for case in _CLUSTERED_CASES for failures in kinds]
    cells = iter(pool.map(_comparison, runs, 1))
    rows = [[str(case), *(next(cells) for _ in kinds)] for case in _CLUSTERED_CASES]
    return Figures(columns=["fault", *(each.title for each in kinds)], rows=rows, notes=_notes(releases))


def with_less_history(pool: Pool, releases: int) -> Figures:
    """Return how often the comparison finds a fault after few usual minutes."""
    runs = [_Run(case, INDEPENDENT, releases, history) for case in CASES for history in _HISTORIES]
    cells = iter(pool.map(_comparison, runs, 1))
    rows = [[str(case), *(next(cells) for _ in _HISTORIES)] for case in CASES]
    return Figures(columns=["fault", *(f"{each} minutes" for each in _HISTORIES)], rows=rows, notes=_notes(releases))


def _notes(releases: int) -> list[str]:
    return [f"{releases:,} releases a cell."]


def _runs(releases: int) -> list[_Run]:
    return [_Run(case, INDEPENDENT, releases) for case in CASES]


def _all_tests(run: _Run) -> list[str]:
    case = run.case
    bad, good = _release(run, case.fault), _release(run, None)
    found = [
        [
            rivals.default_alarms(each.after(HISTORY)),
            rivals.z_test(each.after(HISTORY)),
            rivals.wald(each.after(HISTORY), healthy=_HEALTHY, faulty=case.fault),
            _stopped(each, run),
        ]
        for each in (bad, good)
    ]
    return [_cell(of_bad, of_good) for of_bad, of_good in zip(*found, strict=True)]


def _comparison(run: _Run) -> str:
    return _cell(_stopped(_release(run, run.case.fault), run))


def _release(run: _Run, fault: float | None) -> Sides:
    case = run.case
    rng = default_rng([case.rate, round(1e3 * case.share), round(1e3 * (fault or 0)), len(run.failures.title)])
    site = Site(rate=case.rate, failing=_HEALTHY, failures=run.failures)
    shares = (case.share, 1 - case.share)
    return sides(site.partitions(rng, shares, releases=run.releases, minutes=MINUTES, new_failing=fault), 1)


def _stopped(release: Sides, run: _Run) -> NDArray[np.int64]:
    """Ask the handler after every minute, as the wait does."""
    return np.array([_stopped_after(minutes, run.history) for minutes in _each(release)])


def _each(releases: Sides) -> Sequence[list[Counts]]:
    columns = (each.tolist() for each in releases)
    return [[Counts(*each) for each in zip(*rows, strict=True)] for rows in zip(*columns, strict=True)]


def _stopped_after(minutes: Sequence[Counts], history: int) -> int:
    calibration = calibrate(minutes[HISTORY - history : HISTORY])
    for number in range(1, MINUTES + 1):
        stage = Stage(calibration, minutes[HISTORY : HISTORY + number])
        if is_worse([stage], tolerance=TOLERANCE, false_alarms=FALSE_ALARMS):
            return number
    return 0


def _cell(bad: NDArray[np.int64], good: NDArray[np.int64] | None = None) -> str:
    found = bad[bad > 0]
    text = f"{len(found) / len(bad):.1%}"
    if len(found):
        text += f", {np.median(found):.0f} min"
    return text if good is None else f"{text}; false {np.mean(good > 0):.1%}"
