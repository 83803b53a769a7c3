"""On a good day requests fail too, on every version alike, alone or together, and so they did before the release."""

from dataclasses import replace
from math import sqrt
from random import Random
from statistics import fmean, pvariance
from typing import Any

import pytest

from prod_one_box.rehearsal.aws.aliases import AliasBoard, AliasState
from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey, MetricStore
from prod_one_box.rehearsal.poisson import poisson
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.rehearsal.visitors.traffic import Traffic
from prod_one_box.rehearsal.visitors.usual_errors import UsualErrors
from rehearsed import Release, scenario

PAGES = Population(visits_per_minute=600, pages_per_visit=1, assets_per_page=0, api_calls_per_page=0, returning=0)
MINUTES = 15


def population(**changed: Any) -> Population:
    return replace(PAGES, **changed)


def played(**changed: Any) -> Release:
    """Some minutes of visits, in the middle of which the one-box switches."""
    release = Release(scenario(population=population(**changed), shares=(50,)))
    release.to_new("OneBox", 60 * MINUTES / 2)
    release.traffic.finish(60 * MINUTES - 1)
    return release


def by_minute(store: MetricStore, name: str, minutes: range, partition: str = "OneBox") -> list[float]:
    key = MetricKey("AWS/ApiGateway", name, frozenset({("ApiId", f"${{{partition}Api}}")}))
    return [store.statistic(key, 60 * minute, 60, "Sum") or 0 for minute in minutes]


def rate(store: MetricStore, minutes: range, partition: str = "OneBox") -> tuple[float, float]:
    """The share of requests that failed, and its standard error for independent errors."""
    failed, served = (sum(by_minute(store, name, minutes, partition)) for name in ("5xx", "Count"))
    return failed / served, sqrt(failed) / served


@pytest.mark.parametrize("partition", ["OneBox", "Regular"])
@pytest.mark.parametrize("minutes", [range(7), range(8, MINUTES)])
def test_requests_fail_at_their_usual_rate_on_the_old_and_on_the_new_version(partition: str, minutes: range) -> None:
    found, error = rate(played(usual_errors=0.05).store, minutes, partition)
    assert abs(found - 0.05) < 3 * error


def test_nothing_fails_unless_it_is_asked_for() -> None:
    release = played()
    assert sum(by_minute(release.store, "5xx", range(-10, MINUTES))) == 0
    assert release.traffic.timeline.impact.errors == 0


def test_lambda_counts_them_as_errors_of_the_function() -> None:
    store = played(usual_errors=0.05).store
    key = MetricKey(
        "AWS/Lambda", "Errors", frozenset({("FunctionName", "${OneBoxFn}"), ("Resource", "${OneBoxFn}:live")})
    )
    errors = [store.statistic(key, 60 * minute, 60, "Sum") for minute in range(MINUTES)]
    assert errors == by_minute(store, "5xx", range(MINUTES))


def test_only_errors_of_the_new_version_count_as_harm_of_the_release() -> None:
    impact = played(usual_errors=0.05, api_calls_per_page=1).traffic.timeline.impact
    expected = 0.05 * 0.5 * 600 * MINUTES / 2  # half of the pages, half of the time; the backend does not change
    assert abs(impact.errors - expected) < 3 * sqrt(expected)
    assert impact.met_error <= impact.errors


def test_the_one_box_can_fail_more_often_than_the_others() -> None:
    store = played(usual_errors=0.02, one_box_errors=3).store
    one_box, error = rate(store, range(MINUTES))
    regular, other_error = rate(store, range(MINUTES), "Regular")
    assert abs(one_box - 0.06) < 3 * error
    assert abs(regular - 0.02) < 3 * other_error


def test_an_incident_fails_requests_of_both_sides_while_it_lasts() -> None:
    store = played(incident_at=180, incident_for=240, incident_errors=0.5).store
    for partition in ("OneBox", "Regular"):
        failed = by_minute(store, "5xx", range(MINUTES), partition)
        assert all(failed[3:7])
        assert not any(failed[:3] + failed[7:])
        assert abs(rate(store, range(3, 7), partition)[0] - 0.5) < 0.06


def dispersion(counts: list[float]) -> float:
    return pvariance(counts) / fmean(counts)


def drawn(minutes: int, **changed: Any) -> list[float]:
    """The errors of each minute of 1,000 requests."""
    usual = UsualErrors(population(usual_errors=0.02, **changed), "seed")
    return [float(sum(usual.among(1000, 60 * minute, 60 * minute + 60))) for minute in range(minutes)]


def test_independent_errors_vary_as_a_poisson_distribution_does() -> None:
    found = drawn(4000)
    assert abs(fmean(found) - 20) < 4 * sqrt(20 / 4000)
    assert dispersion(found) == pytest.approx(1, abs=0.1)


def test_errors_that_come_together_are_as_many_and_vary_by_the_size_of_their_clusters() -> None:
    """A sum of clusters has the dispersion of their squared size over their size: 2m - 1 for geometric ones."""
    found = drawn(4000, errors_together=3)
    assert abs(fmean(found) - 20) < 4 * sqrt(5 * 20 / 4000)
    assert dispersion(found) == pytest.approx(5, rel=0.15)


def test_clusters_that_last_are_spread_over_the_minutes_after_them() -> None:
    found = drawn(4000, errors_together=6, errors_last=900)
    blocks = [sum(found[start : start + 15]) for start in range(0, len(found) - 15, 15)]
    assert fmean(found) == pytest.approx(20, rel=0.05)
    assert dispersion(found) < 3
    assert dispersion(blocks) > 2 * dispersion(found)


def test_the_played_minutes_have_clusters_too() -> None:
    alone, together = (played(usual_errors=0.05, errors_together=each).store for each in (1, 5))
    assert rate(together, range(MINUTES))[0] == pytest.approx(rate(alone, range(MINUTES))[0], rel=0.4)
    counts = [dispersion(by_minute(store, "5xx", range(-10, MINUTES))) for store in (alone, together)]
    assert counts[1] > 2 * counts[0]


def history(**changed: Any) -> MetricStore:
    prepared = scenario(population=population(**changed), shares=(20,))
    aliases = AliasBoard({each.alias: AliasState(each.old_version) for each in prepared.site.tiers})
    store = MetricStore()
    Traffic(prepared, aliases, store, (), with_history=True).catch_up(60)
    return store


def test_the_hours_before_are_like_the_minutes_that_are_played() -> None:
    store = history(usual_errors=0.02, one_box_errors=2)
    hours = range(-361, -10)
    for partition, share, failing in (("OneBox", 0.2, 0.04), ("Regular", 0.8, 0.02)):
        served = by_minute(store, "Count", hours, partition)
        assert min(served) > 0
        assert fmean(served) == pytest.approx(600 * share, rel=0.05)
        assert dispersion(served) == pytest.approx(1, abs=0.3)
        found, error = rate(store, hours, partition)
        assert abs(found - failing) < 3 * error


def test_errors_that_last_do_not_reach_from_the_hours_before_into_the_played_minutes_all_at_once() -> None:
    store = history(usual_errors=0.02, errors_together=10, errors_last=1800)
    assert by_minute(store, "5xx", range(1), "Regular")[0] < 0.1 * 480


def test_the_hours_before_depend_on_the_seed_alone() -> None:
    hours = range(-361, -10)
    assert by_minute(history(), "Count", hours) == by_minute(history(), "Count", hours)


def test_without_a_comparison_the_hours_before_are_not_drawn() -> None:
    assert sum(by_minute(played().store, "Count", range(-361, -10))) == 0


@pytest.mark.parametrize("mean", [0.0, 0.3, 12.0, 99.0, 101.0, 6000.0])
def test_numbers_of_events_have_the_mean_and_variance_of_a_poisson_distribution(mean: float) -> None:
    random = Random(1)
    found = poisson(random, mean, 4000)
    assert abs(fmean(found) - mean) <= 4 * sqrt(mean / 4000)
    assert pvariance(found) == pytest.approx(mean, rel=0.15)


@pytest.mark.parametrize(
    "changed",
    [
        {"usual_errors": 1.1},
        {"errors_together": 0.5},
        {"errors_together": float("nan")},
        {"errors_last": -1},
        {"one_box_errors": -1},
        {"incident_at": -1},
        {"incident_errors": 2},
    ],
)
def test_what_cannot_be_is_refused_by_name(changed: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(changed))):
        population(**changed)
