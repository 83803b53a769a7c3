"""The clock of a setting: its switches, the minutes that are compared, and how much traffic the new version has had."""

from prod_one_box.rehearsal.choice.setting import Setting, Wave

STAIRS = Setting(waves=(Wave(5, 10), Wave(15, 6)))


def test_each_bake_holds_on_until_its_last_minute_can_be_compared() -> None:
    assert STAIRS.switches == (0, 13, 22)
    assert STAIRS.promoted_after == 22
    assert Setting(waves=STAIRS.waves, compared=None, reading=0).switches == (0, 10, 16)


def test_the_minutes_around_a_switch_and_those_that_nobody_can_read_in_time_are_not_compared() -> None:
    assert [*STAIRS.judged()] == [[*range(1, 12)], [*range(14, 19)]]


def test_exposure_grows_by_each_wave_from_its_switch_on() -> None:
    assert STAIRS.exposed(13) == 0.05 * 13
    assert STAIRS.exposed(15) == 0.05 * 15 + 0.15 * 2
    assert STAIRS.shares == (5, 15, 80)
