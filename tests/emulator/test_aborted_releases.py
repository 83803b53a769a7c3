"""Releases that go back by themselves."""

from dataclasses import replace

import pytest

from emulator.site import Site
from emulator.site_app import POLL_SECONDS, Release

# A poll may have begun just before; then come the next poll, its calls, and the sampler's own interval.
CONTAINED_SECONDS = 2 * POLL_SECONDS + 3


def test_a_site_that_is_red_already_gets_no_release(site: Site) -> None:
    # Given
    before = site.at_rest().versions()
    site.turn_red()

    # When
    with site.releasing(Release(name="red-before")) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ["preflight"]
    assert "is ALARM: set by a scenario" in then.reason_of("preflight")
    assert [then.aliases.path(each) for each in before] == [["old"], ["old"]]
    assert "red-before" not in {visit.release for visit in then.visitors.visits}
    assert then.mixed_visits() == []
    assert site.published("one-box") == [before["one-box"]]


@pytest.mark.every_change
def test_red_during_the_bake_puts_the_one_box_back_before_the_stack_goes_back(site: Site) -> None:
    # Given
    before = site.at_rest().versions()

    # When
    with site.releasing(Release(name="red", bake_seconds=120)) as update:
        update.wait_for("bake", seconds=5)
        red_at = site.turn_red()

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ["preflight", "one-box", "bake"]
    assert then.aliases.path("one-box") == ["old", "new", "old"]
    assert then.aliases.path("regular") == ["old"]
    back_at = then.aliases.when("one-box", "old")
    assert back_at - red_at < CONTAINED_SECONDS + site.aws.slack_seconds
    assert back_at < then.rollback_began() + 1 + site.aws.slack_seconds
    reason = then.reason_of("bake")
    assert "is ALARM: set by a scenario" in reason
    assert f"is back on version {before['one-box']}" in reason
    assert then.visitors.releases_seen_by("one-box")[-2:] == ["red", then.visitors.releases_seen_by("regular")[-1]]
    assert "red" not in then.visitors.releases_seen_by("regular")
    assert then.mixed_visits() == []
    assert site.published("one-box") == [before["one-box"]]


def test_red_for_less_than_a_poll_ends_the_release_too(site: Site) -> None:
    # Given
    site.at_rest()

    # When
    with site.releasing(Release(name="blink", bake_seconds=120)) as update:
        update.wait_for("bake", seconds=5)
        red_at = site.turn_red()
        site.turn_quiet()

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.aliases.path("one-box") == ["old", "new", "old"]
    assert then.aliases.path("regular") == ["old"]
    assert then.aliases.when("one-box", "old") - red_at < CONTAINED_SECONDS + site.aws.slack_seconds
    assert "is OK now, but went from" in then.reason_of("bake")
    assert then.mixed_visits() == []


@pytest.mark.every_change
def test_a_release_that_is_cancelled_during_the_bake_goes_back_at_once(site: Site) -> None:
    # Given
    before = site.at_rest().versions()

    # When
    with site.releasing(Release(name="cancelled", bake_seconds=120)) as update:
        update.wait_for("bake", seconds=5)
        cancelled_at = update.cancel()

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ["preflight", "one-box", "bake"]
    assert then.aliases.path("one-box") == ["old", "new", "old"]
    assert then.aliases.path("regular") == ["old"]
    assert then.aliases.when("one-box", "old") - cancelled_at < CONTAINED_SECONDS + site.aws.slack_seconds
    assert "cancelled" in then.reason_of("bake")
    assert then.mixed_visits() == []
    assert site.published("one-box") == [before["one-box"]]


@pytest.mark.every_change
def test_with_rollback_disabled_no_release_begins(site: Site) -> None:
    # Given
    before = site.at_rest().versions()
    release = Release(name="no-rollback")

    # When
    with site.releasing(release, "--no-rollback") as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_FAILED")
    assert then.steps() == ["preflight"]
    assert "would not roll this update back (DisableRollback)" in then.reason_of("preflight")
    assert [then.aliases.path(each) for each in before] == [["old"], ["old"]]
    assert "no-rollback" not in {visit.release for visit in then.visitors.visits}
    assert then.mixed_visits() == []

    # When: somebody rolls it back
    assert site.roll_back(release) == 0

    # Then
    assert site.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert site.versions() == before
    assert site.published("one-box") == [before["one-box"]]


@pytest.mark.every_change
def test_with_disabled_rollback_overridden_the_one_box_is_back_and_a_rollback_by_hand_ends_it(site: Site) -> None:
    # Given
    before = site.at_rest().versions()
    release = Release(name="overridden", bake_seconds=120, override_rollback_disabled="a trial")

    # When
    with site.releasing(release, "--no-rollback") as update:
        update.wait_for("bake", seconds=5)
        red_at = site.turn_red()

    # Then: the stack stands still, and the one-box does not serve the release
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_FAILED")
    assert then.aliases.path("one-box") == ["old", "new", "old"]
    assert then.aliases.path("regular") == ["old"]
    assert then.aliases.when("one-box", "old") - red_at < CONTAINED_SECONDS + site.aws.slack_seconds
    assert then.mixed_visits() == []

    # When: somebody rolls it back
    assert site.roll_back(release) == 0

    # Then
    assert site.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert site.versions() == before
    assert site.published("one-box") == [before["one-box"]]


def test_a_failed_release_that_is_deployed_again_without_a_rollback_promotes_nothing(failing_site: Site) -> None:
    # Given: a release without rollback that failed in its bake
    site = failing_site
    before = site.at_rest().versions()
    release = Release(name="retried", bake_seconds=20, override_rollback_disabled="a trial")
    with site.releasing(release, "--no-rollback") as failed:
        failed.wait_for("bake", seconds=4)
        site.turn_red()
    assert failed.outcome.status == "UPDATE_FAILED"
    site.turn_quiet()

    # When: the same again, and then another release with the same reason
    with site.releasing(release, "--no-rollback") as again:
        pass
    with site.releasing(replace(release, name="another"), "--no-rollback") as another:
        pass

    # Then: CloudFormation takes the one-box's alias for moved, and the bake finds that it is not
    then = again.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_FAILED")
    assert then.steps()[-1] == "bake"
    assert "Nothing was promoted. Roll the stack back" in then.reason_of("bake")
    assert [then.aliases.path(each) for each in before] == [["old"], ["old"]]

    # Then: the reason counted in the update that brought it
    then = another.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_FAILED")
    assert "would not roll this update back (DisableRollback)" in then.reason_of("preflight")
    assert [then.aliases.path(each) for each in before] == [["old"], ["old"]]
    assert {each for kept in (again, another) for each in kept.outcome.mixed_visits()} == set()

    # When: somebody rolls it back
    assert site.roll_back(release) == 0

    # Then
    assert site.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert site.versions() == before
    assert site.destroy(release) == 0


@pytest.mark.every_change
def test_a_failure_after_the_promotion_puts_everybody_back(site: Site) -> None:
    # Given
    before = site.at_rest().versions()

    # When
    with site.releasing(Release(name="late", fails_late=True)) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ["preflight", "one-box", "bake", "regular"]
    for partition in ("one-box", "regular"):
        assert then.aliases.path(partition) == ["old", "new", "old"]
        assert then.visitors.releases_seen_by(partition)[-1] != "late"
    assert then.mixed_visits() == []
    assert site.published("regular") == [before["regular"]]


def test_the_same_release_goes_out_again_after_it_was_rolled_back(site: Site) -> None:
    # Given: a release that was aborted though it is good
    site.at_rest()
    release = Release(name="again", bake_seconds=20)
    with site.releasing(release) as aborted:
        aborted.wait_for("bake", seconds=4)
        site.turn_red()
    assert aborted.outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    site.turn_quiet()

    # When
    with site.at_rest().releasing(release) as update:
        pass

    # Then: it is held for its bake once more, under a new version number
    then = update.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert then.steps() == ["preflight", "one-box", "bake", "regular"]
    assert then.seconds_of("bake") >= 20
    assert then.aliases.path("regular") == ["old", "new"]
    assert then.aliases.path("one-box") == ["old", "new"]
    assert then.visitors.releases_seen_by("regular")[-1] == "again"
    assert then.mixed_visits() == []
