"""What the rehearsal and the emulator do otherwise is found, and only what is understood is let pass."""

from dataclasses import replace

import pytest

from emulator.course import AFTER, BEFORE, UNKNOWN, Course, events_in_words
from emulator.cross_check import check
from emulator.scenario import SCENARIOS

pytestmark = pytest.mark.every_change

GOOD = next(each for each in SCENARIOS if each.name == "good")
CANCELLED = next(each for each in SCENARIOS if each.name == "cancelled during the bake")
COURSE = Course(
    events=(
        "UPDATE_IN_PROGRESS",
        "bake begins",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "bake fails",
        "UPDATE_ROLLBACK_COMPLETE",
    ),
    versions={"one-box": ("old", "new", "old")},
    back={"one-box": BEFORE},
)
SWAPPED = replace(
    COURSE,
    events=(
        "UPDATE_IN_PROGRESS",
        "bake begins",
        "bake fails",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ),
)


def test_two_courses_that_are_alike_agree() -> None:
    assert check(GOOD, COURSE, COURSE).unexplained == ()


def test_another_order_of_events_is_a_disagreement_but_where_it_is_explained() -> None:
    assert "events: " in check(GOOD, COURSE, SWAPPED).unexplained[0]
    cancelled = check(CANCELLED, COURSE, SWAPPED)
    assert (cancelled.unexplained, [each.name for each in cancelled.explained]) == ((), ["cancel"])


def test_a_disagreement_that_is_explained_hides_no_other() -> None:
    longer = replace(SWAPPED, events=(*SWAPPED.events[:-1], "one-box goes back", SWAPPED.events[-1]))
    assert check(CANCELLED, COURSE, longer).unexplained != ()


def test_other_versions_are_a_disagreement() -> None:
    found = check(GOOD, COURSE, replace(COURSE, versions={"one-box": ("old", "new")}))
    assert [each.partition(":")[0] for each in found.unexplained] == ["versions"]


def test_a_partition_that_is_back_earlier_or_later_is_a_disagreement_unless_nobody_can_tell() -> None:
    assert check(GOOD, COURSE, replace(COURSE, back={"one-box": AFTER})).unexplained != ()
    assert check(GOOD, COURSE, replace(COURSE, back={})).unexplained != ()
    assert check(GOOD, COURSE, replace(COURSE, back={"one-box": UNKNOWN})).unexplained == ()


def test_events_are_told_alike_whoever_recorded_them() -> None:
    recorded = [
        ("", "UPDATE_IN_PROGRESS"),
        ("bake", "UPDATE_IN_PROGRESS"),
        ("bake", "UPDATE_IN_PROGRESS"),
        ("bake", "UPDATE_FAILED"),
        ("", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("bake", "UPDATE_IN_PROGRESS"),
        ("bake", "UPDATE_COMPLETE"),
    ]
    assert events_in_words(recorded) == (
        "UPDATE_IN_PROGRESS",
        "bake begins",
        "bake fails",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "bake goes back",
        "bake is back",
    )
