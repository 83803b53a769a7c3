"""The shares that the developer sets, and the bounds of buckets that the edge code gets."""

from collections import Counter
from dataclasses import replace

import pytest

from preview.sites import site_with
from prod_one_box.preview.release import Release, Share
from prod_one_box.preview.site.site import ServedSite
from prod_one_box.vocabulary import BUCKETS

SHARES = {"one-box": 1.0, "wave-2": 4.0, "wave-3": 15.0, "regular": 80.0}


def site(shares: dict[str, float]) -> ServedSite:
    whole = site_with({})
    return replace(whole, distribution=replace(whole.distribution, shares=shares))


def share_of(shares: dict[str, float], *, sticky: bool = True) -> Share:
    return Share(Release(site(shares), None), sticky=sticky, seed=1)


def test_without_a_choice_the_edge_code_keeps_its_own_bounds():
    share = share_of(SHARES)
    assert (share.percents, share.bounds()) == (SHARES, None)


def test_a_waves_share_is_taken_from_the_regular_partition():
    share = share_of(SHARES)
    share.change(10.01, partition="wave-2")
    assert share.percents == {"one-box": 1, "wave-2": 10.01, "wave-3": 15, "regular": 73.99}
    assert share.bounds() == [100, 1101, 2601]


@pytest.mark.parametrize(
    ("partition", "percent", "reason"),
    [
        ("wave-2", 84.01, "more than 100"),
        ("wave-2", -1, "outside"),
        ("wave-2", 0.001, "multiple of 0.01"),
        ("regular", 50, "allowed: one-box, wave-2, wave-3"),
        ("wave-4", 1, "allowed: one-box, wave-2, wave-3"),
    ],
)
def test_shares_that_no_site_can_have_are_refused_and_change_nothing(partition, percent, reason):
    share = share_of(SHARES)
    with pytest.raises(ValueError, match=reason):
        share.change(percent, partition=partition)
    assert (share.percents, share.bounds()) == (SHARES, None)


def test_a_site_without_partitions_has_no_share_to_set():
    share = share_of({}, sticky=False)
    assert (share.percents, share.bounds()) == ({}, None)
    with pytest.raises(ValueError, match="it has none"):
        share.change(5)


def test_a_choice_counts_only_for_a_version_with_the_same_partitions():
    same, other = {**SHARES, "one-box": 2.0, "regular": 79.0}, {"one-box": 20.0, "regular": 80.0}
    for candidate, bounds in ((same, [500, 900, 2400]), (other, None)):
        release = Release(site(SHARES), site(candidate))
        share = Share(release)
        share.change(5)
        release.start()
        assert share.bounds() == bounds
        release.abort()
        assert share.bounds() == [500, 900, 2400]


def test_without_stickiness_each_request_is_drawn_for_one_of_all_partitions():
    share = share_of(SHARES, sticky=False)
    drawn = Counter(tuple(share.bounds()) for _ in range(10_000))
    places = {
        (BUCKETS, BUCKETS, BUCKETS): 1,
        (0, BUCKETS, BUCKETS): 4,
        (0, 0, BUCKETS): 15,
        (0, 0, 0): 80,
    }
    assert set(drawn) == set(places)
    for bounds, percent in places.items():
        assert drawn[bounds] / 100 == pytest.approx(percent, rel=0.25)
