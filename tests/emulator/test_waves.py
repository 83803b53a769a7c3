"""Releases in three waves before the regular partition, with a watch after the promotion."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from emulator.outcome import SWITCH_SECONDS, Outcome, step_name
from emulator.site import Site
from emulator.site_app import POLL_SECONDS, Release

SHARES = (1, 4, 15)
PARTITIONS = ["one-box", "wave-2", "wave-3", "regular"]
BAKES = ["bake", "bake wave-2", "bake wave-3"]
ORDER = ["preflight", "one-box", "bake", "wave-2", "bake wave-2", "wave-3", "bake wave-3", "regular", "watch"]
HELD_SECONDS = 6
# A poll may have begun just before; then come the next poll, its calls, and the sampler's own interval.
CONTAINED_SECONDS = 2 * POLL_SECONDS + 3


def release(name: str, *, held_seconds: int = HELD_SECONDS) -> Release:
    return Release(name=name, shares=SHARES, bake_seconds=held_seconds, watch_seconds=held_seconds)


@pytest.fixture(scope="module")
def site(new_site: Callable[[str], Site]) -> Site:
    """A site of four partitions in its first release."""
    site = new_site("Waves")
    assert site.create(release("first")).exit_status == 0, f"see {site.cdk.log}"
    return site


def test_a_good_release_reaches_one_wave_after_the_other_and_is_watched_at_the_end(site: Site) -> None:
    # Given
    site.at_rest()

    # When
    with site.releasing(release("good")) as update:
        pass

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert then.steps() == ORDER
    # The emulator works on one resource at a time, whatever may stand side by side: the order must be the template's.
    assert [(step.position, step_name(step)) for step in then.plan] == list(enumerate(ORDER, start=1))
    assert min(then.seconds_of(wait) for wait in (*BAKES, "watch")) >= HELD_SECONDS
    assert [then.aliases.path(each) for each in PARTITIONS] == [["old", "new"]] * len(PARTITIONS)
    switched = [then.aliases.when(each, "new") for each in PARTITIONS]
    for earlier, later in pairwise(switched):
        assert later - earlier >= HELD_SECONDS, "a partition switched before the bake was over"

    # each visitor gets the release from the switch of their own partition on
    for partition in PARTITIONS:
        assert then.visitors.releases_seen_by(partition)[-1] == "good"
        assert seen_at_a_wrong_time(then, partition, "good") == []
    assert then.mixed_visits() == []


@pytest.mark.every_change
def test_red_in_the_bake_of_the_second_wave_puts_both_waves_back_before_the_stack_goes_back(site: Site) -> None:
    # Given
    before = site.at_rest().versions()

    # When
    with site.releasing(release("red")) as update:
        update.wait_for("bake wave-2", seconds=2)
        red_at = site.turn_red()

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ORDER[: ORDER.index("bake wave-2") + 1]
    assert_contained(then, ["one-box", "wave-2"], since=red_at)
    reason = then.reason_of("bake wave-2")
    assert "is ALARM: set by a scenario" in reason
    back = [reason.index(f"{then.aliases.called(each)} is back on version {before[each]}") for each in PARTITIONS[:2]]
    assert back[1] < back[0], "the wave with fewer visitors was put back first"
    assert then.mixed_visits() == []
    assert site.versions() == before
    assert {each: site.published(each) for each in before} == {each: [version] for each, version in before.items()}


def test_red_in_the_watch_puts_everybody_back_though_the_release_was_promoted(site: Site) -> None:
    # Given
    before = site.at_rest().versions()

    # When
    with site.releasing(release("red-late")) as update:
        update.wait_for("watch", seconds=2)
        red_at = site.turn_red()

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ORDER
    assert_contained(then, PARTITIONS, since=red_at)
    assert "is ALARM: set by a scenario" in then.reason_of("watch")
    assert then.mixed_visits() == []
    assert site.versions() == before


def test_a_release_that_is_cancelled_in_the_bake_of_the_third_wave_goes_back_in_all_three(site: Site) -> None:
    # Given
    before = site.at_rest().versions()

    # When
    with site.releasing(release("cancelled")) as update:
        update.wait_for("bake wave-3", seconds=2)
        cancelled_at = update.cancel()

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ORDER[: ORDER.index("bake wave-3") + 1]
    assert_back(then, ["one-box", "wave-2", "wave-3"], since=cancelled_at)
    assert "cancelled" in then.reason_of("bake wave-3")
    assert then.mixed_visits() == []
    assert site.versions() == before


def test_an_earlier_wave_that_is_put_back_by_hand_ends_the_release_in_the_next_bake(site: Site) -> None:
    # Given
    before = site.at_rest().versions()

    # When
    with site.releasing(release("flipped", held_seconds=30)) as update:
        update.wait_for("bake wave-2", seconds=2)
        flipped_at = site.move_by_hand("one-box", before["one-box"])

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ORDER[: ORDER.index("bake wave-2") + 1]
    assert_contained(then, ["one-box", "wave-2"], since=flipped_at)
    reason = then.reason_of("bake wave-2")
    assert "An alias was moved by hand" in reason
    assert f"is on version {before['one-box']}" in reason
    assert then.mixed_visits() == []
    assert site.versions() == before


def assert_contained(then: Outcome, switched: list[str], *, since: float) -> None:
    """Assert that the partitions that had switched are back before the rollback, and no other has moved."""
    assert_back(then, switched, since=since)
    slack = then.slack_seconds
    assert max(then.aliases.when(each, "old") for each in switched) < then.rollback_began() + 1 + slack


def assert_back(then: Outcome, switched: list[str], *, since: float) -> None:
    """Assert that the partitions that had switched are back within a poll, and no other has moved."""
    moved = {each: ["old", "new", "old"] if each in switched else ["old"] for each in PARTITIONS}
    assert {each: then.aliases.path(each) for each in PARTITIONS} == moved
    slack = then.slack_seconds
    assert max(then.aliases.when(each, "old") for each in switched) - since < CONTAINED_SECONDS + slack
    for partition in {*PARTITIONS} - {*switched}:
        assert len(then.visitors.releases_seen_by(partition)) == 1


def seen_at_a_wrong_time(then: Outcome, partition: str, release: str) -> list[float]:
    """When a visitor saw a release before their partition's switch, or another one after it."""
    switched, near = then.aliases.when(partition, "new"), SWITCH_SECONDS + then.slack_seconds
    visits = [visit for visit in then.visitors.visits if visit.visitor == partition]
    early = [visit.began for visit in visits if visit.release == release and visit.ended < switched - near]
    return early + [visit.began for visit in visits if visit.release != release and visit.began > switched + near]
