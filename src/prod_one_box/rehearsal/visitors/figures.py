"""What a release cost its visitors, and how long it took: the numbers that a report leads with."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from ..aws.aliases import AliasMove
from .timeline import Impact


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of one play of a release. A moment that never came is None.

    Attributes:
        visitors: Distinct visitors while it went on.
        came: Distinct visitors who asked for a page, or met the bad version, while it served anybody; in a release
            without a fault, the new version.
        requests: Their requests.
        met: Distinct visitors whom the bad version served; in a release without a fault, the new version.
        met_error: Distinct visitors who met an error of the new versions.
        saw_broken: Distinct visitors who saw a page that did not work.
        saw_replaced: Distinct visitors whose page was replaced under them, which `RetainedAssets` prevents.
        requests_met: Requests that the bad version answered.
        errors: Requests that failed.
        pages: Pages that visitors got.
        broken: Pages among them that did not work.
        replaced: Pages that did not work because their release was replaced under their visitor.
        pages_apart: Pages that visitors got while the partitions were on different releases.
        broken_apart: Pages among these that did not work.
        blast_radius: Distinct visitors whom the bad version served, over all visitors.
        share_with_error: Distinct visitors who met an error, over all visitors.
        share_with_broken: Distinct visitors who saw a page that did not work, over all visitors.
        exposed_at: When the bad version first served somebody, in seconds after the update began; None in a release
            without a fault.
        ended_at: When the update failed or was cancelled, in seconds after it began; None if it did not.
        detect: From the exposure until an alarm was red that a wait or a deployment group of this release watched then,
            in seconds.
        alarmed: From the exposure until the first alarm turned red, whether or not anybody watched it, in seconds.
        contain: From the exposure until no alias served the bad version any more, in seconds.
        back: From the exposure, or without one from the update's failure, until every alias was as before.
        total: From the update's beginning to its end, in seconds.
        held: How much of the total CodeDeploy's shifts and the bake took, in seconds.
        baked: Requests that the one-box's new version answered during the bake; None if nothing was baked.
    """

    visitors: int
    came: int
    requests: int
    met: int
    met_error: int
    saw_broken: int
    saw_replaced: int
    requests_met: int
    errors: int
    pages: int
    broken: int
    replaced: int
    pages_apart: int
    broken_apart: int
    blast_radius: float
    share_with_error: float
    share_with_broken: float
    exposed_at: float | None
    ended_at: float | None
    detect: float | None
    alarmed: float | None
    contain: float | None
    back: float | None
    total: float
    held: float
    baked: int | None

    @property
    def overhead(self) -> float:
        """How much of the total was neither shift nor bake, in seconds."""
        return self.total - self.held

    @property
    def share_met(self) -> float:
        """Distinct visitors whom the bad version served, over those who came while it did."""
        return self.met / max(1, self.came)


def figures_of(
    impact: Impact,
    *,
    moves: Sequence[AliasMove],
    bad: Mapping[str, str],
    noticed_at: float | None,
    red_at: float | None,
    ended_at: float | None,
    total: float,
    held: float,
    restored: bool,
    baked: int | None,
) -> Figures:
    """Puts the figures of one play together.

    Args:
        impact: What visitors met.
        moves: Every move of an alias.
        bad: The bad version of each alias that has one; empty in a release without a fault.
        noticed_at: When an alarm was red first that somebody watched.
        red_at: When an alarm turned red first, since the exposure.
        ended_at: When the update failed; None if it did not.
        total: When the update ended, in seconds.
        held: How much of it the shifts and the bake took.
        restored: Whether every alias is as it was.
        baked: How many requests the new version answered under bake; None if nothing was baked.
    """
    served = [move for move in moves if move.alias in bad]
    exposed_at = first_exposure(moves, bad)
    everybody = max(1, impact.visitors)
    return Figures(
        **asdict(impact),
        blast_radius=impact.met / everybody,
        share_with_error=impact.met_error / everybody,
        share_with_broken=impact.saw_broken / everybody,
        exposed_at=exposed_at,
        ended_at=ended_at,
        detect=_since(exposed_at, noticed_at),
        alarmed=_since(exposed_at, red_at),
        contain=_since(exposed_at, _contained_at(served, bad)),
        back=_back(exposed_at, ended_at, moves) if restored else None,
        total=total,
        held=held,
        baked=baked,
    )


def first_exposure(moves: Sequence[AliasMove], bad: Mapping[str, str]) -> float | None:
    """When the bad version of any alias first got requests, in seconds; None if none ever did."""
    return min((each.time for each in moves if each.alias in bad and each.after.serves(bad[each.alias])), default=None)


def _since(begin: float | None, end: float | None) -> float | None:
    return None if begin is None or end is None else end - begin


def _back(exposed_at: float | None, ended_at: float | None, moves: Sequence[AliasMove]) -> float | None:
    """From the exposure, or without one from the update's end, until the last alias moved; 0 if none had to."""
    begin = ended_at if exposed_at is None else exposed_at
    return None if begin is None else max(0.0, moves[-1].time - begin) if moves else 0.0


def _contained_at(moves: Sequence[AliasMove], bad: Mapping[str, str]) -> float | None:
    """When the last alias left the bad version; None if one still serves it."""
    last = {move.alias: move for move in moves}
    if any(move.after.serves(bad[alias]) for alias, move in last.items()):
        return None
    left = [move.time for move in moves if move.before and move.before.serves(bad[move.alias])]
    return max(left, default=None)
