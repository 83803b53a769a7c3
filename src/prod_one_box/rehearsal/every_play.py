"""Plays a release in every way in which it can go back, those that are alike to visitors only once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from .aws.aliases import AliasMove
from .aws.outcome import Outcome
from .plan.release_plan import Managed, ReleasePlan, WayBack, ways_back
from .play import Play, play, sketch, traffic_before
from .visitors.invariants import with_history
from .visitors.scenario import Scene

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


def every_play(plan: ReleasePlan, scene: Scene, red: Sequence[str], first: Play, progress: Progress) -> list[Play]:
    """Plays a release that goes back in every way in which that can happen.

    What visitors meet depends on the aliases' moves alone. So each way is first played without visitors, by the first
    play's metrics, which are the same until the update ends; only ways whose moves differ are then played with them,
    and only from that moment on.

    Args:
        plan: The release.
        scene: The site and its visitors.
        red: The alarms that are red already.
        first: The release, played in one of them; all that there is to play if it did not go back.
        progress: Told how far it is.
    """
    if first.outcome.promoted:
        return [first]
    played = _Played(plan, scene, red, first)
    ways = sorted(ways_back(plan, first.outcome.touched), key=lambda way: list(Managed).index(way.managed))
    plays: list[Play] = []
    for number, way in enumerate(ways):
        progress("Playing its ways back", number, len(ways))
        plays.append(played.another(way))
    return plays


class _Played:
    """The ways back that were played, by the moves of the aliases."""

    def __init__(self, plan: ReleasePlan, scene: Scene, red: Sequence[str], first: Play) -> None:
        self._plan = plan
        self._scene = scene
        self._red = red
        self._first = first
        self._beginning = traffic_before(plan, scene, first)
        self._by_moves: dict[tuple[AliasMove, ...], Play] = {first.moves: first}
        self._shifted: dict[tuple[str, ...], Play] = {}

    def another(self, way: WayBack) -> Play:
        """Plays one way, or finds the play that is like it."""
        plan = replace(self._plan, way_back=way)
        if way.managed is Managed.STOPPED:
            return self._stopped(plan)
        outcome, moves = sketch(plan, self._scene, self._red, self._first.store)
        if moves not in self._by_moves:
            self._by_moves[moves] = self._play(plan)
        found = _with(self._by_moves[moves], outcome)
        if way.managed is Managed.SHIFTED:
            self._shifted[way.order] = found
        return found

    def _stopped(self, plan: ReleasePlan) -> Play:
        """A way that alarms may stop is like the one that they cannot, if none of them is red on the way."""
        twin = self._shifted.get(plan.way_back.order)
        stopping = {name for alias in plan.aliases.values() if alias.shift for name in alias.shift.alarms}
        if twin is None or stopping & set(self._red) or _red_since(twin, stopping):
            return self._play(plan)
        return _with(twin, replace(twin.outcome, way_back=str(plan.way_back)))

    def _play(self, plan: ReleasePlan) -> Play:
        """Plays from where the update ended; the metrics are not kept, for nobody asks for them again."""
        return replace(play(plan, self._scene, self._red, begun=self._beginning), store=self._first.store)


def _with(found: Play, outcome: Outcome) -> Play:
    """What was found, with an outcome that differs in nothing that visitors meet."""
    figures = replace(found.figures, total=outcome.finished_at)
    return replace(found, outcome=outcome, figures=figures, verdicts=with_history(found.verdicts, outcome.too_early))


def _red_since(twin: Play, alarms: set[str]) -> bool:
    """Whether any alarm was red after the update ended."""
    ended = twin.outcome.ended_at or 0.0
    before = {change.logical_id: change.after for change in twin.alarms if change.time <= ended}
    later = {change.logical_id for change in twin.alarms if change.time > ended and change.after == "ALARM"}
    return bool(alarms & later) or any(before.get(name) == "ALARM" for name in alarms)
