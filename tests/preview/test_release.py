"""A release by hand, step by step."""

from pathlib import Path

import pytest

from preview.sites import at, resource, site_with
from prod_one_box.preview.release import Release, ReleaseError, Stage
from prod_one_box.preview.served_site import Site

PHASES = ("backend", "one-box", "regular", "")


def site(name: str) -> Site:
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


def test_before_a_release_everybody_is_on_what_is_deployed(release):
    assert served(release) == ["old"] * 4
    assert release.edge.folder.name == "old"


def test_a_release_moves_everything_but_the_regular_partition(release):
    release.begin()
    assert served(release) == ["new", "new", "old", "new"]
    assert release.edge.folder.name == "new"


def test_a_promotion_moves_the_regular_partition_and_the_next_release_is_the_way_back(release):
    release.begin()
    release.promote()
    assert served(release) == ["new"] * 4
    release.begin()
    assert served(release) == ["old", "old", "new", "old"]


def test_an_abort_puts_everything_back_and_the_release_can_be_tried_again(release):
    release.begin()
    release.abort()
    assert served(release) == ["old"] * 4
    release.begin()
    assert release.stage is Stage.ONE_BOX


def test_steps_out_of_turn_are_refused_and_change_nothing(release):
    for step in (release.promote, release.abort):
        with pytest.raises(ReleaseError, match="no release is under way"):
            step()
    release.begin()
    with pytest.raises(ReleaseError, match="already"):
        release.begin()
    assert served(release) == ["new", "new", "old", "new"]


def test_without_another_version_there_is_nothing_to_release():
    with pytest.raises(ReleaseError, match="--against"):
        Release(site("only"), None).begin()


def test_an_alias_that_only_the_new_template_has_is_on_the_new_version():
    old = site("old")
    del old.stacks[0].resources["Aliasregular"]
    release = Release(old, site("new"))
    release.begin()
    assert release.site_of(at("Aliasregular")).folder.name == "new"
