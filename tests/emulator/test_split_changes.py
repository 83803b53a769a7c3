"""Updates that change the split of the visitors, while visitors of every part of it ask all the while."""

from collections.abc import Callable
from itertools import groupby

import pytest

from emulator.outcome import Outcome
from emulator.site import Site
from emulator.site_app import Release
from prod_one_box.vocabulary import BUCKETS, bucket_bounds

TWO, THREE, FOUR = (20,), (10, 15), (5, 10, 15)


@pytest.fixture(scope="module")
def split_site(new_site: Callable[[str], Site]) -> Site:
    """A site of two partitions in its first release."""
    site = new_site("Split")
    assert site.create(Release(name="first", shares=TWO)).exit_status == 0, f"see {site.cdk.log}"
    return site


@pytest.fixture
def live(split_site: Site) -> str:
    """The name of the release that is live, with the site at rest."""
    site = split_site.at_rest()
    return site.visitors.release_in(site.aws.ask(site.domain, "/"))


@pytest.fixture
def in_split(split_site: Site, live: str) -> Callable[[tuple[float, ...]], Site]:
    """What brings the site to a split, whatever another scenario left, in an update that releases nothing."""

    def bring(shares: tuple[float, ...]) -> Site:
        if [*split_site.split().values()] != [*bucket_bounds(shares), BUCKETS]:
            with split_site.releasing(Release(name=live, shares=shares)) as update:
                pass
            assert update.outcome.status == "UPDATE_COMPLETE"
        return split_site

    return bring


@pytest.mark.parametrize(("before", "after"), [(TWO, THREE), (THREE, FOUR), (FOUR, TWO)])
def test_nobody_fails_while_waves_are_added_or_removed(
    in_split: Callable[..., Site], live: str, before: tuple[float, ...], after: tuple[float, ...]
) -> None:
    # Given
    site = in_split(before)
    versions = site.versions()

    # When
    with site.releasing(Release(name=live, shares=after)) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert [*site.split().values()] == [*bucket_bounds(after), BUCKETS]
    assert_answered(then, live)
    assert {visitor: paths(then)[visitor] for visitor in then.visitors.who} == {
        visitor: visitor.split(" to ") for visitor in then.visitors.who
    }
    # No version is published for it, and none goes.
    now = site.versions()
    assert {each: now[each] for each in versions.keys() & now.keys()} == {
        each: versions[each] for each in versions.keys() & now.keys()
    }


@pytest.mark.parametrize(("before", "after"), [(TWO, FOUR), (FOUR, TWO)])
def test_nobody_fails_while_an_added_or_removed_wave_is_rolled_back(
    in_split: Callable[..., Site], live: str, before: tuple[float, ...], after: tuple[float, ...]
) -> None:
    # Given
    site = in_split(before)
    versions, split = site.versions(), site.split()

    # When
    with site.releasing(Release(name=live, shares=after, fails_late=True)) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert (site.versions(), site.split()) == (versions, split)
    assert_answered(then, live)
    for visitor, path in paths(then).items():
        one, *others = visitor.split(" to ")
        assert path in ([one], [one, *others, one]), f"{visitor} was in {path}"


def test_a_release_that_changes_the_split_too_is_refused_before_anything_moves(
    in_split: Callable[..., Site], live: str
) -> None:
    # Given
    site = in_split(TWO)
    versions, split = site.versions(), site.split()

    # When
    with site.releasing(Release(name="refused", shares=THREE)) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ["preflight"]
    reason = then.reason_of("preflight")
    assert "changes the split and releases at the same time" in reason
    assert "override the guard SPLIT_CHANGED" in reason
    assert "one-box had buckets 0 to 1999 and gets buckets 0 to 999; wave-2 is new with buckets 1000 to 2499" in reason
    assert (site.versions(), site.split()) == (versions, split)
    assert [then.aliases.path(each) for each in versions] == [["old"], ["old"]]
    assert_answered(then, live)
    assert {visitor: path[0] for visitor, path in paths(then).items()} == {
        visitor: visitor.split(" to ")[0] for visitor in then.visitors.who
    }
    assert {len(path) for path in paths(then).values()} == {1}


def test_a_release_that_changes_the_split_goes_out_with_that_guard_overridden(
    in_split: Callable[..., Site], live: str
) -> None:
    # Given
    site = in_split(TWO)
    name = "again" if live == "overridden" else "overridden"

    # When
    with site.releasing(Release(name=name, shares=THREE, override_split_changed="a trial")) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert then.steps() == ["preflight", "one-box", "bake", "wave-2", "bake wave-2", "regular"]
    assert [*site.split().values()] == [*bucket_bounds(THREE), BUCKETS]
    assert [then.aliases.path(each) for each in ("one-box", "regular")] == [["old", "new"], ["old", "new"]]
    assert {then.visitors.releases_seen_by(each)[-1] for each in then.visitors.who} == {name}
    assert {visit.page for visit in then.visitors.visits} == {200}
    assert then.mixed_visits() == []


def assert_answered(then: Outcome, release: str) -> None:
    """Assert that every page and script came, all of the release that is live."""
    answers = {(visit.page, visit.script, visit.release) for visit in then.visitors.visits}
    assert answers == {(200, 200, release)}
    assert then.mixed_visits() == []


def paths(then: Outcome) -> dict[str, list[str]]:
    """The partitions that answered each visitor, one after the other.

    A visit in the middle of which the edge was updated, with a page from one partition and a script from another, is
    left out.
    """
    visits = [visit for visit in then.visitors.visits if len(visit.partitions) == 1]
    answered = {
        visitor: [partition for visit in visits if visit.visitor == visitor for partition in visit.partitions]
        for visitor in then.visitors.who
    }
    return {visitor: [partition for partition, _ in groupby(found)] for visitor, found in answered.items()}
