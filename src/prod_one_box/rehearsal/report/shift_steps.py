"""How many requests met a bad backend while it was shifted in, step by step, until that was noticed."""

from typing import NamedTuple

from ..visitors.figures import Figures
from ..visitors.scenario import Scene
from ..visitors.timeline import Timeline


class Step(NamedTuple):
    """A step of the shift of a bad version.

    Attributes:
        alias: The alias's logical id.
        begin: When it began, in seconds.
        end: When the next one began, or the version lost its requests again.
        part: The part of the requests that the bad version was to get, 0 to 1.
        requests: The alias's requests during the step.
        met: How many of them the bad version answered.
    """

    alias: str
    begin: float
    end: float
    part: float
    requests: int
    met: int

    @property
    def share(self) -> float:
        """The share of the step's requests that the bad version answered, 0 to 1."""
        return self.met / max(1, self.requests)


def steps_of(scene: Scene, timeline: Timeline, figures: Figures) -> tuple[Step, ...]:
    """Lists the steps of bad backends that began before anybody noticed, in their order.

    Args:
        scene: What was bad.
        timeline: What visitors met.
        figures: When it was noticed, or else the update ended.
    """
    if not scene.fault.backend or figures.exposed_at is None:
        return ()
    over = figures.exposed_at + figures.detect if figures.detect is not None else figures.ended_at
    backends = {tier.alias for tier in scene.site.backends} & scene.bad_versions().keys()
    found = [
        Step(each.alias, each.begin, each.end, each.part, each.old + each.new, each.new)
        for each in timeline.stands
        if each.alias in backends and (over is None or each.begin < over)
    ]
    return tuple(sorted(found, key=lambda step: (step.begin, step.alias)))
