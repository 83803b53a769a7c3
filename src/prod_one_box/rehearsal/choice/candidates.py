"""The settings that are put side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import sqrt
from typing import Final

from .present import Present
from .setting import DEFAULT_ALARM, DEFAULT_COMPARED, READING, ErrorAlarm, Setting, Wave
from .trials import Question

_STAIRCASES: Final = (
    ((20, 10),),
    ((20, 30),),
    ((50, 10),),
    ((5, 10), (15, 10), (30, 10)),
    ((1, 10), (4, 10), (15, 10), (30, 10)),
)
"""Waves, each with its share in percent and the minutes of its bake."""

_LONGEST: Final = 55
_STRICT: Final = 0.01
_CALMER: Final = 5
"""How many times as many requests an alarm needs so that a few failures by chance turn it red less often."""

_PERIODS: Final = (1, 2, 5)
_DEVIATIONS: Final = 3
_FEWEST: Final = 10
"""Requests in a period below which a failure or two would turn an alarm red."""


def with_other_waves(present: Present) -> list[Setting]:
    """Return the present setting, and the same with other waves and bakes; one that compares nothing yet compares."""
    now = present.setting
    compared = now.compared or (DEFAULT_COMPARED if present.may_compare else None)
    compares = replace(now, compared=compared, reading=READING if compared else now.reading)
    others = [replace(compares, waves=tuple(Wave(*wave) for wave in waves)) for waves in _STAIRCASES]
    return [*dict.fromkeys((now, *map(_that_can_be_built, (compares, *others))))]


def with_other_thresholds(setting: Setting, question: Question, known: Sequence[Setting]) -> list[Setting]:
    """Return a setting with an alarm for the fault, with a calmer one and with a stricter comparison; none twice."""
    found = [_that_can_be_built(each) for each in _others(setting, question)]
    return [each for each in dict.fromkeys(found) if each not in known]


def _others(setting: Setting, question: Question) -> Iterator[Setting]:
    alarm = _alarm_for(question, min(share for share in setting.shares if share) / 100 * question.rate)
    if alarm:
        yield replace(setting, alarm=alarm)
    if setting.alarm:
        fewest = _CALMER * setting.alarm.minimum_requests
        yield replace(setting, alarm=setting.alarm._replace(minimum_requests=fewest))
    if setting.compared and setting.compared.false_alarms > _STRICT:
        yield replace(setting, compared=setting.compared._replace(false_alarms=_STRICT))


def _alarm_for(question: Question, rate: float) -> ErrorAlarm | None:
    """Return an alarm between the usual rate and the fault's, for partitions of at least so many requests a minute.

    It is in the middle if chance seldom takes a good version that far in a period. If no period is long enough for
    that, it is as high as it must be; None if the fault is lower still.
    """
    usual = max(question.usual, question.fault / 100)
    # The geometric mean is as many times the one as the other is times it.
    middle = sqrt(usual * question.fault)
    highest = [usual + _DEVIATIONS * sqrt(usual * (1 - usual) / (rate * period)) for period in _PERIODS]
    number = next((number for number, limit in enumerate(highest) if limit <= middle), len(_PERIODS) - 1)
    limit, period = max(middle, highest[number]), _PERIODS[number]
    if limit >= question.fault:
        return None
    fewest = max(_FEWEST, min(DEFAULT_ALARM.minimum_requests, int(rate * period / 2)))
    return ErrorAlarm(error_rate=float(f"{100 * limit:.2g}"), minimum_requests=fewest, period=period)


def _that_can_be_built(setting: Setting) -> Setting:
    """Return a setting whose bakes have a length that the constructs allow."""
    shortest = setting.alarm.shortest_bake if setting.alarm else 1
    longest = _LONGEST - setting.reading
    waves = tuple(wave._replace(bake=min(max(wave.bake, shortest), longest)) for wave in setting.waves)
    return replace(setting, waves=waves)
