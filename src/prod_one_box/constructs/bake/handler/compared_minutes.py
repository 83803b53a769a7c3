"""Which minutes a comparison counts, and on which side each partition was in them.

A side is known by the time at which its aliases switched. The minute of a switch and the one before count for nobody:
CloudFormation reports a switch some seconds after it. Between two switches, the partitions that have switched are the
new side, and all others the old one; the hours before the release show how the same two sides differ on a good day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Final, NamedTuple

from .calibration import Counts, calibrate
from .compared import Signal, settling_minutes
from .evidence import Stage
from .marks import Mark

MINUTE: Final = timedelta(minutes=1)

HISTORY: Final = timedelta(hours=6)
"""How much of the time before a release shows how the partitions differ on a good day."""

_STARTS: Final = (Mark.RELEASE_STARTED, Mark.BAKE_STARTED)
_ENDS: Final = (Mark.PROMOTED, Mark.RELEASE_ABORTED, Mark.ROLLED_BACK)
MARKS: Final = (*_STARTS, *_ENDS)
"""The marks that say when partitions were on different versions: from the first bake to the end of a release."""

_AFTER_A_RELEASE: Final = 3
"""Minutes after the end of an earlier release that are not usual either."""


Series = Mapping[datetime, float]
"""A metric's value for each minute that has one."""


class PartitionSeries(NamedTuple):
    """What CloudWatch has of one partition.

    Attributes:
        switched_at: When it switched to the new version; None if it has not, or if the release does not change it.
        requests: Its requests.
        failures: What happened to some of them; a signal that could not be read is left out.
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
        self, partitions: Sequence[PartitionSeries], marks: Mapping[Mark, Iterable[datetime]] | None, until: datetime
    ) -> None:
        """Find the switches.

        Args:
            partitions: What CloudWatch has of each partition.
            marks: The minutes in which releases of the stack started and ended; None if they could not be read, so that
                no minute is known to be usual.
            until: The first minute that cannot be judged yet.
        """
        self._partitions = partitions
        self._until = until
        self._switches = _switches(partitions)
        self._marks = marks

    @property
    def has_switched(self) -> bool:
        """Whether any partition has got a new version."""
        return bool(self._switches)

    def has_read(self, signal: Signal) -> bool:
        """Return whether a signal could be read of every partition."""
        return all(signal in each.failures for each in self._partitions)

    @property
    def period(self) -> str:
        """The time from the first switch to the last minute that can be judged, for people."""
        start = self._switches[0].minute + MINUTE if self._switches else self._until
        return f"{start:%H:%M} to {max(start, self._until):%H:%M} UTC"

    @property
    def new_requests(self) -> int:
        """The requests that the new version has had since the last switch."""
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
        if self._marks is None:
            return []
        return self._counts(signal, new, end - HISTORY, end, without=_unusual(self._marks, end - HISTORY, end))

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
                served += max(0, requests[minute])
                failed += max(0, failures.get(minute, 0))
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


def _unusual(marks: Mapping[Mark, Iterable[datetime]], since: datetime, until: datetime) -> frozenset[datetime]:
    """Return the minutes in which a release had the partitions on different versions, and the few after each.

    A release of the backend alone starts without a bake, and concerns both sides alike. An end without any start
    belongs to a release that began before these minutes, or whose start is not known. A bake without an end has not
    ended.
    """
    by_minute: dict[datetime, set[Mark]] = {}
    for mark in MARKS:
        for time in marks.get(mark, ()):
            by_minute.setdefault(minute_of(time), set()).add(mark)
    found: set[datetime] = set()
    former_end, begun, baked = since, False, None
    for time, here in sorted(by_minute.items()):
        was_begun = begun
        begun = begun or not here.isdisjoint(_STARTS)
        if Mark.BAKE_STARTED in here:
            baked = baked or time
        if here.isdisjoint(_ENDS):
            continue
        end = time + MINUTE * (1 + _AFTER_A_RELEASE)
        found.update(_minutes((baked or (time if begun else former_end)) - MINUTE, end))
        # Another release may start in the minute in which one ends.
        former_end, begun, baked = end, was_begun and Mark.RELEASE_STARTED in here, None
    if baked:
        found.update(_minutes(baked - MINUTE, until))
    return frozenset(found)


def _minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


def minute_of(time: datetime) -> datetime:
    """Return the start of a time's minute."""
    return time.replace(second=0, microsecond=0)
