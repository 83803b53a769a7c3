"""Each invariant holds in a release that is in order, and turns red when what protects it is taken away."""

import pytest

from prod_one_box.rehearsal.visitors.invariants import Invariant
from rehearsed import Release, scenario, with_caching


def in_order(release: Release) -> Release:
    """Backend, one-box, regular."""
    release.to_new("Backend", 60)
    release.to_new("OneBox", 120)
    release.to_new("Regular", 300)
    release.traffic.finish(400)
    return release


def test_a_release_in_order_breaks_nothing() -> None:
    release = in_order(Release(scenario()))

    assert release.violations() == {}
    assert release.traffic.timeline.impact.broken == 0


def test_without_stickiness_visitors_change_partitions_and_pages_ask_the_other_one() -> None:
    release = in_order(Release(scenario(sticky=False)))

    assert {"STICKY", "OWN_ASSETS"} <= release.violations().keys()
    assert release.traffic.timeline.impact.broken_apart > 0


@pytest.mark.parametrize("sticky", [True, False])
def test_what_cannot_break_because_visitors_are_taken_to_stay_is_not_counted(sticky: bool) -> None:
    checks = in_order(Release(scenario(sticky=sticky))).traffic.ledger.checks

    assert [checks[each] > 0 for each in (Invariant.STICKY, Invariant.OWN_ASSETS)] == [not sticky] * 2


def test_an_edge_that_forgets_visitors_is_noticed() -> None:
    forgetful = scenario()
    forgetful.crowd.grow(20_000)
    forgetful.crowd.later[:] = bytes(1 - partition for partition in forgetful.crowd.first)

    release = in_order(Release(forgetful))

    assert {"STICKY", "OWN_ASSETS"} <= release.violations().keys()


def test_a_front_end_before_its_backend_meets_an_old_backend() -> None:
    release = Release(scenario())
    release.to_new("OneBox", 60)
    release.to_new("Backend", 200)
    release.traffic.finish(300)

    assert release.violations().keys() == {"NEW_ON_NEW"}


def test_a_backend_that_goes_back_first_is_met_by_new_front_ends() -> None:
    release = Release(scenario())
    release.to_new("Backend", 60)
    release.to_new("OneBox", 120)
    release.to_old("Backend", 200)
    release.to_old("OneBox", 260)
    release.traffic.finish(300)

    assert release.violations().keys() == {"NEW_ON_NEW"}


def test_a_page_loaded_just_before_its_front_end_went_back_breaks_no_invariant() -> None:
    release = Release(scenario())
    release.to_new("Backend", 60)
    release.to_new("OneBox", 120)
    release.to_old("OneBox", 200)
    release.to_old("Backend", 200)
    release.traffic.finish(300)

    assert release.violations() == {}
    assert release.traffic.timeline.impact.replaced > 0


def test_a_cache_that_knows_the_partition_keeps_pages_apart() -> None:
    assert in_order(Release(scenario(site=with_caching(60, by_partition=True)))).violations() == {}


def test_a_cache_that_does_not_know_the_partition_hands_pages_across() -> None:
    release = in_order(Release(scenario(site=with_caching(60, by_partition=False))))

    assert "CACHED_APART" in release.violations()
