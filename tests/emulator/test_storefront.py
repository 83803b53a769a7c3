"""Releases of the storefront example: a backend that shifts, files that stay, and errors that turn an alarm red.

A run proves nothing about these:

- CodeDeploy. Its shift, with minutes of two seconds, and the way back of an alias that it manages are models of this
  project's own.
- When CloudWatch turns an alarm on metric math red. The expressions are evaluated by a model of this project's own,
  over whole minutes, whenever somebody asks for the alarm; the scenario does so twice a second.
- The metrics of the backend's versions. The emulator measures a function by its name alone, so the alarm on the new
  version is set by hand. The alarm on the one-box's API is not: real answers of 500 turn it red.

The last scenario leaves errors in the one-box's metrics: one that comes after it would find the site red.
"""

from itertools import pairwise
from pathlib import Path

import pytest

from emulator.aws import Aws
from emulator.outcome import SWITCH_SECONDS, step_name
from emulator.site import Site
from emulator.split import visitors_of
from emulator.storefront_release import PRICE, StorefrontRelease, synthesize
from emulator.storefront_visitors import StorefrontVisitors, files_of

POLL_SECONDS = 10
"""The example's, since it names none."""
# A poll may have begun just before; then come the next poll, its calls, and the sampler's own interval.
CONTAINED_SECONDS = 2 * POLL_SECONDS + 3
PARTITIONS = ["one-box", "wave-2", "wave-3", "regular"]
BAKES = ["bake", "bake wave-2", "bake wave-3"]
FRONT_END = ["one-box", "bake", "wave-2", "bake wave-2", "wave-3", "bake wave-3", "regular", "watch"]
ORDER = ["preflight", "backend", *FRONT_END]
STEPS_OF_THE_SHIFT = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


@pytest.fixture(scope="module")
def storefront(aws: Aws, cdk_folder: Path) -> Site:
    """The storefront in its first release."""
    site = Site(
        aws,
        cdk_folder / "storefront",
        stack_name="Storefront",
        synthesize=synthesize,
        visitors=StorefrontVisitors,
    )
    assert site.create(StorefrontRelease(name="first")).exit_status == 0, f"see {site.cdk.log}"
    return site


def test_a_good_release_shifts_the_backend_and_then_switches_the_partitions(storefront: Site, aws: Aws) -> None:
    # Given: a tab in each partition, whose page asks for its files later
    split = storefront.at_rest().split()
    cookies = [each.cookie for each in visitors_of(split, split).values()]
    tabs = [aws.ask(storefront.domain, "/", cookie=each) for each in cookies]
    files = sorted({path for tab in tabs for path in files_of(tab.body)})
    assert sorted(Path(path).suffix for path in files) == [".css", ".js"]
    content = {path: aws.ask(storefront.domain, path) for path in files}

    # When
    release = StorefrontRelease(name="good", pages="two", price=PRICE + 300)
    with storefront.releasing(release) as update:
        pass

    # Then: the order is the plan's, which has each phase wait for the one before it. The emulator works on one resource
    # at a time, so the events alone would look the same without a dependency between two of them.
    then = update.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert then.steps() == ORDER
    assert [(step.position, step_name(step)) for step in then.plan] == list(enumerate(ORDER, start=1))
    assert min(then.seconds_of(wait) for wait in (*BAKES, "watch")) >= release.bake_seconds

    # the backend shifts bit by bit, and is there before the one-box switches
    old, new = then.aliases.versions("backend")
    changes = then.aliases.changes("backend")
    shares = [each.weights.get(new, 0) for each in changes[:-1]]
    assert shares == sorted({*shares} & {*STEPS_OF_THE_SHIFT})
    assert len(shares) > len(STEPS_OF_THE_SHIFT) / 2, f"hardly a step of the shift was seen: {shares}"
    assert [each.version for each in changes] == [*([old] * len(shares)), new]
    assert changes[-1].weights == {}
    switched = [then.aliases.when(each, "new") for each in PARTITIONS]
    assert changes[-1].at <= switched[0] + SWITCH_SECONDS
    assert min(later - earlier for earlier, later in pairwise(switched)) >= release.bake_seconds
    assert [then.aliases.path(each) for each in PARTITIONS] == [["old", "new"]] * len(PARTITIONS)

    # visitors get whole releases, and new pages a new backend
    assert [then.visitors.releases_seen_by(each) for each in PARTITIONS] == [["one", "two"]] * len(PARTITIONS)
    assert then.mixed_visits() == []
    assert {visit.script for visit in then.visitors.visits} == {200}
    assert {visit.backend for visit in then.visitors.visits if visit.release == "two"} == {str(release.price)}
    assert {visit.backend for visit in then.visitors.visits} == {str(PRICE), str(release.price)}

    # the tabs still get their files, which no function has any more
    now = [aws.ask(storefront.domain, "/", cookie=each) for each in cookies]
    assert not {path for page in now for path in files_of(page.body)} & set(files)
    assert {path: aws.ask(storefront.domain, path) for path in files} == content
    assert {answer.status for answer in content.values()} == {200}


def test_a_red_backend_goes_back_before_any_front_end_moves(storefront: Site) -> None:
    # Given
    before = storefront.at_rest().versions()

    # When
    with storefront.releasing(StorefrontRelease(name="red-backend", pages="two", price=1)) as update:
        update.wait_for("backend", seconds=5)
        storefront.turn_version_red(update.assembly)

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ["preflight", "backend"]
    weights = [each.weights for each in then.aliases.changes("backend")]
    assert weights[-1] == {}
    assert 0 < max(sum(each.values()) for each in weights) < STEPS_OF_THE_SHIFT[-1]
    assert {each: then.aliases.path(each) for each in before} == {each: ["old"] for each in before}
    assert storefront.versions() == before
    assert then.mixed_visits() == []
    assert len({visit.release for visit in then.visitors.visits}) == 1


def test_red_in_the_watch_puts_all_front_ends_back_and_then_the_backend(storefront: Site) -> None:
    # Given
    before = storefront.at_rest().versions()

    # When
    release = StorefrontRelease(name="red-late", price=PRICE + 900, bake_seconds=12)
    with storefront.releasing(release) as update:
        update.wait_for("watch", seconds=2)
        red_at = storefront.turn_red()
    storefront.turn_quiet()

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ORDER
    assert {each: then.aliases.path(each) for each in before} == {each: ["old", "new", "old"] for each in before}
    back = [then.aliases.when(each, "old") for each in PARTITIONS]
    assert max(back) - red_at < CONTAINED_SECONDS + storefront.aws.slack_seconds
    assert max(back) < then.rollback_began() + 1 + storefront.aws.slack_seconds
    assert max(back) + SWITCH_SECONDS < then.aliases.when("backend", "old")
    assert storefront.versions() == before
    assert then.mixed_visits() == []


def test_a_front_end_that_fails_turns_its_alarm_red_by_itself_and_goes_back(storefront: Site) -> None:
    # Given
    before = storefront.at_rest().versions()

    # When: nobody sets an alarm
    release = StorefrontRelease(name="failing", price=PRICE + 600, fails=True, bake_seconds=300)
    with storefront.releasing(release) as update:
        alarm = storefront.alarm("OneBoxHttpApiErrorRate", update.assembly)
        update.wait_for("bake")
        red_at = storefront.wait_for_red(alarm, seconds=release.bake_seconds)

    # Then
    then = update.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ["preflight", "backend", "one-box", "bake"]
    assert alarm in then.reason_of("bake")
    assert "Threshold Crossed" in then.reason_of("bake")
    assert f"is back on version {before['one-box']}" in then.reason_of("bake")
    assert then.aliases.path("one-box") == ["old", "new", "old"]
    assert [then.aliases.path(each) for each in PARTITIONS[1:]] == [["old"]] * len(PARTITIONS[1:])
    back_at = then.aliases.when("one-box", "old")
    assert back_at - red_at < CONTAINED_SECONDS + storefront.aws.slack_seconds
    assert back_at < then.rollback_began() + 1 + storefront.aws.slack_seconds

    # the front end is back before the backend begins to be
    assert then.aliases.path("backend") == ["old", "new", "old"]
    assert back_at + SWITCH_SECONDS < then.aliases.when("backend", "old")
    assert storefront.versions() == before

    # only visitors of the one-box saw failures, and only while it was on the release
    failed = [visit for visit in then.visitors.visits if visit.page != 200]
    assert {(visit.visitor, visit.page) for visit in failed} == {("one-box", 500)}
    assert then.aliases.when("one-box", "new") < failed[0].ended
    assert failed[-1].began < back_at
    assert [visit for visit in then.mixed_visits() if visit.page != 500] == []
    assert {visit.script for visit in then.visitors.visits if visit.page == 200} == {200}
