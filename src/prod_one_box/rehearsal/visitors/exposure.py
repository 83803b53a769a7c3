"""The exposure of a release, wave by wave: which partition switched when, and how many visitors the new version met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...vocabulary import BAKE, ONE_BOX
from ..aws.aliases import AliasMove
from ..aws.outcome import Span
from ..plan.phases import wave_of
from ..plan.release_plan import ReleasePlan
from .scenario import Scenario
from .timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class WaveExposure:
    """A partition's turn in a release.

    Attributes:
        partition: The partition's name.
        alias: The logical id of its alias.
        function: The name of its function, in canonical text; partitions may share it.
        share: The share of visitors in the partition, 0 to 1.
        exposure: The share of visitors in this partition and those before it, 0 to 1.
        switched_at: When the partition switched to the new version, in seconds; None if it never did.
        met: Distinct visitors of the partition whom its bad version served; in a release without a fault, its new
            version.
        baked: Requests that the partition's new version answered during the bake after its switch; None without one.
    """

    partition: str
    alias: str
    function: str
    share: float
    exposure: float
    switched_at: float | None
    met: int
    baked: int | None


def wave_exposures(
    plan: ReleasePlan,
    scenario: Scenario,
    *,
    moves: Sequence[AliasMove],
    spans: Sequence[Span],
    timeline: Timeline,
    met: Mapping[str, int],
) -> tuple[WaveExposure, ...]:
    """Return the turn of each partition that a release changes, in the order of a release.

    `met` has the distinct visitors of each partition whom the bad version served.
    """
    found: list[WaveExposure] = []
    exposure = 0.0
    for partition, tier in scenario.site.front_ends.items():
        if not tier.changes:
            continue
        share = scenario.shares[partition] / 100
        exposure = round(exposure + share, 6)
        switches = (each.time for each in moves if each.alias == tier.alias and each.after.serves(tier.new_version))
        found.append(
            WaveExposure(
                partition=partition,
                alias=tier.alias,
                function=tier.function,
                share=share,
                exposure=exposure,
                switched_at=min(switches, default=None),
                met=met[partition],
                baked=_baked_requests(timeline, tier.alias, _bakes(plan, spans, partition)),
            )
        )
    return tuple(found)


def _bakes(plan: ReleasePlan, spans: Sequence[Span], partition: str) -> list[Span]:
    """Return the spans of the bakes after a partition's switch; a bake that names no wave is the one-box's."""
    return [
        span
        for span in spans
        if span.phase == BAKE and span.name in plan.changed and not span.back
        if (wave_of(plan.new.resources[span.name]) or ONE_BOX) == partition
    ]


def _baked_requests(timeline: Timeline, alias: str, bakes: Sequence[Span]) -> int | None:
    if not bakes or alias not in timeline.tiers:
        return None
    tier = timeline.tiers.index(alias)
    return sum(each.new[tier] for each in timeline.slices for bake in bakes if bake.begin <= each.start < bake.end)
