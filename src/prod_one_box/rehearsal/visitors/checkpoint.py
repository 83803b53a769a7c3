"""A checkpoint of traffic, from which it can resume several times with different aliases."""

import io
import pickle

from ..aws.aliases import AliasBoard
from .scenario import Scenario
from .traffic import Traffic


class Checkpoint:
    """The traffic of a release up to now."""

    def __init__(self, traffic: Traffic, scenario: Scenario, aliases: AliasBoard) -> None:
        """Save the traffic without its scenario, which all resumed copies share, and without its aliases."""
        parts = (scenario.crowd, scenario.visits, scenario.site, scenario.population, scenario.fault)
        self._shared = (aliases, scenario, *parts, scenario.assumptions)
        indexes = {id(each): index for index, each in enumerate(self._shared)}

        class Pickler(pickle.Pickler):
            def persistent_id(self, obj: object) -> int | None:
                return indexes.get(id(obj))

        buffer = io.BytesIO()
        Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(traffic)
        self._saved = buffer.getvalue()

    def resume(self, aliases: AliasBoard) -> Traffic:
        """Return a copy of the traffic that continues with other aliases."""
        shared = (aliases, *self._shared[1:])

        class Unpickler(pickle.Unpickler):
            def persistent_load(self, pid: int) -> object:
                return shared[pid]

        traffic: Traffic = Unpickler(io.BytesIO(self._saved)).load()
        return traffic
