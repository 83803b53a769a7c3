"""A release by hand, step by step."""

from dataclasses import replace
from pathlib import Path

import pytest

from preview.sites import at, resource, site_with
from prod_one_box.preview.release import STABLE, Release, ReleaseError
from prod_one_box.preview.site.site import ServedSite
from prod_one_box.vocabulary import REGULAR

PHASES = ("backend", "one-box", "regular", "")
SHARES = {"one-box": 1.0, "wave-2": 4.0, "wave-10": 15.0, "regular": 80.0}


def site(name: str, shares: dict[str, float] | None = None) -> ServedSite:
    aliases = {
        f"Alias{phase}": resource(f"Alias{phase}", "AWS::Lambda::Alias", {}, **({"Phase": phase} if phase else {}))
        for phase in (*PHASES, *(shares or {}))
    }
    whole = site_with(aliases, folder=Path(name))
    return replace(whole, distribution=replace(whole.distribution, shares=shares or {}))


def served(release: Release) -> list[str]:
    return [release.site_of(at(f"Alias{phase}")).folder.name for phase in PHASES]


@pytest.fixture
def release() -> Release:
    return Release(site("old"), site("new"))


def test_before_a_release_all_partitions_are_on_the_deployed_version(release):
    assert served(release) == ["old"] * 4
    assert release.current.folder.name == "old"


def test_a_release_moves_everything_but_the_regular_partition(release):
    release.start()
    assert served(release) == ["new", "new", "old", "new"]
    assert release.current.folder.name == "new"


def test_a_promotion_moves_the_regular_partition_and_the_next_release_is_the_way_back(release):
    release.start()
    release.promote()
    assert served(release) == ["new"] * 4
    release.start()
    assert served(release) == ["old", "old", "new", "old"]


def test_an_abort_puts_everything_back_and_the_release_can_be_tried_again(release):
    release.start()
    release.abort()
    assert served(release) == ["old"] * 4
    release.start()
    assert release.stage == "one-box"


def test_steps_out_of_turn_are_refused_and_change_nothing(release):
    for step in (release.advance, release.promote, release.abort):
        with pytest.raises(ReleaseError, match="no release is under way"):
            step()
    release.start()
    with pytest.raises(ReleaseError, match="already"):
        release.start()
    assert served(release) == ["new", "new", "old", "new"]


def test_without_another_version_there_is_nothing_to_release():
    with pytest.raises(ReleaseError, match="--against"):
        Release(site("only"), None).start()


def test_an_alias_that_is_only_in_the_new_template_is_on_the_new_version():
    old = site("old")
    del old.stacks[0].resources["Aliasregular"]
    release = Release(old, site("new"))
    release.start()
    assert release.site_of(at("Aliasregular")).folder.name == "new"


def waves_of(release: Release) -> list[str]:
    return [release.site_of(at(f"Alias{name}")).folder.name for name in SHARES]


@pytest.fixture
def waves() -> Release:
    return Release(site("old", SHARES), site("new", SHARES))


def test_each_step_reaches_one_more_partition_and_the_last_ends_the_release(waves):
    seen = []
    for step in (waves.start, waves.advance, waves.advance):
        step()
        seen.append((waves.stage, waves.next_partition, waves_of(waves)))
    assert seen == [
        ("one-box", "wave-2", ["new", "old", "old", "old"]),
        ("wave-2", "wave-10", ["new", "new", "old", "old"]),
        ("wave-10", "regular", ["new", "new", "new", "old"]),
    ]
    waves.advance()
    assert (waves.stage, waves.next_partition, waves_of(waves)) == (STABLE, None, ["new"] * 4)
    waves.start()
    assert waves_of(waves) == ["old", "new", "new", "new"]


@pytest.mark.parametrize("steps", range(3))
def test_a_promotion_reaches_all_that_are_left_and_an_abort_takes_all_back(steps):
    for end, served_by in (("promote", "new"), ("abort", "old")):
        waves = Release(site("old", SHARES), site("new", SHARES))
        waves.start()
        for _ in range(steps):
            waves.advance()
        getattr(waves, end)()
        assert (waves.stage, waves_of(waves)) == (STABLE, [served_by] * 4)


def test_with_two_partitions_the_next_step_is_the_promotion(release):
    release.start()
    assert release.next_partition == REGULAR
    release.advance()
    assert (release.stage, served(release)) == (STABLE, ["new"] * 4)


def test_a_partition_that_only_the_old_version_has_takes_no_step():
    release = Release(site("old", SHARES), site("new", {"one-box": 20.0, "regular": 80.0}))
    release.start()
    assert (release.partitions, release.next_partition) == (("one-box", "regular"), "regular")
    release.abort()
    assert release.partitions == tuple(SHARES)
