"""The settings that are put side by side."""

from pathlib import Path

import pytest

from prod_one_box.rehearsal.aws.wait_code import CodeOfWait
from prod_one_box.rehearsal.choice.candidates import with_other_thresholds, with_other_waves
from prod_one_box.rehearsal.choice.present import Present
from prod_one_box.rehearsal.choice.setting import DEFAULT_COMPARED, Compared, ErrorAlarm, Setting, Wave
from prod_one_box.rehearsal.choice.trials import Question

ONE_WAVE = Setting(waves=(Wave(20, 10),))


def present(setting: Setting, *, may_compare: bool = True) -> Present:
    code = CodeOfWait(function="Fn", reserved=False, folder=Path(), module="handler.entry", name="is_complete")
    return Present(stack="Shop", setting=setting, code=code, may_compare=may_compare, notes=())


def asked(rate: float = 1_000, fault: float = 0.1, usual: float = 0.01) -> Question:
    return Question(rate=rate, usual=usual, fault=fault)


def test_the_present_setting_is_the_first_and_none_is_there_twice() -> None:
    found = with_other_waves(present(ONE_WAVE))
    assert found[0] == ONE_WAVE
    assert len(found) == len({*found}) == 5


def test_bakes_are_as_long_as_the_alarm_needs_and_no_longer_than_a_wait_can_be() -> None:
    alarm = ErrorAlarm(period=5, datapoints=3)
    _, *others = with_other_waves(present(Setting(waves=(Wave(20, 55),), alarm=alarm, compared=None, reading=0)))
    assert {wave.bake for setting in others for wave in setting.waves} == {17, 30, 52}


def test_nothing_is_compared_where_the_comparison_could_only_report() -> None:
    reports = Setting(waves=(Wave(20, 10),), compared=None)
    assert {each.compared for each in with_other_waves(present(reports, may_compare=False))} == {None}


def test_the_alarm_for_a_fault_is_between_the_usual_rate_and_the_fault() -> None:
    for_fault, calmer, strict = with_other_thresholds(ONE_WAVE, asked(), [])
    assert for_fault.alarm == ErrorAlarm(error_rate=3.2)
    assert calmer.alarm == ErrorAlarm(minimum_requests=100)
    assert strict.compared == Compared(false_alarms=0.01)
    assert with_other_thresholds(ONE_WAVE, asked(), [calmer]) == [for_fault, strict]


@pytest.mark.parametrize(
    ("rate", "fault", "expected"),
    [
        (200, 0.1, ErrorAlarm(error_rate=3.2, period=5)),
        (200, 0.05, ErrorAlarm(error_rate=3.1, period=5)),
        (20, 0.5, ErrorAlarm(error_rate=7.7, minimum_requests=10, period=5)),
    ],
)
def test_fewer_requests_need_a_longer_period(rate: float, fault: float, expected: ErrorAlarm) -> None:
    found, *_ = with_other_thresholds(ONE_WAVE, asked(rate, fault), [])
    assert found.alarm == expected
    assert found.waves == (Wave(20, 12),)


def test_no_alarm_is_made_for_a_fault_that_chance_would_look_like() -> None:
    calmer, strict = with_other_thresholds(ONE_WAVE, asked(60, 0.02), [])
    assert calmer.alarm == ErrorAlarm(minimum_requests=100)
    assert strict.compared != DEFAULT_COMPARED
