"""What becomes of good and bad releases of a setting: how many are stopped, when, and how many requests they had."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import mean, median
from typing import Final

from .alarm_rule import red_after
from .drawn_counts import Counts, draw_counts, sides
from .handler_trials import Calibration, HandlerTrials, Release
from .setting import READING, Setting

_HISTORY: Final = 360
"""Minutes before a release in which all partitions are on one version."""

_HISTORIES: Final = 100
"""Releases share so many histories, because what is usual takes longest to compute."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is simulated.

    Attributes:
        rate: Requests a minute of the whole site.
        usual: The share of them that fail on a good day, 0 to 1.
        fault: The share that fails on a bad version.
        releases: How many good and how many bad releases.
        seed: The seed of all random numbers.
    """

    rate: float
    usual: float
    fault: float
    releases: int = 1000
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a setting does.

    Attributes:
        found: The share of bad releases that are stopped before the promotion, 0 to 1.
        minutes: The median time from the first switch until those are stopped; None if none is.
        requests: How many requests the bad version has had by then, or by the promotion, on average.
        false_aborts: The share of good releases that are stopped.
    """

    found: float
    minutes: float | None
    requests: float
    false_aborts: float


class Trials:
    """Simulated releases of any setting; those of the same waves are the same releases."""

    def __init__(self, question: Question, handler: HandlerTrials) -> None:
        self._question = question
        self._handler = handler
        self._of_waves: dict[tuple[object, ...], _Releases] = {}

    def figures(self, setting: Setting) -> Figures:
        """Return what a setting does."""
        key = setting.waves, setting.reading, setting.compared is not None
        if key not in self._of_waves:
            self._of_waves[key] = _Releases(self._question, self._handler, setting)
        releases = self._of_waves[key]
        bad, good = (releases.ends(setting, bad=bad) for bad in (True, False))
        stopped = [end for end in bad if end is not None]
        exposed = mean(setting.exposed(setting.promoted_after if end is None else end) for end in bad)
        return Figures(
            found=len(stopped) / len(bad),
            minutes=median(stopped) if stopped else None,
            requests=self._question.rate * exposed,
            false_aborts=sum(end is not None for end in good) / len(good),
        )


class _Releases:
    """The good and the bad releases of some waves."""

    def __init__(self, question: Question, handler: HandlerTrials, setting: Setting) -> None:
        self._question = question
        self._handler = handler
        self._length = setting.promoted_after
        self._judged = [*setting.judged()]
        random = Random(f"{question.seed}:{[*map(tuple, setting.waves)]}")  # noqa: S311
        self._partitions = {bad: [*self._drawn(random, setting, bad=bad)] for bad in (True, False)}
        self._usual = self._usual_before(random, setting) if setting.compared else []
        self._before = [random.randrange(_HISTORIES) for _ in range(2 * question.releases)]

    def ends(self, setting: Setting, *, bad: bool) -> list[int | None]:
        """Return how many minutes after the first switch each release is stopped; None if it is promoted."""
        partitions, length = self._partitions[bad], self._length
        by_alarm: list[int | None] = [None] * self._question.releases
        if setting.alarm:
            starts = range(0, length * self._question.releases, length)
            by_alarm = [red_after(partitions, setting.alarm, start=start, minutes=length) for start in starts]
        if not setting.compared:
            return by_alarm
        minutes = [minute for stage in self._judged for minute in stage]
        stopped = self._handler.stopped_after(self._as_compared(bad=bad), setting.compared)
        compared = [None if number is None else minutes[number - 1] + 1 + READING for number in stopped]
        return [_first(pair) for pair in zip(by_alarm, compared, strict=True)]

    def _drawn(self, random: Random, setting: Setting, *, bad: bool) -> Iterator[Counts]:
        """Yield each partition's minutes, of all releases one after the other."""
        question, releases = self._question, self._question.releases
        for number, share in enumerate(setting.shares):
            switch = setting.switches[number] + 1 if bad else self._length
            rate = question.rate * share / 100
            spans = ((min(switch, self._length), question.usual), (max(0, self._length - switch), question.fault))
            before, after = (
                draw_counts(random, rate=rate, failing=failing, minutes=span * releases) for span, failing in spans
            )
            yield Counts(
                *(
                    _in_turns(*columns, parts=[span for span, _ in spans], turns=releases)
                    for columns in zip(before, after, strict=True)
                )
            )

    def _as_compared(self, *, bad: bool) -> Iterator[Release]:
        """Yield the releases as they are compared, each after one of the histories."""
        before = iter(self._before[bad * self._question.releases :])
        for number in range(self._question.releases):
            minutes = self._minutes_of(self._partitions[bad], number)
            yield [*zip(self._usual[next(before)], minutes, strict=True)]

    def _minutes_of(self, partitions: Sequence[Counts], number: int) -> Iterator[list[list[int]]]:
        start = number * self._length
        for new, stage in enumerate(self._judged, 1):
            yield sides(partitions, new, [start + minute for minute in stage])

    def _usual_before(self, random: Random, setting: Setting) -> list[list[Calibration]]:
        """Return what is usual at each stage, after each of the histories."""
        question, waves = self._question, range(1, len(setting.waves) + 1)
        partitions = [
            draw_counts(random, rate=question.rate * share / 100, failing=question.usual, minutes=_HISTORY * _HISTORIES)
            for share in setting.shares
        ]
        histories = [
            sides(partitions, new, range(start, start + _HISTORY))
            for start in range(0, _HISTORY * _HISTORIES, _HISTORY)
            for new in waves
        ]
        found = iter(self._handler.usual(histories))
        return [[next(found) for _ in waves] for _ in range(_HISTORIES)]


def _in_turns(first: Sequence[int], second: Sequence[int], *, parts: Sequence[int], turns: int) -> list[int]:
    """Return some of the first, then some of the second, and so on."""
    of_first, of_second = parts
    if not of_second:
        return [*first]
    return [
        number
        for turn in range(turns)
        for part in (
            first[turn * of_first : (turn + 1) * of_first],
            second[turn * of_second : (turn + 1) * of_second],
        )
        for number in part
    ]


def _first(times: tuple[int | None, int | None]) -> int | None:
    return min((time for time in times if time is not None), default=None)
