"""An alarm's state follows from its last data points as in the CloudWatch user guide's tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.rehearsal.cloudwatch.alarm_definition import TREATMENTS
from prod_one_box.rehearsal.cloudwatch.alarm_states import next_state
from prod_one_box.rehearsal.cloudwatch.composite_rule import AlarmState

POINTS = {"0": False, "X": True, "-": None}
NONE: AlarmState = "INSUFFICIENT_DATA"
KEPT = "kept"
THREE_OF_THREE = [
    ("0 - X - X", "OK", "OK", "OK", "OK"),
    ("0 - - - -", "OK", "OK", "OK", "OK"),
    ("- - - - -", NONE, KEPT, "ALARM", "OK"),
    ("0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("- - X - -", "ALARM", KEPT, "ALARM", "OK"),
    ("- - - - X", NONE, KEPT, "ALARM", "OK"),
]
TWO_OF_THREE = [
    ("0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 - X - -", "OK", "OK", "ALARM", "OK"),
    ("- - - - 0", "OK", "OK", "ALARM", "OK"),
    ("- - - X -", "ALARM", KEPT, "ALARM", "OK"),
]
ROWS = [(3, *row) for row in THREE_OF_THREE] + [(2, *row) for row in TWO_OF_THREE]
STATES = st.sampled_from(["OK", "ALARM", "INSUFFICIENT_DATA"])


@pytest.mark.parametrize("current", ["OK", "ALARM", NONE])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} of 3: {row[1]}")
def test_the_guides_tables_hold(row: tuple[int, str, str, str, str, str], current: AlarmState) -> None:
    needed, drawn, *expected = row
    points = [POINTS[each] for each in drawn.split()]
    for treatment, state in zip(TREATMENTS, expected, strict=True):
        found = next_state(points, of=3, needed=needed, missing=treatment, current=current)
        assert found == (current if state == KEPT else state), treatment


@st.composite
def m_of_n(draw: st.DrawFn, kinds: list[bool | None]) -> tuple[list[bool | None], int, int]:
    of = draw(st.integers(1, 6))
    needed = draw(st.integers(1, of))
    spare = draw(st.integers(0, 3))
    return draw(st.lists(st.sampled_from(kinds), min_size=of + spare, max_size=of + spare)), of, needed


@given(case=m_of_n([False, True]), missing=st.sampled_from(TREATMENTS), current=STATES)
def test_without_missing_data_m_of_the_last_n_decide(case, missing, current) -> None:
    points, of, needed = case
    expected = "ALARM" if sum(points[-of:]) >= needed else "OK"
    assert next_state(points, of=of, needed=needed, missing=missing, current=current) == expected


@given(case=m_of_n([False, True, None]), missing=st.sampled_from(TREATMENTS), current=STATES)
def test_with_enough_real_data_points_missing_ones_are_as_if_they_never_were(case, missing, current) -> None:
    points, of, needed = case
    real = [point for point in points if point is not None]
    if len(real) >= of:
        found = next_state(points, of=of, needed=needed, missing=missing, current=current)
        assert found == next_state(real, of=of, needed=needed, missing="missing", current=current)


@given(case=m_of_n([False, True, None]), current=STATES)
def test_filling_is_the_same_as_data_points_of_that_kind(case, current) -> None:
    """Only as many missing points are filled as are needed to make N."""
    points, of, needed = case
    real = [point for point in points if point is not None][-of:]
    for missing, filler in (("breaching", True), ("notBreaching", False)):
        filled = real + [filler] * (of - len(real))
        expected = "ALARM" if sum(filled) >= needed else "OK"
        assert next_state(points, of=of, needed=needed, missing=missing, current=current) == expected


@given(case=m_of_n([False, True, None]), current=STATES)
def test_treatments_are_ordered_by_how_easily_they_alarm(case, current) -> None:
    points, of, needed = case
    red = {
        missing: next_state(points, of=of, needed=needed, missing=missing, current="OK") == "ALARM"
        for missing in TREATMENTS
    }
    assert red["notBreaching"] <= red["missing"] <= red["breaching"]
    assert red["notBreaching"] <= red["ignore"] <= red["breaching"]
