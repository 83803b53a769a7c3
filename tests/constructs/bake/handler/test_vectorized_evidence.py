"""The benchmark's vectorized arithmetic is the handler's."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from bench.comparison.simulated import HISTORY, Failures, Site, sides
from bench.comparison.vectorized import Sides, calibrate, log_evidence, stopped_after

from prod_one_box.constructs.bake.handler import calibration, evidence
from prod_one_box.constructs.bake.handler.calibration import Counts
from prod_one_box.constructs.bake.handler.evidence import Stage

RELEASES = 100
BAKE = 10
HISTORIES = (HISTORY, 45)
FALSE_ALARMS = (0.3, 0.05, 0.01)
SITES = (
    Site(rate=60, failing=0.01),
    Site(rate=200, failing=0.03, failures=Failures(title="clusters", cluster=3)),
    Site(rate=200, failing=0.001, failures=Failures(title="lasting clusters", lasting=15)),
    Site(rate=1_000, failing=0.01, failures=Failures(title="unlike", unlike=3)),
    Site(rate=60, failing=0.001, failures=Failures(title="a client", client=1)),
)


def of_release(minutes: Sides, number: int) -> list[Counts]:
    return [Counts(*map(float, each)) for each in zip(*(side[number] for side in minutes), strict=True)]


def stopped(stages: Sequence[Stage], false_alarms: float) -> int:
    lengths = [len(each.minutes) for each in stages]
    for length in range(1, sum(lengths) + 1):
        so_far = [
            each._replace(minutes=each.minutes[: max(0, length - sum(lengths[:number]))])
            for number, each in enumerate(stages)
        ]
        if evidence.is_worse(so_far, tolerance=1.5, false_alarms=false_alarms):
            return length
    return 0


def waves(site: Site, history: int) -> tuple[list[Sides], list[Sides]]:
    """Return the history and the bakes of two waves whose first partition fails in 40 %."""
    # A share of 1 % of a small site leaves minutes without requests.
    partitions = site.partitions(
        np.random.default_rng(7), (0.01, 0.19, 0.8), releases=RELEASES, minutes=2 * BAKE, new_failing=0.4
    )
    first, second = (sides(partitions, new) for new in (1, 2))
    before = [each.after(HISTORY - history).first(history) for each in (first, second)]
    return before, [first.after(HISTORY).first(BAKE), second.after(HISTORY + BAKE)]


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.failures.title)
def test_both_find_the_same(site: Site, history: int):
    before, bakes = waves(site, history)
    usual = [calibrate(each) for each in before]
    found = log_evidence(zip(usual, bakes, strict=True), tolerance=1.5)
    after = stopped_after(list(zip(usual, bakes, strict=True)), tolerance=1.5, false_alarms=FALSE_ALARMS)
    for number in range(RELEASES):
        calibrations = [calibration.calibrate(of_release(each, number)) for each in before]
        for by_handler, by_twin in zip(calibrations, usual, strict=True):
            assert by_handler == pytest.approx([each[number] for each in by_twin], rel=1e-9)
        stages = [Stage(each, of_release(bake, number)) for each, bake in zip(calibrations, bakes, strict=True)]
        assert evidence.log_evidence(stages, tolerance=1.5) == pytest.approx(found[number, -1], abs=1e-9)
        assert [stopped(stages, each) for each in FALSE_ALARMS] == [each[number] for each in after]


def test_the_cases_hold_every_kind_of_release():
    comparable, usual, after = [], [], []
    for site, history in product(SITES, HISTORIES):
        before, bakes = waves(site, history)
        stages = [(calibrate(each), bake) for each, bake in zip(before, bakes, strict=True)]
        comparable += [each.comparable.ravel() for each in before]
        usual += [each.usual for each, _ in stages]
        after += stopped_after(stages, tolerance=1.5, false_alarms=FALSE_ALARMS)
    for each in (comparable, usual, np.concatenate(after) > 0):
        assert 0.05 < np.mean(np.concatenate([np.ravel(part) for part in each])) < 0.95
