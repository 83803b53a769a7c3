"""The figures of a release: what it cost its visitors, and how long it took."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from ..aws.aliases import AliasMove
from .timeline import Impact


@dataclass(kw_only=True)
class Figures(Impact):
    """The impact on visitors, its shares, and the times of one play of a release; None for what never happened.

    Attributes:
        blast_radius: Distinct visitors whom the bad version served, over all visitors.
        share_with_error: Distinct visitors who got an error, over all visitors.
        share_with_broken: Distinct visitors who saw a broken page, over all visitors.
        exposed_at: When the bad version first served a visitor, in seconds after the update started; in a release
            without a fault, the new version.
        ended_at: When the update failed or was cancelled, in seconds after it started; None if it succeeded.
        detect: From the exposure until an alarm was red while a wait or a deployment group of this release watched it,
            or until the minute could be read by which the comparison ended the release, in seconds.
        compared: Whether the comparison detected it first.
        alarmed: From the exposure until the first alarm turned red, watched or not, in seconds.
        contain: From the exposure until no alias served the bad version any more, in seconds.
        back: From the exposure, or without one from the update's failure, until every alias was as before, in seconds.
        total: From the start of the update to its end, in seconds.
        held: How much of the total CodeDeploy's shifts, the bakes and the watch took, in seconds.
    """

    blast_radius: float
    share_with_error: float
    share_with_broken: float
    exposed_at: float | None
    ended_at: float | None
    detect: float | None
    compared: bool
    alarmed: float | None
    contain: float | None
    back: float | None
    total: float
    held: float

    @property
    def overhead(self) -> float:
        """How much of the total was neither shift, bake nor watch, in seconds."""
        return self.total - self.held

    @property
    def share_met(self) -> float:
        """Distinct visitors whom the bad version served, over the visitors while it served anybody."""
        return self.met / max(1, self.came)


def figures_of(
    impact: Impact,
    *,
    moves: Sequence[AliasMove],
    bad: Mapping[str, str],
    noticed_at: float | None,
    worse_at: float | None = None,
    red_at: float | None,
    ended_at: float | None,
    total: float,
    held: float,
    restored: bool,
) -> Figures:
    """Return the figures of one play, in which `bad` names the bad version of each alias that has one.

    Times are in seconds: `noticed_at` when a watched alarm was first red, `worse_at` when the comparison could find the
    new version worse, `red_at` when any alarm first turned red after the exposure, `ended_at` when the update failed;
    None for what never happened. `restored` says whether every alias is as it was.
    """
    exposed_at = first_exposure(moves, bad)
    compared = worse_at is not None and (noticed_at is None or worse_at < noticed_at)
    visitors = max(1, impact.visitors)
    return Figures(
        **asdict(impact),
        blast_radius=impact.met / visitors,
        share_with_error=impact.met_error / visitors,
        share_with_broken=impact.saw_broken / visitors,
        exposed_at=exposed_at,
        ended_at=ended_at,
        detect=_since(exposed_at, worse_at if compared else noticed_at),
        compared=compared,
        alarmed=_since(exposed_at, red_at),
        contain=_since(exposed_at, _contained_at([move for move in moves if move.alias in bad], bad)),
        back=_back(exposed_at, ended_at, moves) if restored else None,
        total=total,
        held=held,
    )


def first_exposure(moves: Sequence[AliasMove], bad: Mapping[str, str]) -> float | None:
    """Return when the bad version of any alias first got requests, in seconds; None if that never happened."""
    return min((each.time for each in moves if each.alias in bad and each.after.serves(bad[each.alias])), default=None)


def _since(begin: float | None, end: float | None) -> float | None:
    return None if begin is None or end is None else end - begin


def _back(exposed_at: float | None, ended_at: float | None, moves: Sequence[AliasMove]) -> float | None:
    """Return the time from the exposure, or else from the update's failure, until the last alias moved, or 0."""
    begin = ended_at if exposed_at is None else exposed_at
    return None if begin is None else max(0.0, moves[-1].time - begin) if moves else 0.0


def _contained_at(moves: Sequence[AliasMove], bad: Mapping[str, str]) -> float | None:
    """Return when the last alias left the bad version; None if one still serves it."""
    last = {move.alias: move for move in moves}
    if any(move.after.serves(bad[alias]) for alias, move in last.items()):
        return None
    left = [move.time for move in moves if move.before and move.before.serves(bad[move.alias])]
    return max(left, default=None)
