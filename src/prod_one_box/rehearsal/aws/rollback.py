"""The way back: the reverse update, in one of the orders and manners that CloudFormation may choose."""

from collections.abc import Generator
from typing import Final

import simpy

from ..plan.release_plan import Managed, ReleasePlan, visits
from .aliases import AliasState
from .codedeploy import CodeDeploy
from .outcome import Span
from .provider import Answer, Provider
from .stack_state import StackState
from .world import World

ROLLED_BACK: Final = "the rollback"
"""Why an alias moved, when CloudFormation put it back."""


class Rollback:
    """The reverse update of what an update had begun, as processes of the clock.

    Attributes:
        spans: What it has been busy with.
    """

    def __init__(
        self, world: World, plan: ReleasePlan, state: StackState, provider: Provider, codedeploy: CodeDeploy
    ) -> None:
        self._world = world
        self._plan = plan
        self._state = state
        self._provider = provider
        self._codedeploy = codedeploy
        self.spans: list[Span] = []

    def run(self, touched: frozenset[str]) -> Generator[simpy.Event, object, bool]:
        """Takes everything back; returns whether that succeeded. The first failure leaves the rest as it is."""
        yield self._world.env.timeout(self._world.assumptions.rollback_start_seconds)
        back = touched - self._plan.created - self._plan.left_out
        others = [self._world.env.process(self._visit(name)) for name in sorted(back - self._plan.phases.keys())]
        phases = {name: self._plan.phases[name] for name in back & self._plan.phases.keys()}
        for turn in visits(self._plan.way_back, phases):
            visiting = [self._world.env.process(self._visit(name)) for name in turn]
            yield self._world.env.all_of(visiting)
            failures = [str(each.value) for each in visiting if each.value]
            if failures:
                self._world.note("rollback", f"the rollback fails: {'; '.join(failures)}")
                return False
        yield self._world.env.all_of(others)
        return True

    def _visit(self, name: str) -> Generator[simpy.Event, object, str]:
        begin = self._world.now
        self._state.mark(name, "IN_PROGRESS")
        failure = yield from self._take_back(name)
        self._state.mark(name, "FAILED" if failure else "COMPLETE")
        self.spans.append(Span(name, self._plan.phases.get(name, ""), begin, self._world.now, not failure, True))
        return failure

    def _take_back(self, name: str) -> Generator[simpy.Event, object, str]:
        if name in self._plan.waits:
            answer = yield self._provider.go_back(name)
            return answer.reason if isinstance(answer, Answer) and not answer.succeeded else ""
        alias = self._plan.aliases.get(name)
        if alias and alias.old:
            if alias.shift and self._plan.way_back.managed is not Managed.FLIPPED:
                return (yield from self._shift_back(name, alias.old))
            self._codedeploy.stop(name)
            self._world.aliases.move(name, AliasState(alias.old), self._world.now, ROLLED_BACK)
            self._world.note("alias", f"{name}: {alias.old}")
        resource = self._plan.old.resources[name]
        yield self._world.env.timeout(self._world.assumptions.seconds_to_update(resource.type))
        self._world.settled(name, released=False)
        return ""

    def _shift_back(self, name: str, version: str) -> Generator[simpy.Event, object, str]:
        shift = self._plan.aliases[name].shift
        if shift is None or self._world.aliases.state(name) == AliasState(version):
            self._codedeploy.stop(name)  # It may not have begun to shift.
            return ""
        watched = self._plan.way_back.managed is Managed.STOPPED
        deployed = yield from self._codedeploy.deploy(name, shift, version=version, watched=watched)
        return "" if deployed.succeeded else f"{name} is not back: {', '.join(deployed.red)} red"
