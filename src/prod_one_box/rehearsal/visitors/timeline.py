"""What visitors experienced, slice of time by slice of time."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

SLICE: Final = 10.0
"""The length of a slice, in seconds; six make a minute, the period of the metrics."""


@dataclass(kw_only=True)
class Impact:
    """What visitors experienced since the update started.

    In a release without a fault, "the bad version" stands for the new version.

    Attributes:
        visitors: Distinct visitors.
        came: Distinct visitors who requested a page while the bad version served anybody, or whom it served.
        requests: All requests.
        met: Distinct visitors whom the bad version served.
        met_error: Distinct visitors who got an error from a new version.
        saw_broken: Distinct visitors who saw a broken page, other than a replaced one.
        saw_replaced: Distinct visitors whose page was replaced while in use, which `RetainedAssets` prevents.
        requests_met: Requests that the bad version answered.
        errors: Requests that failed on a new version.
        pages: Pages that loaded.
        broken: How many of them do not work, other than replaced ones.
        replaced: How many of them do not work because their release was replaced while in use.
        pages_apart: Pages that loaded while the partitions were on different releases.
        broken_apart: How many of those do not work.
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
        start: When it starts, in seconds.
        old: For each tier, the number of requests that the old version answered.
        new: For each tier, the number of requests that the new version answered.
        errors: For each tier, how many of the latter failed.
        broken: Pages that do not work, other than replaced ones.
        replaced: Pages that do not work because their release was replaced while in use.
        met: Distinct visitors whom the bad version has served so far.
        met_error: Distinct visitors who have got an error so far.
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


class WeightPeriod(NamedTuple):
    """A period during which an alias gave the new version a constant share of the requests.

    Attributes:
        alias: The alias's logical id.
        begin: When the period started, in seconds.
        end: When it ended, in seconds.
        part: The configured share, above 0 and up to 1.
        old: The number of requests that the old version answered.
        new: The number of requests that the new version answered.
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
    """All slices in order, and their totals.

    Attributes:
        tiers: The alias of each tier, in the order of the slices' numbers.
        impact: What visitors experienced altogether.
        slices: The slices since the update started.
        weight_periods: The requests during each period of constant alias weights.
    """

    tiers: tuple[str, ...]
    impact: Impact
    slices: list[Slice] = field(default_factory=list)
    weight_periods: list[WeightPeriod] = field(default_factory=list)
