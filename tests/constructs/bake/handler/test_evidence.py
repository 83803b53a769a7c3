"""The evidence that a new version fails more often: cases computed by hand, and what holds for all counts."""

from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import pairwise
from math import comb, exp, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prod_one_box.constructs.bake.handler import evidence
from prod_one_box.constructs.bake.handler.calibration import Calibration, Counts
from prod_one_box.constructs.bake.handler.evidence import (
    Stage,
    combined,
    detectable_rate,
    is_worse,
    log_evidence,
    unlikely,
    worse_after,
)

getcontext().prec = 40
EXACT = 4e-16
FACTORS = (Fraction(3, 2), 2, 3, 5, 8, 16, 32)
ALIKE = Calibration(ratio=1, margin=0, dispersion=1, usual=True)
CLUSTERED = Calibration(ratio=1, margin=0, dispersion=4, usual=True)
FAILING = [Counts(12, 3, 48, 1)] * 10

untimed = settings(deadline=None)
requests = st.integers(0, 200)


@st.composite
def minutes(draw: st.DrawFn) -> Counts:
    new, old = draw(requests), draw(requests)
    return Counts(new, draw(st.integers(0, min(new, 20))), old, draw(st.integers(0, min(old, 20))))


calibrations = st.builds(Calibration, st.floats(0.2, 5), st.floats(0, 1.5), st.floats(1, 12), st.booleans())
stages = st.builds(Stage, calibrations, st.lists(minutes(), max_size=8))
tolerances = st.floats(1, 3)


def without_new_failures(minute: Counts) -> Counts:
    return minute._replace(new_failures=0)


def mirrored(minute: Counts) -> Counts:
    return Counts(minute.old_requests, minute.old_failures, minute.new_requests, minute.new_failures)


def test_one_minute_by_hand():
    # 150 of 450 weighted requests are on the new side, so a failure is there with probability 1/3 at most.
    minute = Counts(new_requests=100, new_failures=3, old_requests=300, old_failures=1)
    by_hand = sum(Fraction(g) ** 3 / (1 + (Fraction(g) - 1) / 3) ** 4 for g in FACTORS) / 7
    assert log_evidence([Stage(ALIKE, [minute])], tolerance=1.5) == pytest.approx(log(by_hand), rel=EXACT)


def test_three_minutes_by_hand():
    # Tolerated is an equal rate. The shares are 1/4, 1/3 and 1/2, and 2 of 2, 1 of 3 and 0 of 1 failures are new.
    busy, usual, quiet = Counts(10, 2, 30, 0), Counts(10, 1, 20, 2), Counts(5, 0, 5, 1)
    by_hand = (
        sum(
            Fraction(g) ** 2
            / (1 + (Fraction(g) - 1) / 4) ** 2
            * Fraction(g)
            / (1 + (Fraction(g) - 1) / 3) ** 3
            / (1 + (Fraction(g) - 1) / 2)
            for g in FACTORS
        )
        / 7
    )
    found = log_evidence([Stage(ALIKE, [busy, usual, quiet])], tolerance=1)
    assert found == pytest.approx(log(by_hand), rel=1e-14)


def test_two_stages_with_clusters_by_hand():
    # The first stage counts as it is; of the second, whose dispersion is 4, the cube root: 1 + 2/3 of the excess of 3.
    first, second = Counts(100, 3, 300, 1), Counts(100, 6, 50, 1)
    by_hand = Decimal(0)
    for factor in FACTORS:
        g = Decimal(Fraction(factor).numerator) / Fraction(factor).denominator
        one = g**3 / (1 + (g - 1) / 3) ** 4
        two = g**6 / (1 + (g - 1) * 3 / 4) ** 7
        by_hand += one * (two.ln() / 3).exp() / 7
    found = log_evidence([Stage(ALIKE, [first]), Stage(CLUSTERED, [second])], tolerance=1.5)
    assert found == pytest.approx(float(by_hand.ln()), rel=1e-14)


def test_tolerance_and_margin_are_combined_like_independent_errors():
    # Three and four make five: the margin is 4/3 of the tolerance's logarithm.
    unsure = Calibration(ratio=2, margin=4 / 3 * log(1.5), dispersion=1, usual=True)
    assert unsure.tolerated(1.5) == pytest.approx(2 * 1.5 ** (5 / 3))


def test_a_side_that_fails_less_often_must_not_fail_more_often():
    assert Calibration(ratio=0.1, margin=0.1, dispersion=1, usual=True).tolerated(1.5) == 1.5


def test_no_minute_is_no_evidence():
    assert log_evidence([], tolerance=1.5) == 0
    assert log_evidence([Stage(ALIKE, [])], tolerance=1.5) == 0
    assert not is_worse([], tolerance=1.5, false_alarms=0.05)


def test_a_minute_without_requests_of_one_side_does_not_count():
    alone = [Counts(12, 3, 0, 0), Counts(0, 0, 48, 1), Counts(0, 0, 0, 0)]
    with_others = log_evidence([Stage(ALIKE, [*FAILING, *alone])], tolerance=1.5)
    assert with_others == log_evidence([Stage(ALIKE, FAILING)], tolerance=1.5)


@untimed
@given(stages, st.lists(minutes().map(without_new_failures), max_size=5), tolerances)
def test_minutes_without_failures_of_the_new_side_never_raise_it(stage: Stage, more: list[Counts], tolerance: float):
    longer = stage._replace(minutes=[*stage.minutes, *more])
    before, after = (log_evidence([each], tolerance=tolerance) for each in (stage, longer))
    assert after <= before + 1e-9


@untimed
@given(stages, tolerances)
def test_failures_of_the_old_side_never_raise_it(stage: Stage, tolerance: float):
    without = stage._replace(minutes=[each._replace(old_failures=0) for each in stage.minutes])
    assert log_evidence([stage], tolerance=tolerance) <= log_evidence([without], tolerance=tolerance) + 1e-9


@untimed
@given(minutes().filter(lambda each: each.comparable), st.floats(0.1, 10), st.floats(1.1, 40))
def test_swapping_the_sides_mirrors_it(minute: Counts, ratio: float, factor: float):
    assert minute.new_share(ratio) + mirrored(minute).new_share(1 / ratio) == pytest.approx(1)
    # How likely the counts are if the new side is `factor` times worse, and if the old side is as much better.
    one = evidence._log_likelihood(minute, factor, minute.new_share(1))
    other = evidence._log_likelihood(mirrored(minute), 1 / factor, mirrored(minute).new_share(1))
    assert one == pytest.approx(other, abs=1e-9)


@untimed
@given(stages, st.randoms(use_true_random=False), tolerances)
def test_the_order_of_the_minutes_does_not_matter(stage: Stage, random, tolerance: float):
    shuffled = random.sample(list(stage.minutes), len(stage.minutes))
    found = log_evidence([stage._replace(minutes=shuffled)], tolerance=tolerance)
    assert found == pytest.approx(log_evidence([stage], tolerance=tolerance), abs=1e-9)


@untimed
@given(stages, st.data(), tolerances)
def test_how_often_it_is_looked_at_does_not_matter(stage: Stage, data: st.DataObject, tolerance: float):
    looks = sorted(data.draw(st.sets(st.integers(0, len(stage.minutes)))))
    for look in looks:
        log_evidence([stage._replace(minutes=stage.minutes[:look])], tolerance=tolerance)
    cuts = [0, *looks, len(stage.minutes)]
    parts = [stage._replace(minutes=stage.minutes[start:end]) for start, end in pairwise(cuts)]
    found = log_evidence(parts, tolerance=tolerance)
    assert found == pytest.approx(log_evidence([stage], tolerance=tolerance), abs=1e-9)


@untimed
@given(stages, stages, st.floats(1.1, 40), tolerances)
def test_stages_are_multiplied(one: Stage, other: Stage, factor: float, tolerance: float):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence, "_FACTORS", (factor,))
        both = log_evidence([one, other], tolerance=tolerance)
        assert both == pytest.approx(sum(log_evidence([each], tolerance=tolerance) for each in (one, other)), abs=1e-9)


@untimed
@given(st.integers(1, 100), st.integers(1, 100), st.integers(0, 12), st.floats(0.05, 1), st.floats(1, 8))
def test_its_mean_is_at_most_one_if_the_new_side_is_no_worse(
    new: int, old: int, failures: int, part: float, dispersion: float
):
    calibration = ALIKE._replace(dispersion=dispersion)
    share = Counts(new, 0, old, 0).new_share(part * 1.5)
    mean = 0.0
    for number in range(failures + 1):
        stage = Stage(calibration, [Counts(new, number, old, failures - number)])
        chance = comb(failures, number) * share**number * (1 - share) ** (failures - number)
        mean += chance * exp(log_evidence([stage], tolerance=1.5))
    assert mean <= 1 + 1e-9
    if part == 1 and dispersion == 1:
        assert mean == pytest.approx(1)


def test_failures_in_two_minutes_stop_no_release():
    burst = [Counts(12, 12, 48, 0)] * 2
    healthy = [Counts(12, 0, 48, 0)] * 8
    assert log_evidence([Stage(ALIKE, burst + healthy)], tolerance=1.5) > log(1e6)
    assert not is_worse([Stage(ALIKE, burst + healthy)], tolerance=1.5, false_alarms=0.05)
    assert is_worse([Stage(ALIKE, [*burst, *healthy, burst[0]])], tolerance=1.5, false_alarms=0.05)


def test_failures_in_a_minute_that_cannot_be_compared_do_not_count_among_the_three():
    stage = Stage(ALIKE, [Counts(12, 12, 48, 0)] * 2 + [Counts(12, 12, 0, 0)])
    assert not is_worse([stage], tolerance=1.5, false_alarms=0.05)


def test_a_release_is_stopped_once_the_evidence_reaches_its_bound():
    stage = Stage(ALIKE, FAILING[:3])
    reached = exp(-log_evidence([stage], tolerance=1.5))
    assert is_worse([stage], tolerance=1.5, false_alarms=reached * 1.001)
    assert not is_worse([stage], tolerance=1.5, false_alarms=reached * 0.999)


def test_several_signals_count_by_the_mean_of_their_evidences():
    assert combined([log(30), log(1), log(2)]) == pytest.approx(log(11))
    assert combined([1000.0, 0.0]) == pytest.approx(1000 - log(2))


def test_how_unlikely_a_difference_is():
    assert unlikely(log(200)) == pytest.approx(0.005)
    assert unlikely(-3.0) == 1


def test_a_detectable_rate_would_have_been_found():
    quiet = Stage(ALIKE, [Counts(100, 1, 400, 4)] * 10)
    rate = detectable_rate([quiet], tolerance=1.5, false_alarms=0.05)
    assert rate is not None
    # One standard deviation less than expected of 1,000 requests is just enough.
    enough = 1000 * rate - sqrt(1000 * rate)
    for failures, found in ((enough * 1.01, True), (enough * 0.98, False)):
        stage = Stage(ALIKE, [Counts(100, failures / 10, 400, 4)] * 10)
        assert is_worse([stage], tolerance=1.5, false_alarms=0.05) is found


def test_more_minutes_find_a_lower_rate():
    rates = [
        detectable_rate([Stage(ALIKE, [Counts(20, 0, 80, 1)] * length)], tolerance=1.5, false_alarms=0.05)
        for length in (5, 10, 20, 40)
    ]
    assert None not in rates
    assert rates == sorted(rates, reverse=True)
    assert len(set(rates)) == 4


@pytest.mark.parametrize("few", [[], [Counts(12, 0, 48, 0)] * 2, [Counts(12, 0, 0, 0)] * 10, [Counts(0, 0, 9, 0)] * 10])
def test_too_few_minutes_find_nothing(few: list[Counts]):
    assert detectable_rate([Stage(ALIKE, few)], tolerance=1.5, false_alarms=0.05) is None


@untimed
@given(st.lists(stages, max_size=3), tolerances, st.floats(0.001, 0.5))
def test_the_first_minute_that_stops_is_the_one_that_a_look_at_every_minute_finds(
    release: list[Stage], tolerance: float, false_alarms: float
):
    looks = [
        [*release[:number], stage._replace(minutes=stage.minutes[:minutes])]
        for number, stage in enumerate(release)
        for minutes in range(1, len(stage.minutes) + 1)
    ]
    worse = [is_worse(look, tolerance=tolerance, false_alarms=false_alarms) for look in looks]
    expected = worse.index(True) + 1 if True in worse else None
    assert worse_after(release, tolerance=tolerance, false_alarms=false_alarms) == expected


def test_failures_that_fall_on_the_new_side_alone_stop_a_release_in_the_third_minute():
    assert worse_after([Stage(ALIKE, FAILING[:1]), Stage(ALIKE, FAILING)], tolerance=1.5, false_alarms=0.05) == 3
    assert worse_after([], tolerance=1.5, false_alarms=0.05) is None
