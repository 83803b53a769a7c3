"""Plays a release in every way in which it can go back; ways that are the same to visitors only once."""

from collections.abc import Callable
from dataclasses import replace

from .aws.aliases import AliasMove
from .aws.outcome import Outcome
from .plan.release_plan import Managed, ReleasePlan, WayBack, ways_back
from .play import Play, play, play_without_visitors, traffic_before
from .visitors.invariants import with_history
from .visitors.scenario import Scenario

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is in all."""


def every_play(plan: ReleasePlan, scenario: Scenario, first: Play, progress: Progress) -> list[Play]:
    """Play a release that goes back in every way in which that can happen; `first` is its play in one of them.

    Visitors notice nothing but the aliases' moves. So each way is played without visitors first, with the metrics of
    the first play, which are the same until the update ends. Only ways with other moves are then played with visitors,
    and only from that moment on.
    """
    if first.outcome.promoted:
        return [first]
    cache = _PlaysByMoves(plan, scenario, first)
    ways = sorted(ways_back(plan, first.outcome.touched), key=lambda way: list(Managed).index(way.managed))
    plays: list[Play] = []
    for number, way in enumerate(ways):
        progress("Playing its ways back", number, len(ways))
        plays.append(cache.play(way))
    return plays


class _PlaysByMoves:
    """The ways back that were played, by the moves of the aliases."""

    def __init__(self, plan: ReleasePlan, scenario: Scenario, first: Play) -> None:
        self._plan = plan
        self._scenario = scenario
        self._first = first
        self._checkpoint = traffic_before(plan, scenario, first)
        self._by_moves: dict[tuple[AliasMove, ...], Play] = {first.moves: first}
        self._shifted: dict[tuple[str, ...], Play] = {}

    def play(self, way: WayBack) -> Play:
        """Play one way, or find the play that is the same to visitors."""
        plan = replace(self._plan, way_back=way)
        if way.managed is Managed.STOPPED:
            return self._stopped(plan)
        outcome, moves = play_without_visitors(plan, self._scenario, self._first)
        if moves not in self._by_moves:
            self._by_moves[moves] = self._with_visitors(plan)
        found = _with(self._by_moves[moves], outcome)
        if way.managed is Managed.SHIFTED:
            self._shifted[way.order] = found
        return found

    def _stopped(self, plan: ReleasePlan) -> Play:
        """Play a shift back that alarms may stop; with none red meanwhile, it is the shift that they cannot stop."""
        twin = self._shifted.get(plan.way_back.order)
        stopping = {name for alias in plan.aliases.values() if alias.shift for name in alias.shift.alarms}
        if twin is None or stopping & set(self._scenario.red) or _was_red(twin, stopping):
            return self._with_visitors(plan)
        return _with(twin, replace(twin.outcome, way_back=str(plan.way_back)))

    def _with_visitors(self, plan: ReleasePlan) -> Play:
        """Play from where the update ended, and drop the metrics, which no other play needs."""
        found = play(plan, self._scenario, checkpoint=self._checkpoint, first=self._first)
        return replace(found, store=self._first.store)


def _with(found: Play, outcome: Outcome) -> Play:
    """Return a play with another outcome that is the same to visitors."""
    figures = replace(found.figures, total=outcome.finished_at)
    return replace(found, outcome=outcome, figures=figures, verdicts=with_history(found.verdicts, outcome.too_early))


def _was_red(twin: Play, alarms: set[str]) -> bool:
    """Check whether any alarm was red after the update ended."""
    ended = twin.outcome.ended_at or 0.0
    before = {change.logical_id: change.after for change in twin.alarms if change.time <= ended}
    later = {change.logical_id for change in twin.alarms if change.time > ended and change.after == "ALARM"}
    return bool(alarms & later) or any(before.get(name) == "ALARM" for name in alarms)
