"""Keeps the alarms up to date with what visitors have done, and writes down what they go through."""

from collections.abc import Generator, Iterable

import simpy

from ..alarms.alarms import AlarmChange
from .world import World


class AlarmWatch:
    """Looks at the alarms for everything else that does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stopped = False
        self._noted = len(world.alarms.history)

    def look(self) -> None:
        """Lets visitors catch up and evaluates the alarms."""
        self._world.catch_up(self._world.now)
        self._world.alarms.evaluate(self._world.now)
        for change in self._world.alarms.history[self._noted :]:
            self._world.note("alarm", f"{change.logical_id} went from {change.before} to {change.after}")
        self._noted = len(self._world.alarms.history)

    def red(self, alarms: Iterable[str]) -> list[str]:
        """Which of some alarms are red now."""
        self.look()
        board = self._world.alarms
        return [alarm for alarm in alarms if alarm in board and board.state(alarm) == "ALARM"]

    def changes_of(self, alarm: str) -> list[AlarmChange]:
        """Every change of an alarm's state until now, in order."""
        return [change for change in self._world.alarms.history if change.logical_id == alarm]

    def keep_looking(self) -> Generator[simpy.Event, None, None]:
        """Looks again and again until it is stopped, as a process of the clock."""
        while not self._stopped:
            self.look()
            yield self._world.env.timeout(self._world.assumptions.alarm_look_seconds)

    def stop(self) -> None:
        """Ends the looking, with one last look."""
        self._stopped = True
        self.look()
