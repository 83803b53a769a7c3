"""An update of a stack: every change begins when all that it waits for is done; the first failure ends it."""

from collections.abc import Generator
from typing import Final

import simpy

from ..plan.release_plan import ReleasePlan
from .aliases import AliasState
from .codedeploy import CodeDeploy, Deployed
from .outcome import Span
from .provider import Answer, Provider
from .stack_state import StackState
from .world import World

_ROLLS_BACK: Final = "UPDATE_ROLLBACK_IN_PROGRESS"


class Update:
    """The way out, as processes of the clock.

    Attributes:
        done: What it has completed.
        spans: What it has been busy with.
        ended_at: When it failed or was cancelled, in seconds.
        ended_by: The resource that failed; "" for a cancel.
        reason: Why it ended.
    """

    def __init__(
        self, world: World, plan: ReleasePlan, state: StackState, provider: Provider, codedeploy: CodeDeploy
    ) -> None:
        self._world = world
        self._plan = plan
        self._state = state
        self._provider = provider
        self._codedeploy = codedeploy
        self._alarms = world.read_alarms(plan.new)
        self._order = plan.order()
        self._done = {name: world.env.event() for name in sorted(plan.changed)}
        self._start = world.now
        self._begun: dict[str, float] = {}
        self._ended = world.env.event()
        self._complete = False
        self.done: set[str] = set()
        self.spans: list[Span] = []
        self.ended_at: float | None = None
        self.ended_by: str | None = None
        self.reason = ""

    @property
    def touched(self) -> frozenset[str]:
        """What it has begun."""
        return frozenset(self._begun)

    def run(self) -> Generator[simpy.Event, object, bool]:
        """Updates the stack; returns whether everything was done."""
        self._state.turn("UPDATE_IN_PROGRESS")
        for name in self._done:
            self._world.env.process(self._change(name))
        self._world.env.process(self._disturb())
        yield self._world.env.all_of(list(self._done.values())) | self._ended
        self._complete = not self._ended.triggered
        return self._complete

    def end(self, by: str, reason: str) -> None:
        """Ends the update: what is being changed is cancelled, and goes back with the rest."""
        if self._ended.triggered or self._complete:
            return
        self.ended_at, self.ended_by, self.reason = self._world.now, by, reason
        self._world.note("update", f"the update ends: {reason}")
        self._ended.succeed()
        # CloudFormation user guide, "Monitor the progress of a stack update": the stack rolls back because something
        # failed. Only a cancel rolls it back first.
        if not by:
            self._state.turn(_ROLLS_BACK)
        for name in sorted(self.touched - self.done, key=lambda name: (name != by, name)):
            self._state.mark(name, "FAILED")
            self._span(name, done=False)
        if by:
            self._state.turn(_ROLLS_BACK)

    def _disturb(self) -> Generator[simpy.Event, None, None]:
        planned = self._plan.disturbance
        causes = [(planned.cancel_at, "", "an operator cancelled the update")]
        causes += [(planned.sibling_fails_at, "another resource", "another resource of the stack failed")]
        for at, by, reason in sorted((at, by, reason) for at, by, reason in causes if at is not None):
            yield self._world.env.timeout(max(0.0, self._start + at - self._world.now))
            self.end(by, reason)

    def _change(self, name: str) -> Generator[simpy.Event, object, None]:
        yield self._world.env.all_of([self._done[before] for before in sorted(self._order[name])])
        if self._ended.triggered:
            return
        self._begun[name] = self._world.now
        self._state.mark(name, "IN_PROGRESS")
        failure = yield from self._carry_out(name)
        if self._ended.triggered:
            return
        if failure:
            self.end(name, failure)
            return
        self._state.mark(name, "COMPLETE")
        self.done.add(name)
        self._span(name, done=True)
        self._done[name].succeed()

    def _carry_out(self, name: str) -> Generator[simpy.Event, object, str]:
        """Makes one change; returns why it failed, if it did."""
        plan, resource = self._plan, self._plan.new.resources[name]
        if name in plan.waits:
            return (yield from self._hold(name))
        alias = plan.aliases.get(name)
        if alias and alias.shift and name in plan.moving:
            deployed = yield from self._codedeploy.deploy(name, alias.shift, version=alias.new)
            return _failure(deployed)
        if alias:
            self._world.aliases.move(name, AliasState(alias.new), self._world.now, "the release")
            self._world.note("alias", f"{name}: {alias.new}")
        yield self._world.env.timeout(self._world.assumptions.seconds_to_update(resource.type))
        if not self._ended.triggered:
            self._world.settled(name, released=True)
            if name in self._alarms:
                self._world.alarms.put(self._alarms[name])
        return ""

    def _hold(self, name: str) -> Generator[simpy.Event, object, str]:
        if name in self._plan.left_out:
            return ""
        answer = yield self._provider.release(name)
        return answer.reason if isinstance(answer, Answer) and not answer.succeeded else ""

    def _span(self, name: str, *, done: bool) -> None:
        phase = self._plan.phases.get(name, "")
        self.spans.append(Span(name, phase, self._begun[name], self._world.now, done, False))


def _failure(deployed: Deployed) -> str:
    return "" if deployed.succeeded else f"CodeDeploy stopped the deployment: {', '.join(deployed.red)} red"
