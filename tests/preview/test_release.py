"""A release by hand, step by step."""

from pathlib import Path

import pytest

from preview.sites import at, resource, site_with
from prod_one_box.preview.release import Release, ReleaseError, Stage
from prod_one_box.preview.site.site import ServedSite

PHASES = ("backend", "one-box", "regular", "")


def site(name: str) -> ServedSite:
    aliases = {
        f"Alias{phase}": resource(f"Alias{phase}", "AWS::Lambda::Alias", {}, **({"Phase": phase} if phase else {}))
        for phase in PHASES
    }
    return site_with(aliases, folder=Path(name))


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
    assert release.stage is Stage.ONE_BOX


def test_steps_out_of_turn_are_refused_and_change_nothing(release):
    for step in (release.promote, release.abort):
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
