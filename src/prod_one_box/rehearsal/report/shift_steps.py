"""How many requests a bad backend answered at each step of its traffic shift, until it was detected."""

from typing import NamedTuple

from ..visitors.figures import Figures
from ..visitors.scenario import Scenario
from ..visitors.timeline import Timeline


class ShiftStep(NamedTuple):
    """A step in the traffic shift to a bad version.

    Attributes:
        alias: The alias's logical id.
        begin: When the step started, in seconds.
        end: When the next step started or the bad version lost its traffic, in seconds.
        part: The configured share of requests for the bad version, 0 to 1.
        requests: The number of requests to the alias during the step.
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


def steps_of(scenario: Scenario, timeline: Timeline, figures: Figures) -> tuple[ShiftStep, ...]:
    """Return the steps of bad backends that started before the detection, or else before the update failed."""
    if not scenario.fault.backend or figures.exposed_at is None:
        return ()
    over = figures.exposed_at + figures.detect if figures.detect is not None else figures.ended_at
    backends = {tier.alias for tier in scenario.site.backends} & scenario.bad_versions().keys()
    steps = [
        ShiftStep(each.alias, each.begin, each.end, each.part, each.old + each.new, each.new)
        for each in timeline.weight_periods
        if each.alias in backends and (over is None or each.begin < over)
    ]
    return tuple(sorted(steps, key=lambda step: (step.begin, step.alias)))
