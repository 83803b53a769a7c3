"""Counts the requests that the one-box served while a release was baked: a quiet bake that saw nobody shows nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from . import aws
from .containment import split
from .reading import Reading
from .request import Request

_MINUTE: Final = timedelta(minutes=1)

# How late a metric comes is documented nowhere: three minutes without data are taken for data that is late.
_LATE: Final = timedelta(minutes=3)


@dataclass(frozen=True)
class Served:
    """What CloudWatch says about the alias under bake.

    Attributes:
        requests: How many invocations Lambda has reported so far; None if they could not be read.
        since: The beginning of the first whole minute of the bake.
        until: The end of the last minute with data; if there is none, up to when data would have come.
        problem: Why they could not be read; "" if they were.
    """

    requests: int | None
    since: datetime
    until: datetime
    problem: str = ""

    def __str__(self) -> str:
        if self.requests is None:
            return f"How many requests the one-box served could not be read ({self.problem})."
        counted = f"between {self.since:%H:%M} and {self.until:%H:%M} UTC; what came later may be missing"
        if self.requests:
            return f"The one-box served at least {self.requests:,} requests ({counted})."
        return (
            f"The one-box served no request that Lambda has reported ({counted}), so this bake shows nothing: nobody "
            "visited it, or CloudFront answered without it, from its cache or by edge code, also to canaries."
        )


def count_served(request: Request, reading: Reading, now: datetime) -> Served | None:
    """Count the requests, once the bake is over. What goes wrong here never keeps a release.

    Args:
        request: The request that is about to be answered.
        reading: What the last poll read.
        now: The time.

    Returns:
        The count; None for a wait that holds no alias under bake, or not for a minute.
    """
    baked, started = request.new.baked, request.started_at
    if baked is None or started is None:
        return None
    # The minute in which the one-box switched has requests of the former version as well.
    since = _minute(started + _MINUTE - timedelta(microseconds=1))
    if since >= now:
        return None
    try:
        found = aws.count_invocations(
            *split((reading.resources or {})[baked.alias].physical_id), since=since, until=now
        )
        if not found and now - since <= _LATE:
            return Served(None, since, now, "the bake is too short for its metrics to have arrived")
        until = max(found) + _MINUTE if found else now - _LATE
        return Served(sum(found.values()), since, min(now, until))
    except Exception as error:  # the release has passed, whatever is wrong with this
        problem = str(error) if isinstance(error, aws.AwsError) else type(error).__name__
        return Served(None, since, now, problem)


def _minute(time: datetime) -> datetime:
    return time.replace(second=0, microsecond=0)
