"""A CodeDeploy deployment: it moves an alias step by step, and undoes that when an alarm is red."""

from collections.abc import Generator, Sequence

import simpy

from ..plan.step_settings import TrafficShift
from .aliases import AliasState
from .world import World


class CodeDeploy:
    """The deployments of one release: at most one for each alias, the latest."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._current: dict[str, int] = {}

    def stop(self, alias: str) -> None:
        """Leave an alias's deployment where it is; its process never resumes."""
        self._current[alias] = self._current.get(alias, 0) + 1

    def deploy(
        self, alias: str, shift: TrafficShift, *, version: str, watched: bool = True
    ) -> Generator[simpy.Event, object, list[str]]:
        """Shift an alias to a version, as a process of the clock; return the red alarms that stopped it.

        If it is not watched, red alarms do not stop it.
        """
        self.stop(alias)
        number, former = self._current[alias], self._world.aliases.state(alias)
        assumptions, alarms = self._world.assumptions, shift.alarms if watched else ()
        yield from self._wait(alias, number, self._world.now + assumptions.codedeploy_start_seconds, ())
        first = self._world.now
        for seconds, part in shift.steps:
            red = yield from self._wait(alias, number, first + seconds, alarms)
            if red:
                return (yield from self._undo(alias, shift, former, red))
            self._step(alias, former, version, part)
        red = yield from self._wait(alias, number, self._world.now + assumptions.codedeploy_finish_seconds, alarms)
        return (yield from self._undo(alias, shift, former, red)) if red else []

    def _wait(
        self, alias: str, number: int, until: float, alarms: Sequence[str]
    ) -> Generator[simpy.Event, object, list[str]]:
        """Wait for a time or for a red alarm, checking again and again; return the red alarms."""
        while True:
            if self._current[alias] != number:
                yield self._world.env.event()  # It was stopped: this event never comes.
            red = self._world.red(alarms) if alarms else []
            left = until - self._world.now
            if red or left <= 0:
                return red
            yield self._world.env.timeout(min(left, self._world.assumptions.codedeploy_look_seconds))

    def _step(self, alias: str, former: AliasState, version: str, part: float) -> None:
        # A deployment that takes over from a stopped one never gives the other versions more than they had.
        versions = [former.version, *(name for name, _ in former.weights)]
        others = [(name, min(former.part_of(name), 1 - part)) for name in versions if name != version]
        state = AliasState(version)
        if sum(weight for _, weight in others) > 0:
            name, weight = max(others, key=lambda each: each[1])
            state = AliasState(name, ((version, 1 - weight),)) if weight < 1 else AliasState(name)
        self._world.move(alias, state, f"CodeDeploy shifts {part:.0%} to {version}")
        self._world.note("shift", f"{alias}: {state}")

    def _undo(
        self, alias: str, shift: TrafficShift, former: AliasState, red: list[str]
    ) -> Generator[simpy.Event, object, list[str]]:
        self._world.note("shift", f"{alias}: CodeDeploy stops, {', '.join(red)} red")
        if shift.flips_back:
            self._world.move(alias, former, "CodeDeploy put it back: an alarm was red")
            self._world.note("shift", f"{alias}: {former}")
        yield self._world.env.timeout(self._world.assumptions.codedeploy_finish_seconds)
        return red
