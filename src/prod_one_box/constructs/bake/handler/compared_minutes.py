"""Which minutes a comparison counts, and on which side each partition was in them.

A side is known by the time at which its aliases switched. The minute of a switch and the one before count for nobody:
CloudFormation reports a switch some seconds after it. Between two switches, the partitions that have switched are the
new side, and all others the old one; the hours before the release show how the same two sides differ on a good day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Final, NamedTuple

from .compared import Signal, settling_minutes
from .evidence import Counts, Stage, calibrate
from .marks import Mark

MINUTE: Final = timedelta(minutes=1)

HISTORY: Final = timedelta(hours=6)
"""How much of the time before a release shows how the partitions differ on a good day."""

_OPENS: Final = Mark.RELEASE_STARTED
MARKS: Final = (_OPENS, Mark.PROMOTED, Mark.RELEASE_ABORTED, Mark.ROLLED_BACK)
"""The marks that say when an earlier release ran: one opens it, each other one ends it."""

_AFTER_A_RELEASE: Final = 3
"""Minutes after the end of an earlier release that are not usual either."""

Series = Mapping[datetime, float]
"""A metric's value for each minute that has one."""


class PartitionSeries(NamedTuple):
    """What CloudWatch has of one partition.

    Attributes:
        switched_at: When it switched to the new version; None if it has not, or if the release does not change it.
        requests: Its requests.
        failures: What happened to some of them.
    """

    switched_at: datetime | None
    requests: Series
    failures: Mapping[Signal, Series]


class _Switch(NamedTuple):
    """A switch: its minute, and the partitions that are on the new version from then on."""

    minute: datetime
    new: frozenset[int]


class ComparedMinutes:
    """The minutes of a release that can be judged, and the usual ones before it."""

    def __init__(
        self, partitions: Sequence[PartitionSeries], marks: Mapping[Mark, Iterable[datetime]], until: datetime
    ) -> None:
        """Find the switches.

        Args:
            partitions: What CloudWatch has of each partition.
            marks: The minutes in which releases of the stack started and ended.
            until: The first minute that cannot be judged yet.
        """
        self._read = partitions, marks, until
        self._partitions = partitions
        self._until = until
        self._switches = _switches(partitions)
        self._unusual = _unusual(marks, until)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ComparedMinutes) and self._read == other._read

    def __hash__(self) -> int:
        return hash(self._until)

    @property
    def period(self) -> str:
        """The time from the first switch to the last minute that can be judged, for people."""
        start = self._switches[0].minute + MINUTE if self._switches else self._until
        return f"{start:%H:%M} to {max(start, self._until):%H:%M} UTC"

    @property
    def new_requests(self) -> int:
        """The requests that the new version has had since the last switch."""
        if not self._switches:
            return 0
        last = self._switches[-1]
        minutes = _minutes(last.minute + MINUTE, self._until)
        return round(sum(self._partitions[each].requests.get(minute, 0) for minute in minutes for each in last.new))

    def stages(self, signal: Signal) -> list[Stage]:
        """Return the minutes between the switches, each stage with what is usual for its sides."""
        ends = [*(each.minute - MINUTE for each in self._switches[1:]), self._until][: len(self._switches)]
        return [
            Stage(calibrate(self._usual(signal, switch.new)), self._counts(signal, switch.new, start, end))
            for switch, end in zip(self._switches, ends, strict=True)
            for start in [switch.minute + MINUTE * (1 + settling_minutes(signal))]
        ]

    def _usual(self, signal: Signal, new: frozenset[int]) -> list[Counts]:
        end = self._switches[0].minute - MINUTE
        return self._counts(signal, new, end - HISTORY, end, without=self._unusual)

    def _counts(
        self,
        signal: Signal,
        new: frozenset[int],
        start: datetime,
        end: datetime,
        without: frozenset[datetime] = frozenset(),
    ) -> list[Counts]:
        new_side: list[tuple[Series, Series]] = []
        old_side: list[tuple[Series, Series]] = []
        for number, each in enumerate(self._partitions):
            (new_side if number in new else old_side).append((each.requests, each.failures[signal]))
        found = (_minute(new_side, old_side, minute) for minute in _minutes(start, end) if minute not in without)
        return [each for each in found if each is not None]


def _minute(
    new: Iterable[tuple[Series, Series]], old: Iterable[tuple[Series, Series]], minute: datetime
) -> Counts | None:
    """Return a minute's counts; None unless both sides' requests are there, so that no failure means none."""
    counts: list[int] = []
    # A statistic that CloudWatch estimates need not be whole: it is rounded in favour of the new version.
    for side, whole in ((new, floor), (old, ceil)):
        served = failed = 0.0
        for requests, failures in side:
            if minute in requests:
                served += requests[minute]
                failed += failures.get(minute, 0)
        if not round(served):
            return None
        counts += [round(served), min(whole(failed), round(served))]
    return Counts(*counts)


def _switches(partitions: Sequence[PartitionSeries]) -> list[_Switch]:
    times = sorted({minute_of(each.switched_at) for each in partitions if each.switched_at})
    return [
        _Switch(
            time,
            frozenset(
                number
                for number, each in enumerate(partitions)
                if each.switched_at and minute_of(each.switched_at) <= time
            ),
        )
        for time in times
    ]


def _unusual(marks: Mapping[Mark, Iterable[datetime]], until: datetime) -> frozenset[datetime]:
    """Return the minutes of earlier releases, and the few after each; one without an end has not ended."""
    events = sorted(
        {(minute_of(time), mark is not Mark.RELEASE_STARTED) for mark in MARKS for time in marks.get(mark, ())}
    )
    found: set[datetime] = set()
    started: datetime | None = None
    for time, ends in events:
        if not ends:
            started = started or time
            continue
        found.update(_minutes((started or time) - MINUTE, time + MINUTE * (1 + _AFTER_A_RELEASE)))
        started = None
    if started:
        found.update(_minutes(started - MINUTE, until))
    return frozenset(found)


def _minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


def minute_of(time: datetime) -> datetime:
    """Return the start of a time's minute."""
    return time.replace(second=0, microsecond=0)
