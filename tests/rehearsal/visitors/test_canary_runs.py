"""What a canary records agrees with what its partition serves at each of its runs."""

from dataclasses import replace
from math import sqrt
from typing import Any

import pytest

from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey
from prod_one_box.rehearsal.visitors.canaries import Canaries, Canary
from prod_one_box.rehearsal.visitors.faults import GOOD, Fault
from prod_one_box.vocabulary import ONE_BOX, REGULAR
from rehearsed import FEW, SITE, Release, bad_backend, bad_front_end, scenario

SUCCESS = MetricKey("CloudWatchSynthetics", "SuccessPercent", frozenset({("CanaryName", "${Canary}")}))
HARDLY_ANY = replace(FEW, visits_per_minute=1)
BROKEN = Fault(front_end=True, broken_page=True)


def canary(partition: str = ONE_BOX, interval: float = 60) -> Canary:
    return Canary(name="Canary", partition=partition, interval=interval, measures=frozenset({SUCCESS}))


def watched(one: Canary, fault: Fault = GOOD, assumptions: Assumptions | None = None, **settings: Any) -> Release:
    """A site with a canary that is there before the release, and hardly any visitors beside it."""
    site = replace(SITE, canaries=Canaries(before={one.name: one}, after={one.name: one}))
    played = scenario(site=site, fault=fault, population=HARDLY_ANY)
    return Release(replace(played, assumptions=assumptions or Assumptions(), **settings))


def successes(release: Release, begin: float, end: float) -> tuple[float, float | None]:
    """How many runs ended in a time, and what share of them succeeded."""
    release.traffic.catch_up(end)
    runs = release.store.statistic(SUCCESS, begin, end - begin, "SampleCount")
    return runs or 0.0, release.store.statistic(SUCCESS, begin, end - begin, "Average")


@pytest.mark.parametrize("interval", [60, 300, 3600])
def test_a_canary_that_was_there_has_been_green_for_a_day_at_its_interval(interval: float) -> None:
    release = watched(canary(interval=interval))

    runs, share = successes(release, -82_800, 0)

    assert (runs, share) == (82_800 / interval, 100)


@pytest.mark.parametrize("fault", [BROKEN, bad_front_end(1)])
def test_every_run_fails_while_its_partition_serves_a_broken_page(fault: Fault) -> None:
    release = watched(canary(), fault)
    release.to_new("OneBox", 120)
    release.to_old("OneBox", 720)

    assert successes(release, 0, 120) == (2, 100)
    assert successes(release, 240, 720) == (8, 0)
    assert successes(release, 840, 1200) == (6, 100)


def test_a_canary_of_the_other_partition_sees_nothing_of_it() -> None:
    release = watched(canary(REGULAR), BROKEN)
    release.to_new("OneBox", 0)

    assert successes(release, 0, 1200) == (20, 100)


def test_a_run_fails_if_the_backend_does_and_as_often_as_the_backends_weight_says() -> None:
    release = watched(canary(), bad_backend(1))
    release.to_new("Backend", 0, 0.25)
    runs, share = successes(release, 120, 24_120)
    release.to_new("Backend", 24_120)

    assert runs == 400
    assert share is not None
    assert abs(share - 75) <= 3 * 100 * sqrt(0.25 * 0.75 / runs)
    assert successes(release, 24_240, 25_440) == (20, 0)


def test_a_page_whose_scripts_another_release_has_fails_unless_assets_are_kept() -> None:
    shares = []
    for keeps_assets in (False, True):
        release = watched(canary(), keeps_assets=keeps_assets)
        release.to_new("OneBox", 0, 0.5)
        shares.append(successes(release, 120, 6120)[1])

    assert shares[0] is not None
    assert shares[0] < 50
    assert shares[1] == 100


def test_a_new_page_on_an_old_backend_fails_where_it_needs_the_new_one() -> None:
    release = watched(canary(), Fault(needs_new_backend=True))
    release.to_new("OneBox", 0)

    assert successes(release, 120, 720)[1] == 0


def test_a_fault_of_some_visitors_is_a_canarys_always_or_never() -> None:
    fault = replace(BROKEN, visitors=0.5)
    shares = set()
    for seed in range(1, 11):
        release = watched(canary(), fault, seed=seed)
        release.to_new("OneBox", 0)
        shares.add(successes(release, 120, 1320)[1])

    assert shares == {0, 100}


def test_a_new_canary_begins_after_its_time_and_a_deleted_one_ends() -> None:
    release = Release(replace(scenario(), assumptions=Assumptions(canary_first_run_seconds=90, canary_run_seconds=10)))
    release.traffic.canaries.put("Canary", canary(), 80)
    release.traffic.canaries.put("Canary", canary(), 110)  # What does not change goes on.
    release.traffic.canaries.put("Canary", None, 300)

    assert successes(release, 0, 180) == (0, None)
    assert successes(release, 180, 240) == (1, 100)
    assert successes(release, 180, 900) == (3, 100)


def test_a_run_that_has_started_ends_although_its_canary_is_deleted() -> None:
    release = Release(replace(scenario(), assumptions=Assumptions(canary_first_run_seconds=90, canary_run_seconds=10)))
    release.traffic.canaries.put("Canary", canary(), 80)
    release.traffic.catch_up(171)
    release.traffic.canaries.put("Canary", None, 171)

    assert successes(release, 180, 900) == (1, 100)


def test_a_canary_of_pages_without_api_calls_does_not_see_a_bad_backend() -> None:
    release = watched(canary(), bad_backend(1), population=replace(HARDLY_ANY, api_calls_per_page=0))
    release.to_new("Backend", 0)

    assert successes(release, 120, 720) == (10, 100)


def test_visitors_meet_the_same_whether_or_not_there_is_a_canary() -> None:
    met = []
    for site in (SITE, replace(SITE, canaries=Canaries(before={"Canary": canary()}))):
        release = Release(scenario(site=site, population=FEW, fault=bad_front_end()))
        release.to_new("Backend", 0, 0.5)
        release.to_new("OneBox", 60)
        release.traffic.finish(600)
        met.append(release.traffic.timeline)

    assert met[0] == met[1]
