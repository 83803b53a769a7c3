"""Durations and shares are read as people write them, and written so that they can be read again."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.rehearsal.notation import duration, moment, parse_rate, parse_seconds, parse_share


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("3m", 180), ("1.5h", 5400), ("3m30s", 210), ("1h30m", 5400), (" 1h 2m 3s ", 3723)],
)
def test_a_duration_is_one_number_or_several_with_their_units(text: str, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@given(st.integers(0, 10**6))
def test_what_a_report_writes_is_read_again(seconds: int) -> None:
    assert parse_seconds(duration(seconds).replace(",", "")) == pytest.approx(seconds, rel=0.01)


def test_durations_and_moments_are_written_for_people() -> None:
    written = [duration(each) for each in (None, 5, 59.9, 60, 137, 5405)]
    assert written == ["never", "5 s", "1 min 00 s", "1 min 00 s", "2 min 17 s", "1 h 30 min 05 s"]
    assert moment(605.9) == "10:05"


def test_a_rate_is_a_number_in_a_unit_of_time() -> None:
    assert [parse_rate(text) for text in ("60/min", "1/s", " 1.5 / min", "3600/h")] == [60, 60, 1.5, 60]


def test_a_share_is_a_percentage_or_a_part() -> None:
    assert [parse_share(text) for text in ("25%", "0.25", "100%")] == [0.25, 0.25, 1]


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        *((parse_seconds, text) for text in ("soon", "", "3x", "-5", "30s3m", "m")),
        *((parse_share, text) for text in ("120%", "-1", "half")),
        *((parse_rate, text) for text in ("60", "0/s", "1/day", "1000001/min", "/min")),
    ],
)
def test_what_is_neither_is_refused(parse: Callable[[str], float], text: str) -> None:
    with pytest.raises(ValueError, match=f"^got {text!r}; allowed: a (duration|share|rate)"):
        parse(text)
