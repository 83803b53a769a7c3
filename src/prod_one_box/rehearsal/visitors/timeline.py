"""What visitors met, slice of time by slice of time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

SLICE: Final = 10.0
"""How long a slice is, in seconds; a minute, the period of the metrics, is six of them."""


@dataclass
class Impact:
    """What visitors met from the update's beginning on.

    Attributes:
        visitors: Distinct visitors.
        came: Distinct visitors who asked for a page, or met the bad version, while it served anybody; in a release
            without a fault, the new version.
        requests: All requests.
        met: Distinct visitors whom the bad version served; in a release without a fault, the new version.
        met_error: Distinct visitors who met an error of the new versions.
        saw_broken: Distinct visitors who saw a page that did not work, and was not merely replaced under them.
        saw_replaced: Distinct visitors whose page was replaced under them.
        requests_met: Requests that the bad version answered.
        errors: Requests that failed.
        pages: Pages that visitors got.
        broken: Pages among them that do not work.
        replaced: Pages that do not work because their release was replaced under their visitor.
        pages_apart: Pages that visitors got while the partitions were on different releases.
        broken_apart: Pages among these that do not work.
    """

    visitors: int = 0
    came: int = 0
    requests: int = 0
    met: int = 0
    met_error: int = 0
    saw_broken: int = 0
    saw_replaced: int = 0
    requests_met: int = 0
    errors: int = 0
    pages: int = 0
    broken: int = 0
    replaced: int = 0
    pages_apart: int = 0
    broken_apart: int = 0


@dataclass(frozen=True)
class Slice:
    """What happened in one slice.

    Attributes:
        start: When it begins, in seconds.
        old: For each tier, the requests that the version before the release answered.
        new: For each tier, the requests that the release's version answered.
        errors: For each tier, how many of the latter failed.
        broken: Pages that do not work, and were not merely replaced under their visitor.
        replaced: Pages that do not work because their release was replaced under their visitor.
        met: Distinct visitors whom the bad version has served so far.
        met_error: Distinct visitors who have met an error so far.
        saw_broken: Distinct visitors who have seen a broken page so far.
    """

    start: float
    old: tuple[int, ...]
    new: tuple[int, ...]
    errors: tuple[int, ...]
    broken: int
    replaced: int
    met: int
    met_error: int
    saw_broken: int

    @classmethod
    def of(
        cls, start: float, tally: Sequence[tuple[int, int, int]], impact: Impact, before: tuple[int, int]
    ) -> "Slice":
        """Closes a slice.

        Args:
            start: When it began.
            tally: For each tier its old requests, its new ones, and how many of these failed.
            impact: What visitors have met so far.
            before: The broken and the replaced pages when the slice began.
        """
        return cls(
            start=start,
            old=tuple(old for old, _, _ in tally),
            new=tuple(new for _, new, _ in tally),
            errors=tuple(errors for _, _, errors in tally),
            broken=impact.broken - before[0],
            replaced=impact.replaced - before[1],
            met=impact.met,
            met_error=impact.met_error,
            saw_broken=impact.saw_broken,
        )


class Stand(NamedTuple):
    """A stretch of time for which the release's version got the same part of an alias's requests.

    Attributes:
        alias: The alias's logical id.
        begin: When it began, in seconds.
        end: When it was over, in seconds.
        part: The part that the release's version was to get, above 0 and up to 1.
        old: How many requests the version before the release answered.
        new: How many the release's version answered.
        failed: How many of the latter failed.
    """

    alias: str
    begin: float
    end: float
    part: float
    old: int
    new: int
    failed: int


@dataclass
class Timeline:
    """All slices, in their order, and their sum.

    Attributes:
        tiers: The alias of each tier, in the order of the slices' lists.
        impact: What visitors met altogether.
        slices: The slices from the update's beginning on.
        stands: What each part of an alias's requests came to, step by step.
    """

    tiers: tuple[str, ...]
    impact: Impact
    slices: list[Slice] = field(default_factory=list)
    stands: list[Stand] = field(default_factory=list)
