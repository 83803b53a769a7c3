"""Plays a release: CloudFormation, CodeDeploy and the waits' own code, on one clock."""

from collections.abc import Generator

import simpy

from ..plan.release_plan import ReleasePlan
from .aliases import AliasMove, AliasState
from .aws_clients import CONTAINED, AwsClients
from .cloudformation import Update
from .codedeploy import CodeDeploy
from .outcome import Outcome, exposures
from .provider import Provider
from .rollback import Rollback
from .stack_state import StackState
from .world import AlarmWatch, World


def states_before(plan: ReleasePlan) -> dict[str, AliasState]:
    """Where the aliases of a release point before it: what a world's board begins with."""
    return {name: AliasState(alias.old) for name, alias in plan.aliases.items() if alias.old}


def play_release(world: World, plan: ReleasePlan) -> Outcome:
    """Plays a release until CloudFormation is done with it, and the visitors have caught up.

    Args:
        world: Where. Its board has the aliases as `states_before` gives them, its alarms those of the old template.
        plan: What.

    Raises:
        AssemblyError: If the waits' code is not in the assembly, or resources wait for each other in a circle.
    """
    return _Release(world, plan).play()


class _Release:
    """One release being played."""

    def __init__(self, world: World, plan: ReleasePlan) -> None:
        self._world = world
        self._plan = plan
        self._state = StackState(world, plan)
        self._watch = AlarmWatch(world)
        aws = AwsClients(world, plan, self._state, self._watch)
        provider = Provider(world, plan, aws, self._watch)
        codedeploy = CodeDeploy(world, self._watch)
        self._update = Update(world, plan, self._state, provider, codedeploy)
        self._rollback = Rollback(world, plan, self._state, provider, codedeploy)
        self._before = world.aliases.states()
        self._begun = len(world.aliases.history)
        self._finished_at = world.now

    def play(self) -> Outcome:
        looking = self._world.env.process(self._watch.keep_looking())
        self._world.env.run(until=self._world.env.process(self._run()))
        self._world.env.run(until=looking)
        return self._outcome()

    def _run(self) -> Generator[simpy.Event, object, None]:
        if (yield from self._update.run()):
            yield from self._clean_up("UPDATE", self._plan.deleted)
        elif (yield from self._rollback.run(self._update.touched)):
            yield from self._clean_up("UPDATE_ROLLBACK", self._update.touched & self._plan.created)
        else:
            self._state.turn("UPDATE_ROLLBACK_FAILED")
        self._finished_at = self._world.now
        if self._update.ended_at is not None:
            # A wait that nobody waits for any more looks once more, finds that the release is over, and ends.
            polls = max(self._plan.waits.values(), default=0.0)
            yield self._world.env.timeout(polls + 2 * self._world.assumptions.handler_seconds)
        self._watch.stop()

    def _clean_up(self, update: str, names: frozenset[str]) -> Generator[simpy.Event, object, None]:
        self._state.turn(f"{update}_COMPLETE_CLEANUP_IN_PROGRESS")
        yield self._world.env.timeout(self._world.assumptions.cleanup_seconds)
        for name in sorted(names):
            self._world.alarms.delete(name)
            self._world.settled(name, released=update == "UPDATE")
            self._state.forget(name)
        self._state.turn(f"{update}_COMPLETE")

    def _outcome(self) -> Outcome:
        update, history = self._update, self._world.aliases.history[self._begun :]
        spans = tuple(sorted([*update.spans, *self._rollback.spans], key=lambda span: (span.begin, span.name)))
        ended = update.ended_at is not None
        not_back = self._not_back() if ended else ()
        return Outcome(
            status=self._state.status,
            promoted=not ended,
            ended_at=update.ended_at,
            ended_by=update.ended_by,
            reason=update.reason,
            touched=update.touched,
            contained=tuple(move for move in history if move.why == CONTAINED),
            back_at=self._back_at(history) if ended and not not_back else None,
            finished_at=self._finished_at,
            spans=spans,
            too_early=exposures(self._plan, self._before, history, spans, self._finished_at),
            not_back=not_back,
            way_back=str(self._plan.way_back) if ended else "",
        )

    def _not_back(self) -> tuple[str, ...]:
        aliases = self._world.aliases
        return tuple(name for name, state in self._before.items() if aliases.state(name) != state)

    def _back_at(self, history: list[AliasMove]) -> float | None:
        return max([move.time for move in history], default=self._update.ended_at)
