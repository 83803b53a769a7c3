"""Moves an alias step by step, and undoes that when an alarm turns red."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

import simpy

from ..plan.step_settings import Shift
from .aliases import AliasState
from .world import AlarmWatch, World

STOPPED: Final = "CodeDeploy put it back: an alarm was red"
"""Why an alias moved, when a deployment was undone."""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What became of a deployment: the alarms that were red when it was stopped, if any."""

    red: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether all requests reach the version that they were to reach."""
        return not self.red


class CodeDeploy:
    """The deployments of one release: at most one for each alias, the last one asked for."""

    def __init__(self, world: World, watch: AlarmWatch) -> None:
        self._world = world
        self._watch = watch
        self._current: dict[str, int] = {}

    def stop(self, alias: str) -> None:
        """Ends an alias's deployment where it is; whoever waits for it waits for ever."""
        self._current[alias] = self._current.get(alias, 0) + 1

    def deploy(
        self, alias: str, shift: Shift, *, version: str, watched: bool = True
    ) -> Generator[simpy.Event, object, Deployed]:
        """Shifts an alias to a version, as a process of the clock.

        Args:
            alias: The alias's logical id.
            shift: How.
            version: Where to.
            watched: Whether red alarms stop it.
        """
        self.stop(alias)
        mine, began_at = self._current[alias], self._world.aliases.state(alias)
        assumptions = self._world.assumptions
        yield from self._wait(alias, mine, self._world.now + assumptions.codedeploy_start_seconds, ())
        first = self._world.now
        for seconds, part in shift.steps:
            red = yield from self._wait(alias, mine, first + seconds, shift.alarms if watched else ())
            if red:
                return (yield from self._undo(alias, shift, began_at, red))
            self._step(alias, began_at, version, part)
        red = yield from self._wait(
            alias, mine, self._world.now + assumptions.codedeploy_finish_seconds, shift.alarms if watched else ()
        )
        return (yield from self._undo(alias, shift, began_at, red)) if red else Deployed()

    def _wait(
        self, alias: str, mine: int, until: float, alarms: tuple[str, ...]
    ) -> Generator[simpy.Event, object, tuple[str, ...]]:
        """Waits for a time, looking at the alarms at once and then again and again; returns those that were red."""
        while True:
            if self._current[alias] != mine:
                yield self._world.env.event()  # Stopped: nothing happens here any more.
            red = tuple(self._watch.red(alarms)) if alarms else ()
            left = until - self._world.now
            if red or left <= 0:
                return red
            yield self._world.env.timeout(min(left, self._world.assumptions.codedeploy_look_seconds))

    def _step(self, alias: str, began_at: AliasState, version: str, part: float) -> None:
        # A deployment that takes over from a stopped one never gives the other versions more than they had.
        others = [(name, min(began_at.part_of(name), 1 - part)) for name in _versions(began_at) if name != version]
        rest = sum(weight for _, weight in others)
        state = AliasState(version)
        if rest > 0:
            name, weight = max(others, key=lambda each: each[1])
            state = AliasState(name, ((version, 1 - weight),)) if weight < 1 else AliasState(name)
        self._world.aliases.move(alias, state, self._world.now, f"CodeDeploy shifts {part:.0%} to {version}")
        self._world.note("shift", f"{alias}: {state}")

    def _undo(
        self, alias: str, shift: Shift, former: AliasState, red: tuple[str, ...]
    ) -> Generator[simpy.Event, object, Deployed]:
        self._world.note("shift", f"{alias}: CodeDeploy stops, {', '.join(red)} red")
        if shift.flips_back:
            self._world.aliases.move(alias, former, self._world.now, STOPPED)
            self._world.note("shift", f"{alias}: {former}")
        yield self._world.env.timeout(self._world.assumptions.codedeploy_finish_seconds)
        return Deployed(red=red)


def _versions(state: AliasState) -> list[str]:
    return [state.version, *(name for name, _ in state.weights)]
