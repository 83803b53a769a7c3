"""Properties of every sequence of readings, whatever AWS and the clock do."""

from dataclasses import replace
from datetime import timedelta

from bake.fake_aws import FUNCTION, NOON
from bake.shop import properties
from bake.waiter import request
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.constructs.bake.handler.aws import Alarm, AlarmState, Alias, Change, Reading, Stack, StackResource
from prod_one_box.constructs.bake.handler.decision import NextStep, decide
from prod_one_box.constructs.bake.handler.request import Request

RESOURCES = {
    "Wait": StackResource("1a2b", "UPDATE_IN_PROGRESS", NOON),
    "OneBoxAlias": StackResource(f"{FUNCTION}:one:live", "UPDATE_COMPLETE", NOON),
    "OneBoxVersionA": StackResource(f"{FUNCTION}:one:6", "CREATE_COMPLETE", NOON),
    "OneBoxVersionB": StackResource(f"{FUNCTION}:one:7", "CREATE_COMPLETE", NOON),
}
ANSWERED = {**RESOURCES, "Wait": replace(RESOURCES["Wait"], status="UPDATE_COMPLETE")}
BACK = ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE"]

stacks = st.none() | st.sampled_from(
    ["UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", *BACK]
).map(Stack)
RED_IN_BETWEEN = Change(NOON + timedelta(seconds=1), AlarmState.OK, AlarmState.ALARM)
RED_BEFORE = replace(RED_IN_BETWEEN, at=NOON - timedelta(seconds=1))
histories = st.sampled_from([(), (), (RED_BEFORE,), (RED_BEFORE, RED_IN_BETWEEN), None])
alarms = st.lists(st.builds(Alarm, st.just("errors"), st.sampled_from(AlarmState), changes=histories), max_size=3).map(
    tuple
)
aliases = st.just({}) | st.sampled_from([Alias("7"), Alias("7"), Alias("6"), Alias("7", {"6": 0.1})]).map(
    lambda alias: {"OneBoxAlias": alias}
)
readings = st.builds(
    Reading, stacks, stacks, st.sampled_from([RESOURCES, RESOURCES, ANSWERED, None, {}]), alarms, aliases
)
durations = st.integers(0, 3300)
graces = st.integers(1, 180)
FORWARD = ("B", "A")
REVERSE = ("A", "B")


def a_request(direction: tuple[str, str], duration: int, grace: int, **reasons: str) -> Request:
    new, old = (
        properties(
            release, DurationSeconds=str(duration), GraceSeconds=str(grace), **(reasons if release == "B" else {})
        )
        for release in direction
    )
    event = {**request("Update", new=new, old=old), "StartedAt": NOON.isoformat()}
    return Request.of(event)


def quiet_history(alarm: Alarm) -> bool:
    new = alarm.state is AlarmState.NOT_CREATED
    return new or (alarm.changes is not None and RED_IN_BETWEEN not in alarm.changes)


def conclusive_and_quiet(reading: Reading, duration: int) -> bool:
    quiet = {AlarmState.OK, AlarmState.INSUFFICIENT_DATA} | (set() if duration else {AlarmState.NOT_CREATED})
    return (
        reading.stack == Stack("UPDATE_IN_PROGRESS")
        and reading.root is not None
        and not reading.root.going_back
        and reading.resources is RESOURCES
        and reading.aliases == {"OneBoxAlias": Alias("7")}
        and all(alarm.state in quiet and quiet_history(alarm) for alarm in reading.alarms)
    )


@given(readings, durations, graces, st.integers(-5, 4000))
def test_a_release_goes_on_only_at_a_conclusive_quiet_reading_at_or_after_the_duration(
    reading, duration, grace, elapsed
):
    decision = decide(a_request(FORWARD, duration, grace), reading, NOON + timedelta(seconds=elapsed))
    going_on = decision.step is NextStep.DONE and decision.outcome == "quiet"
    assert going_on == (elapsed >= duration and conclusive_and_quiet(reading, duration))


@given(readings, durations, graces, st.integers(0, 4000))
def test_a_release_that_was_not_passed_is_never_told_done_but_in_a_rollback(reading, duration, grace, elapsed):
    decision = decide(a_request(FORWARD, duration, grace), reading, NOON + timedelta(seconds=elapsed))
    if decision.step is NextStep.DONE and decision.outcome != "quiet":
        assert decision.outcome == "gone-back"
        assert any("ROLLBACK" in stack.status for stack in (reading.stack, reading.root) if stack)


@given(readings, durations, graces)
def test_every_request_has_its_answer_by_duration_plus_grace(reading, duration, grace):
    for direction in (FORWARD, REVERSE):
        decision = decide(a_request(direction, duration, grace), reading, NOON + timedelta(seconds=duration + grace))
        assert decision.step is not NextStep.WAIT


@given(st.lists(readings, min_size=1, max_size=40), durations, graces, st.sampled_from([1, 10, 30, 60]))
def test_whatever_the_polls_read_nothing_passes_before_the_duration(sequence, duration, grace, interval):
    asked = a_request(FORWARD, duration, grace)
    for number, reading in enumerate(sequence):
        elapsed = number * interval
        decision = decide(asked, reading, NOON + timedelta(seconds=elapsed))
        if decision.step is NextStep.WAIT:
            continue
        assert decision.outcome != "quiet" or elapsed >= duration
        return


@given(readings, durations, graces, st.integers(0, 4000))
def test_a_rollback_that_was_seen_is_never_failed(reading, duration, grace, elapsed):
    in_rollback = Stack("UPDATE_ROLLBACK_IN_PROGRESS")
    for seen in (replace(reading, stack=in_rollback), replace(reading, root=in_rollback)):
        decision = decide(a_request(REVERSE, duration, grace), seen, NOON + timedelta(seconds=elapsed))
        assert decision.step is not NextStep.FAIL


@given(readings, durations, graces, st.integers(0, 4000))
def test_the_versions_alone_keep_a_rollback_from_failing_when_the_stack_is_unread(reading, duration, grace, elapsed):
    unseen = replace(reading, stack=None, root=None, resources=RESOURCES)
    decision = decide(a_request(REVERSE, duration, grace), unseen, NOON + timedelta(seconds=elapsed))
    assert decision.step is not NextStep.FAIL


@given(readings, st.integers(0, 4000))
def test_an_expedited_release_passes_only_once_it_is_known_to_go_forward(reading, elapsed):
    decision = decide(a_request(FORWARD, 600, 120, ExpeditedReason="why"), reading, NOON + timedelta(seconds=elapsed))
    assert decision.outcome != "expedited" or not reading.going_back
