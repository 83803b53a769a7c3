"""Releases that reach everybody, and updates that are no release."""

import pytest

from emulator.outcome import UNHELD_SECONDS
from emulator.site import Site
from emulator.site_app import POLL_SECONDS, Release

ORDER = ["preflight", "one-box", "bake", "regular"]


@pytest.mark.every_change
def test_the_first_deployment_holds_nothing(site: Site) -> None:
    # Given: a site that was deployed once, with a bake of ten minutes

    # Then
    assert site.creation.exit_status == 0
    assert site.creation.steps() == ORDER
    # The emulator works on one resource at a time, whatever may stand side by side: the order must be the template's.
    assert [step.position for step in site.creation.plan] == [1, 2, 3, 4]
    assert site.creation.seconds_of("bake") < UNHELD_SECONDS + site.aws.slack_seconds
    assert site.versions_at_creation == {"one-box": 1, "regular": 1}


@pytest.mark.every_change
def test_a_good_release_reaches_the_one_box_and_after_its_bake_everybody(site: Site) -> None:
    # Given
    site.at_rest()

    # When
    with site.releasing(Release(name="good")) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert then.steps() == ORDER
    for partition in ("one-box", "regular"):
        assert then.aliases.path(partition) == ["old", "new"]
        assert then.visitors.releases_seen_by(partition)[-1] == "good"
    switched = {each: then.aliases.when(each, "new") for each in ("one-box", "regular")}
    assert switched["regular"] - switched["one-box"] >= 10, "the regular partition switched before the bake was over"
    assert then.mixed_visits() == []
    # The version before goes in the cleanup, and this release's is left.
    assert site.published("one-box") == then.aliases.versions("one-box")[-1:]


def test_an_override_of_red_alarms_ignores_the_alarm_that_was_red_before_it(site: Site) -> None:
    # Given
    site.at_rest()
    site.turn_red()

    # When
    with site.releasing(Release(name="overridden", override_red_alarms="the alarm is wrong")) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert then.steps() == ORDER
    assert then.aliases.path("regular") == ["old", "new"]
    assert then.seconds_of("bake") >= 10
    assert then.mixed_visits() == []


def test_an_expedited_release_holds_nothing_though_an_alarm_is_red(site: Site) -> None:
    # Given
    site.at_rest()
    site.turn_red()

    # When
    with site.releasing(Release(name="expedited", bake_seconds=120, expedited_reason="the fix for it")) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert then.steps() == ORDER
    assert then.aliases.path("regular") == ["old", "new"]
    assert then.seconds_of("bake") < UNHELD_SECONDS + site.aws.slack_seconds
    assert then.mixed_visits() == []


def test_an_update_that_releases_nothing_is_not_held_and_moves_no_alias(site: Site) -> None:
    # Given: a release that is deployed
    release = Release(name="same", bake_seconds=120)
    with site.at_rest().releasing(Release(name="same", bake_seconds=POLL_SECONDS)) as deployed:
        pass
    assert deployed.outcome.status == "UPDATE_COMPLETE"
    before = site.versions()

    # When: an alarm's description and the bake's length change, and the pages do not
    site.turn_red()
    with site.releasing(Release(name=release.name, bake_seconds=120, description="other words")) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert then.seconds_of("bake") < UNHELD_SECONDS + site.aws.slack_seconds
    assert site.versions() == before
    assert [then.aliases.path(each) for each in before] == [["old"], ["old"]]
    assert then.visitors.releases_seen_by("regular") == ["same"]
