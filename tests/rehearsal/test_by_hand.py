"""Figures that can be computed by hand agree with the rehearsal within three standard errors."""

from dataclasses import replace
from math import exp, sqrt
from statistics import NormalDist

import pytest

from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.aws.aliases import AliasMove, AliasState
from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey
from prod_one_box.rehearsal.visitors.figures import figures_of
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.template.cloud_assembly import AssemblyError
from prod_one_box.vocabulary import BACKEND
from rehearsed import SITE, Release, bad_backend, bad_front_end, scenario, tier

ONCE = Population(
    visits_per_minute=120, pages_per_visit=1, assets_per_page=1, api_calls_per_page=2, returning=0, without_cookies=0
)


@pytest.mark.parametrize(("share", "rate", "seconds"), [(20, 120, 600), (5, 300, 300), (50, 60, 900)])
def test_as_many_visitors_are_exposed_as_share_rate_and_detection_time_say(
    share: float, rate: float, seconds: float
) -> None:
    population = Population(visits_per_minute=rate, pages_per_visit=1, assets_per_page=1, returning=0)
    release = Release(scenario(population=population, shares=(share,), fault=bad_front_end()))
    release.to_new("OneBox", 60)
    release.to_old("OneBox", 60 + seconds)
    release.traffic.finish(60 + seconds + 60)
    impact = release.traffic.timeline.impact
    expected = share / 100 * rate * seconds / 60

    assert abs(impact.met - expected) <= 3 * sqrt(expected)
    assert abs(impact.came - rate * seconds / 60) <= 3 * sqrt(rate * seconds / 60)
    assert abs(impact.met / impact.came - share / 100) <= 3 * sqrt(share / 100 * (1 - share / 100) / impact.came)


def test_each_step_of_a_shift_gets_its_part_of_the_requests() -> None:
    release = Release(scenario(population=ONCE, fault=bad_backend(0.3)))
    for step in range(1, 11):
        release.to_new("Backend", 60.0 * step, step / 10)
    release.traffic.finish(659)
    periods = release.traffic.timeline.weight_periods

    assert [(each.begin, each.end, each.part) for each in periods] == [
        (60 * step, 60 * (step + 1), pytest.approx(step / 10)) for step in range(1, 11)
    ]
    for each in periods:
        requests = each.old + each.new
        assert abs(requests - 240) <= 3 * sqrt(2 * 240)  # Two calls with each page, so twice the variance.
        assert abs(each.new / requests - each.part) <= 3 * sqrt(each.part * (1 - each.part) / requests)
        assert abs(each.failed - 0.3 * each.new) <= 3 * sqrt(0.3 * 0.7 * each.new)
    assert sum(each.new for each in periods) == release.traffic.timeline.impact.requests_met


def test_a_canary_to_which_one_in_ten_requests_goes_for_five_minutes_answers_a_tenth() -> None:
    release = Release(scenario(population=ONCE, fault=bad_backend()))
    release.to_new("Backend", 60, 0.1)
    release.to_old("Backend", 360)
    release.traffic.finish(400)
    (period,) = release.traffic.timeline.weight_periods

    assert abs(period.new - 0.1 * 1200) <= 3 * sqrt(0.1 * 1200)


def test_api_calls_go_to_several_backends_alike_often_or_by_their_weights() -> None:
    site = replace(SITE, backends=(tier("A", BACKEND), tier("B", BACKEND)))
    for weights, part in (({}, 0.5), ({"A": 3.0}, 0.75), ({"B": 0.0}, 1.0)):
        played = replace(scenario(site=site, population=ONCE), assumptions=Assumptions(backend_weights=weights))
        release = Release(played)
        release.traffic.finish(599)
        a, b = (sum(each.old[number] for each in release.traffic.timeline.slices) for number in (2, 3))

        assert abs(a - part * (a + b)) <= 3 * sqrt((a + b) * part * (1 - part))


@pytest.mark.parametrize(
    ("weights", "reason"), [({"C": 1.0}, "C is not a backend"), ({"Backend": 0.0}, "got 0 for every")]
)
def test_weights_that_lead_nowhere_are_refused(weights: dict[str, float], reason: str) -> None:
    with pytest.raises(AssemblyError, match=reason):
        Release(replace(scenario(), assumptions=Assumptions(backend_weights=weights)))


def test_times_are_differences_of_moments() -> None:
    """Exposed at 600, red at 780, contained at 788, the last alias back at 1345."""
    old, new = AliasState("Old"), AliasState("New")
    moves = [
        AliasMove(600, "OneBox", old, new, "the release"),
        AliasMove(788, "OneBox", new, old, "containment"),
        AliasMove(1345, "Backend", new, old, "the rollback"),
    ]
    figures = figures_of(
        Release(scenario()).traffic.timeline.impact,
        moves=moves,
        bad={"OneBox": "New"},
        noticed_at=780,
        red_at=720,
        ended_at=788,
        total=1400,
        held=700,
        restored=True,
    )

    assert (figures.detect, figures.alarmed, figures.contain, figures.back) == (180, 120, 188, 745)
    assert figures.overhead == 700


def test_every_request_has_a_latency_of_its_own() -> None:
    release = Release(scenario(population=ONCE))
    release.traffic.finish(1800)
    store = release.store
    key = MetricKey("AWS/Lambda", "Duration", frozenset({("FunctionName", SITE.backends[0].function)}))

    def statistic(stat: str) -> float:
        return store.statistic(key, store.start_of(1), 1740, stat) or 0.0

    samples, longest = statistic("SampleCount"), statistic("Maximum")
    assert samples > 6000
    assert statistic(f"TC({longest * 0.999999}:)") == 1, "no two requests take equally long"
    assumed = Assumptions()
    for part in (0.1, 0.5, 0.9):
        bound = assumed.api_milliseconds * exp(assumed.latency_spread * NormalDist().inv_cdf(part))
        above = statistic(f"TC({bound}:)") / samples
        assert abs(above - (1 - part)) <= 3 * sqrt(part * (1 - part) / samples)
