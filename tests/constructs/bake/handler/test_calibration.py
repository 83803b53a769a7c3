"""What is usual for two sides: computed by hand, and mirrored."""

from math import log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prod_one_box.constructs.bake.handler.calibration import Calibration, Counts, calibrate

NOTHING = Counts(100, 0, 100, 0)
untimed = settings(deadline=None)


def mirrored(minute: Counts) -> Counts:
    return Counts(minute.old_requests, minute.old_failures, minute.new_requests, minute.new_failures)


def minutes(least: int, most: int) -> st.SearchStrategy[list[Counts]]:
    failures = st.integers(0, 3)
    minute = st.builds(Counts, st.integers(5, 50), failures, st.integers(5, 50), failures)
    return st.lists(minute, min_size=least, max_size=most)


def test_regular_failures_by_hand():
    # 60 of 6,000 requests failed on one side, and 60 of 18,000 on the other.
    found = calibrate([Counts(100, 1, 300, 1)] * 60)
    assert found.ratio == pytest.approx(18_001 / 6_001)
    assert found.margin == pytest.approx(sqrt(2 / 60.5))
    assert found.dispersion == 1
    assert found.usual


@pytest.mark.parametrize("history", [[], [Counts(12, 0, 48, 0)] * 360, [Counts(1, 0, 99, 0)] * 360])
def test_sides_without_failures_are_taken_to_be_alike_whatever_their_requests(history):
    found = calibrate(history)
    assert found.ratio == pytest.approx(1)
    assert not found.usual


def test_few_failures_count_beside_the_one_that_is_assumed():
    # Of 20 failures in all, 10 are on each side, and the new one has a tenth of the requests; one more is 0.1 and 0.9.
    found = calibrate([Counts(10, 0, 90, 0)] * 350 + [Counts(10, 1, 90, 1)] * 10)
    assert found.ratio == pytest.approx((10.1 / 3600) / (10.9 / 32_400))


def test_clusters_are_seen_in_blocks_of_ten_minutes():
    # Blocks of 30 failures that are all on one side, and the next ones on the other: 15 more than expected of 30.
    new, old = [Counts(100, 3, 100, 0)] * 10, [Counts(100, 0, 100, 3)] * 10
    found = calibrate((new + old) * 3)
    assert found.ratio == 1
    assert found.dispersion == pytest.approx(15**2 / (0.5 * 0.5) / 30)
    assert found.margin == pytest.approx(sqrt(30 * 2 / 90.5))
    assert found.divisor == pytest.approx(1 + 29 * 2 / 3)


def test_longer_clusters_are_seen_in_blocks_of_twenty_minutes():
    new, old = [Counts(100, 3, 100, 0)] * 20, [Counts(100, 0, 100, 3)] * 20
    assert calibrate((new + old) * 2).dispersion == pytest.approx(30**2 / (0.5 * 0.5) / 60)


@pytest.mark.parametrize("turn", [list, lambda history: [mirrored(each) for each in history]])
def test_where_one_side_has_few_failures_the_other_shows_the_clusters(turn):
    # One side has a failure in each block of twenty minutes; of the other's, all are in every second block.
    single = [Counts(100, 1, 900, 0), *[Counts(100, 0, 900, 0)] * 19]
    burst = [Counts(100, 1, 900, 20), *[Counts(100, 0, 900, 0)] * 19]
    found = calibrate(turn((single + burst) * 4))
    assert found.dispersion == pytest.approx(20 / 0.455)


def test_an_incident_does_not_look_like_clusters_of_a_side_that_stands_for_the_other():
    failing, quiet, incident = Counts(10, 1, 400, 4), Counts(10, 0, 400, 4), Counts(10, 1, 400, 60)
    healthy, bad = [failing] * 2 + [quiet] * 18, [failing] + [incident] * 3 + [quiet] * 16
    assert calibrate(healthy * 6 + bad + healthy * 6).dispersion == 1


def test_two_blocks_without_failures_show_no_clusters():
    assert calibrate([Counts(100, 0, 900, 2)] * 20 + [Counts(100, 0, 900, 0)] * 40).usual


def test_an_incident_of_both_sides_is_no_cluster():
    healthy, incident = [Counts(100, 1, 400, 4)] * 57, [Counts(100, 15, 400, 60)] * 3
    assert calibrate(healthy + incident).dispersion == 1


@pytest.mark.parametrize("history", [[], [Counts(100, 0, 0, 0)] * 100, [Counts(0, 0, 100, 9)] * 100])
def test_without_history_a_cautious_default_counts(history: list[Counts]):
    assert calibrate(history) == Calibration(ratio=1, margin=log(3), dispersion=3, usual=False)


@pytest.mark.parametrize(("failing", "length", "usual"), [(30, 60, True), (29, 60, False), (30, 59, False)])
def test_usual_needs_an_hour_and_thirty_failures(failing: int, length: int, usual: bool):
    history = [Counts(100, 0, 100, 1)] * failing + [NOTHING] * (length - failing)
    assert calibrate(history).usual is usual


def test_with_too_little_history_the_margin_is_that_of_a_factor_of_two_to_three():
    busy = calibrate([Counts(10_000, 100, 10_000, 100)] * 10)
    quiet = calibrate([Counts(10, 0, 10, 1)])
    assert (busy.margin, quiet.margin) == (log(2), log(3))


def test_a_side_that_failed_more_often_in_a_short_history_may_go_on_so():
    assert calibrate([Counts(100, 30, 100, 10)] * 10).ratio == pytest.approx(3, rel=0.01)
    assert calibrate([Counts(100, 10, 100, 30)] * 10).ratio == 1


def test_minutes_without_requests_of_one_side_do_not_count():
    history = [Counts(100, 1, 300, 1)] * 60
    assert calibrate([*history, Counts(50, 50, 0, 0), Counts(0, 0, 50, 50)]) == calibrate(history)


@untimed
@given(minutes(60, 90).filter(lambda history: sum(each.failures for each in history) >= 30))
def test_swapping_the_sides_mirrors_it(history: list[Counts]):
    one, other = calibrate(history), calibrate([mirrored(each) for each in history])
    assert one.ratio * other.ratio == pytest.approx(1)
    assert one.margin == pytest.approx(other.margin)
    # With equally few failures on both sides, the old side decides in both.
    if sum(each.new_failures for each in history) != sum(each.old_failures for each in history):
        assert one.dispersion == pytest.approx(other.dispersion)


@untimed
@given(minutes(0, 90))
def test_it_is_never_less_than_independent(history: list[Counts]):
    found = calibrate(history)
    assert found.dispersion >= 1
    assert found.divisor >= 1
    assert found.tolerated(1.5) >= 1.5
