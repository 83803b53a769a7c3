"""Drawn minutes have the mean and the spread of independent requests."""

from random import Random
from statistics import fmean, pvariance

import pytest

from prod_one_box.rehearsal.choice.drawn_counts import Counts, draw_counts, sides


@pytest.mark.parametrize("rate", [0.05, 3, 60, 1_000, 250_000])
def test_requests_and_failures_have_the_mean_and_variance_of_poissons_distribution(rate: float) -> None:
    drawn = draw_counts(Random(1), rate=rate, failing=0.1, minutes=20_000)
    for numbers, mean in ((drawn.requests, rate), (drawn.failures, rate / 10)):
        error = (mean / len(numbers)) ** 0.5
        assert fmean(numbers) == pytest.approx(mean, abs=5 * error)
        assert pvariance(numbers) == pytest.approx(mean, rel=0.15)


def test_nobody_fails_or_everybody() -> None:
    assert {*draw_counts(Random(1), rate=9, failing=0, minutes=99).failures} == {0}
    all_fail = draw_counts(Random(1), rate=9, failing=1, minutes=99)
    assert all_fail.requests == all_fail.failures
    assert draw_counts(Random(1), rate=0, failing=0.5, minutes=2) == Counts([0, 0], [0, 0])


def test_the_sides_of_a_minute_are_the_sums_of_their_partitions() -> None:
    partitions = [Counts([1, 10], [0, 1]), Counts([2, 20], [1, 2]), Counts([4, 40], [3, 4])]
    assert sides(partitions, 2, [1]) == [[30, 3, 40, 4]]
    assert sides(partitions, 1, [0, 1]) == [[1, 0, 6, 4], [10, 1, 60, 6]]
