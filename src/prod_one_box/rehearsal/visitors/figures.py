"""What a release cost its visitors, and how long it took: the numbers that a report leads with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from ..release.aliases import AliasMove
from .timeline import Impact


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of one play of a release. Seconds that nothing happened in are None.

    Attributes:
        visitors: Distinct visitors while it went on.
        requests: Their requests.
        met: Distinct visitors whom the bad version served; in a release without a fault, the new version.
        met_error: Distinct visitors who met an error of the new versions.
        saw_broken: Distinct visitors who saw a page that did not work.
        saw_replaced: Distinct visitors whose page was replaced under them; nothing protects them yet.
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
        detect: From then until the first alarm turned red, in seconds.
        contain: From then until no alias served the bad version any more, in seconds.
        back: From then, or in a release without a fault from the update's failure, until every alias was as before.
        total: From the update's beginning to its end, in seconds.
        held: How much of the total CodeDeploy's shifts and the bake took, in seconds.
    """

    visitors: int
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
    detect: float | None
    contain: float | None
    back: float | None
    total: float
    held: float

    @property
    def overhead(self) -> float:
        """How much of the total was neither shift nor bake, in seconds."""
        return self.total - self.held


def figures_of(
    impact: Impact,
    *,
    moves: Sequence[AliasMove],
    bad: Mapping[str, str],
    red_at: Iterable[float],
    ended_at: float | None,
    total: float,
    held: float,
    restored: bool,
) -> Figures:
    """Puts the figures of one play together.

    Args:
        impact: What visitors met.
        moves: Every move of an alias.
        bad: The bad version of each alias that has one; empty in a release without a fault.
        red_at: When alarms turned red.
        ended_at: When the update failed; None if it did not.
        total: When the update ended, in seconds.
        held: How much of it the shifts and the bake took.
        restored: Whether every alias is as it was.
    """
    served = [move for move in moves if move.alias in bad]
    exposed_at = min((move.time for move in served if move.after.serves(bad[move.alias])), default=None)
    everybody = max(1, impact.visitors)
    return Figures(
        **asdict(impact),
        blast_radius=impact.met / everybody,
        share_with_error=impact.met_error / everybody,
        share_with_broken=impact.saw_broken / everybody,
        exposed_at=exposed_at,
        detect=_since(exposed_at, min((at for at in red_at if at >= (exposed_at or 0.0)), default=None)),
        contain=_since(exposed_at, _contained_at(served, bad)),
        back=_since(exposed_at if bad else ended_at, moves[-1].time if restored and moves else None),
        total=total,
        held=held,
    )


def worst_of(plays: Sequence[Figures]) -> Figures:
    """The worst of each figure by itself: a moment that never came is worse than any other."""
    return Figures(**{each.name: _worst(each.name, plays) for each in fields(Figures)})  # type: ignore[arg-type]


def _worst(name: str, plays: Sequence[Figures]) -> float | None:
    values: list[float | None] = [getattr(play, name) for play in plays]
    known = [value for value in values if value is not None]
    if name == "exposed_at":
        return min(known, default=None)
    if len(known) < len(values):
        return None
    return max(known)


def _since(begin: float | None, end: float | None) -> float | None:
    return None if begin is None or end is None else end - begin


def _contained_at(moves: Sequence[AliasMove], bad: Mapping[str, str]) -> float | None:
    """When the last alias left the bad version; None if one still serves it."""
    last = {move.alias: move for move in moves}
    if any(move.after.serves(bad[alias]) for alias, move in last.items()):
        return None
    left = [move.time for move in moves if move.before and move.before.serves(bad[move.alias])]
    return max(left, default=None)
