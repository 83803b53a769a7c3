"""A stack update as CloudFormation runs it: the changes, the rollback after a failure, and the cleanup."""

from collections.abc import Generator
from typing import Final, NamedTuple

import simpy

from ..plan.release_plan import Managed, ReleasePlan, visits
from .aliases import AliasState
from .aws_clients import CONTAINED
from .codedeploy import CodeDeploy
from .outcome import Outcome, Span, exposures
from .provider import Provider
from .stack_state import StackState
from .world import World

_ROLLS_BACK: Final = "UPDATE_ROLLBACK_IN_PROGRESS"


def states_before(plan: ReleasePlan) -> dict[str, AliasState]:
    """Return where the aliases of a release point before it."""
    return {name: AliasState(alias.old) for name, alias in plan.aliases.items() if alias.old}


def play_release(world: World, plan: ReleasePlan) -> Outcome:
    """Play a release until CloudFormation is done with it and the visitors have caught up.

    The world's aliases must point as `states_before` says, and its alarms be those of the old template.

    Raises:
        AssemblyError: If the waits' code is not in the assembly, or resources depend on each other in a circle.
    """
    return StackUpdate(world, plan).play()


class _Failure(NamedTuple):
    """Why an update ended: `by` is the resource that failed, "" for a cancel."""

    time: float
    by: str
    reason: str


class StackUpdate:
    """One update of a stack, as processes of the clock."""

    def __init__(self, world: World, plan: ReleasePlan) -> None:
        self._world = world
        self._plan = plan
        self._stack = StackState(world, plan)
        self._provider = Provider(world, plan, self._stack)
        self._codedeploy = CodeDeploy(world)
        self._alarms = world.read_alarms(plan.new)
        self._order = plan.order()
        self._before = world.aliases.states()
        self._moves_before = len(world.aliases.history)
        self._start = self._finished_at = world.now
        self._done = {name: world.env.event() for name in sorted(plan.changed)}
        self._started: dict[str, float] = {}
        self._failed = world.env.event()
        self._failure: _Failure | None = None
        self._complete = False
        self._over = False
        self._spans: list[Span] = []

    def play(self) -> Outcome:
        """Run the update to its end and return what became of it."""
        watching = self._world.env.process(self._watch_alarms())
        self._world.env.run(until=self._world.env.process(self._run()))
        self._world.env.run(until=watching)
        return self._outcome()

    def _watch_alarms(self) -> Generator[simpy.Event, None, None]:
        while not self._over:
            self._world.evaluate_alarms()
            yield self._world.env.timeout(self._world.assumptions.alarm_look_seconds)

    def _run(self) -> Generator[simpy.Event, object, None]:
        if (yield from self._update()):
            yield from self._clean_up("UPDATE", self._plan.deleted)
        elif (yield from self._roll_back()):
            yield from self._clean_up("UPDATE_ROLLBACK", self._started.keys() & self._plan.created)
        else:
            self._stack.turn("UPDATE_ROLLBACK_FAILED")
        self._finished_at = self._world.now
        if self._failure:
            # A wait whose request was cancelled polls once more, finds that the release is over, and ends.
            polls = max(self._plan.waits.values(), default=0.0)
            yield self._world.env.timeout(polls + 2 * self._world.assumptions.handler_seconds)
        self._over = True
        self._world.evaluate_alarms()

    def _update(self) -> Generator[simpy.Event, object, bool]:
        """Make every change once those before it are done; return whether all were made."""
        self._stack.turn("UPDATE_IN_PROGRESS")
        for name in self._done:
            self._world.env.process(self._change(name))
        self._world.env.process(self._disturb())
        yield self._world.env.all_of(list(self._done.values())) | self._failed
        self._complete = not self._failure
        return self._complete

    def _disturb(self) -> Generator[simpy.Event, None, None]:
        planned = self._plan.disturbance
        causes = [(planned.cancel_at, "", "an operator cancelled the update")]
        causes += [(planned.sibling_fails_at, "another resource", "another resource of the stack failed")]
        for at, by, reason in sorted((at, by, reason) for at, by, reason in causes if at is not None):
            yield self._world.env.timeout(max(0.0, self._start + at - self._world.now))
            self._fail(by, reason)

    def _fail(self, by: str, reason: str) -> None:
        """End the update: changes in progress are cancelled, and rolled back with the rest."""
        if self._failure or self._complete:
            return
        self._failure = _Failure(self._world.now, by, reason)
        self._world.note("update", f"the update ends: {reason}")
        self._failed.succeed()
        # CloudFormation user guide, "Monitor the progress of a stack update": the stack rolls back because something
        # failed. Only a cancel rolls it back first.
        if not by:
            self._stack.turn(_ROLLS_BACK)
        in_progress = [name for name in self._started if not self._done[name].triggered]
        for name in sorted(in_progress, key=lambda name: (name != by, name)):
            self._stack.mark(name, "FAILED")
            self._add_span(name, self._started[name], done=False)
        if by:
            self._stack.turn(_ROLLS_BACK)

    def _change(self, name: str) -> Generator[simpy.Event, object, None]:
        yield self._world.env.all_of([self._done[before] for before in sorted(self._order[name])])
        if self._failure:
            return
        self._started[name] = self._world.now
        self._stack.mark(name, "IN_PROGRESS")
        failure = yield from self._apply(name)
        if self._failure:
            return
        if failure:
            self._fail(name, failure)
            return
        self._stack.mark(name, "COMPLETE")
        self._add_span(name, self._started[name], done=True)
        self._done[name].succeed()

    def _apply(self, name: str) -> Generator[simpy.Event, object, str]:
        """Make one change; return why it failed, or ""."""
        plan, resource = self._plan, self._plan.new.resources[name]
        if name in plan.waits:
            return "" if name in plan.left_out else (yield from self._provider.release(name))
        alias = plan.aliases.get(name)
        if alias and alias.shift and name in plan.moving:
            red = yield from self._codedeploy.deploy(name, alias.shift, version=alias.new)
            return f"CodeDeploy stopped the deployment: {', '.join(red)} red" if red else ""
        if alias:
            self._world.move(name, AliasState(alias.new), "the release")
            self._world.note("alias", f"{name}: {alias.new}")
        yield self._world.env.timeout(self._world.assumptions.seconds_to_update(resource.type))
        if not self._failure:
            self._world.observer.resource_changed(name, self._world.now, released=True)
            if name in self._alarms:
                self._world.alarms.put(self._alarms[name])
        return ""

    def _roll_back(self) -> Generator[simpy.Event, object, bool]:
        """Undo every change; return whether that succeeded. The first failure leaves the rest as it is."""
        yield self._world.env.timeout(self._world.assumptions.rollback_start_seconds)
        back = self._started.keys() - self._plan.created - self._plan.left_out
        others = [self._world.env.process(self._undo(name)) for name in sorted(back - self._plan.phases.keys())]
        phases = {name: self._plan.phases[name] for name in back & self._plan.phases.keys()}
        for turn in visits(self._plan.way_back, phases):
            visiting = [self._world.env.process(self._undo(name)) for name in turn]
            yield self._world.env.all_of(visiting)
            failures = [str(each.value) for each in visiting if each.value]
            if failures:
                self._world.note("rollback", f"the rollback fails: {'; '.join(failures)}")
                return False
        yield self._world.env.all_of(others)
        return True

    def _undo(self, name: str) -> Generator[simpy.Event, object, str]:
        start = self._world.now
        self._stack.mark(name, "IN_PROGRESS")
        failure = yield from self._restore(name)
        self._stack.mark(name, "FAILED" if failure else "COMPLETE")
        self._add_span(name, start, done=not failure, back=True)
        return failure

    def _restore(self, name: str) -> Generator[simpy.Event, object, str]:
        """Undo one change; return why that failed, or ""."""
        if name in self._plan.waits:
            return (yield from self._provider.roll_back(name))
        alias = self._plan.aliases.get(name)
        if alias and alias.old:
            if alias.shift and self._plan.way_back.managed is not Managed.FLIPPED:
                return (yield from self._shift_back(name, alias.old))
            self._codedeploy.stop(name)
            self._world.move(name, AliasState(alias.old), "the rollback")
            self._world.note("alias", f"{name}: {alias.old}")
        resource = self._plan.old.resources[name]
        yield self._world.env.timeout(self._world.assumptions.seconds_to_update(resource.type))
        self._world.observer.resource_changed(name, self._world.now, released=False)
        return ""

    def _shift_back(self, name: str, version: str) -> Generator[simpy.Event, object, str]:
        shift = self._plan.aliases[name].shift
        if shift is None or self._world.aliases.state(name) == AliasState(version):
            self._codedeploy.stop(name)  # The shift may not have started yet.
            return ""
        watched = self._plan.way_back.managed is Managed.STOPPED
        red = yield from self._codedeploy.deploy(name, shift, version=version, watched=watched)
        return f"{name} is not back: {', '.join(red)} red" if red else ""

    def _clean_up(self, update: str, names: frozenset[str] | set[str]) -> Generator[simpy.Event, object, None]:
        self._stack.turn(f"{update}_COMPLETE_CLEANUP_IN_PROGRESS")
        yield self._world.env.timeout(self._world.assumptions.cleanup_seconds)
        for name in sorted(names):
            self._world.alarms.delete(name)
            self._world.observer.resource_changed(name, self._world.now, released=update == "UPDATE")
            self._stack.forget(name)
        self._stack.turn(f"{update}_COMPLETE")

    def _add_span(self, name: str, start: float, *, done: bool, back: bool = False) -> None:
        self._spans.append(Span(name, self._plan.phases.get(name, ""), start, self._world.now, done, back))

    def _outcome(self) -> Outcome:
        failure, moves = self._failure, self._world.aliases.history[self._moves_before :]
        spans = tuple(sorted(self._spans, key=lambda span: (span.begin, span.name)))
        not_back = self._not_back() if failure else ()
        last_move = max((move.time for move in moves), default=failure.time if failure else None)
        return Outcome(
            status=self._stack.status,
            promoted=not failure,
            ended_at=failure.time if failure else None,
            ended_by=failure.by if failure else None,
            reason=failure.reason if failure else "",
            touched=frozenset(self._started),
            contained=tuple(move for move in moves if move.why == CONTAINED),
            back_at=last_move if failure and not not_back else None,
            finished_at=self._finished_at,
            spans=spans,
            too_early=exposures(self._plan, self._before, moves, spans, self._finished_at),
            not_back=not_back,
            way_back=str(self._plan.way_back) if failure else "",
            answers=tuple(self._provider.answers),
            worse_at=self._provider.worse_at,
        )

    def _not_back(self) -> tuple[str, ...]:
        aliases = self._world.aliases
        return tuple(name for name, state in self._before.items() if aliases.state(name) != state)
