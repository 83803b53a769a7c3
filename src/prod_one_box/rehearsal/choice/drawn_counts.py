"""Requests and failures of a site's partitions, minute by minute, drawn at random."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from ..poisson import poisson


class Counts(NamedTuple):
    """A partition's requests and failures, each a list of minutes."""

    requests: list[int]
    failures: list[int]


def draw_counts(random: Random, *, rate: float, failing: float, minutes: int) -> Counts:
    """Draw a partition's minutes: requests that arrive and fail independently of each other.

    Args:
        random: What draws.
        rate: The partition's requests a minute.
        failing: The share of them that fail, 0 to 1.
        minutes: How many minutes.
    """
    # The failed and the other ones of independent requests are independent of each other.
    failures = poisson(random, rate * failing, minutes)
    others = poisson(random, rate * (1 - failing), minutes)
    return Counts([failed + other for failed, other in zip(failures, others, strict=True)], failures)


def sides(partitions: Sequence[Counts], new: int, minutes: Sequence[int]) -> list[list[int]]:
    """Return the requests and failures of both sides in some minutes; the first `new` partitions are the new side."""
    columns = [
        _sum([getattr(each, name) for each in side], minutes)
        for side in (partitions[:new], partitions[new:])
        for name in Counts._fields
    ]
    return [[*each] for each in zip(*columns, strict=True)]


def _sum(columns: Sequence[Sequence[int]], minutes: Sequence[int]) -> list[int]:
    if len(columns) == 1:
        return [columns[0][minute] for minute in minutes]
    return [sum(column[minute] for column in columns) for minute in minutes]
