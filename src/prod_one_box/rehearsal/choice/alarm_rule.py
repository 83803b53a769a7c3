"""When the alarm on errors ends a simulated release."""

from collections.abc import Iterator, Sequence
from typing import Final

from .drawn_counts import Counts
from .setting import ErrorAlarm

_DELAY: Final = 1
"""Minutes after the end of a period until an alarm counts it; *assumed*, as in a rehearsal."""


def red_after(partitions: Sequence[Counts], alarm: ErrorAlarm, *, start: int, minutes: int) -> int | None:
    """Return the minutes after which the first alarm of a release's partitions is red; None if none is.

    Args:
        partitions: The partitions.
        alarm: The alarm that each has.
        start: Where the release starts in their lists.
        minutes: How long the alarms are watched.
    """
    times = (_red_after(each, alarm, start, minutes) for each in partitions)
    return min((time for time in times if time is not None), default=None)


def _red_after(partition: Counts, alarm: ErrorAlarm, start: int, minutes: int) -> int | None:
    in_a_row = 0
    for end, breaches in _periods(partition, alarm, start, minutes):
        in_a_row = in_a_row + 1 if breaches else 0
        if in_a_row == alarm.datapoints:
            time = end + _DELAY
            return time if time <= minutes else None
    return None


def _periods(partition: Counts, alarm: ErrorAlarm, start: int, minutes: int) -> Iterator[tuple[int, bool]]:
    """Yield the end of each period, and whether it breaches."""
    rate, least, period = alarm.error_rate / 100, alarm.minimum_requests, alarm.period
    requests, failures = partition
    if period == 1:
        for minute in range(minutes):
            failed = failures[start + minute]
            # Most minutes have no failure, and a rate is never below 0.
            yield (
                minute + 1,
                bool(failed)
                and requests[start + minute] >= max(least, 1)
                and (failed > rate * requests[start + minute]),
            )
        return
    for minute in range(0, minutes - period + 1, period):
        span = slice(start + minute, start + minute + period)
        total = sum(requests[span])
        yield minute + period, total >= least and sum(failures[span]) > rate * total
