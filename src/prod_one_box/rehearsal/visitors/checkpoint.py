"""Keeps traffic as it is at one moment, to go on from there with other aliases, as often as needed."""

import io
import pickle

from ..aws.aliases import AliasBoard
from .scenario import Scene
from .traffic import Traffic


class Begun:
    """Traffic as it was when this was made; what lies before is not played again."""

    def __init__(self, traffic: Traffic, scene: Scene, aliases: AliasBoard) -> None:
        """Writes it down.

        Args:
            traffic: The traffic.
            scene: Its scene, which all that go on from here share.
            aliases: Its aliases, which each that goes on has of its own.
        """
        self._shared = (aliases, scene, scene.crowd, scene.site, scene.population, scene.fault, scene.assumptions)
        places = {id(each): place for place, each in enumerate(self._shared)}

        class Pickler(pickle.Pickler):
            def persistent_id(self, obj: object) -> int | None:
                return places.get(id(obj))

        written = io.BytesIO()
        Pickler(written, pickle.HIGHEST_PROTOCOL).dump(traffic)
        self._written = written.getvalue()

    def go_on(self, aliases: AliasBoard) -> Traffic:
        """Makes the traffic that goes on from here.

        Args:
            aliases: Where the aliases point from now on.
        """
        shared = (aliases, *self._shared[1:])

        class Unpickler(pickle.Unpickler):
            def persistent_load(self, pid: int) -> object:
                return shared[pid]

        traffic: Traffic = Unpickler(io.BytesIO(self._written)).load()
        return traffic
