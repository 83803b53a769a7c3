"""What a rehearsal found, ready to be shown."""

from dataclasses import dataclass

from ..alarms.alarms import AlarmChange
from ..assumptions import Assumptions
from ..release.aliases import AliasMove
from ..release.outcome import Span
from ..release.release_plan import Disturbance
from ..release.world import Event
from ..visitors.faults import Fault
from ..visitors.figures import Figures
from ..visitors.invariants import Verdict
from ..visitors.population import Population
from ..visitors.timeline import Timeline
from .limits import Exceeded, Limits
from .steps import Step


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way in which the release can have ended.

    Attributes:
        name: How the rollback went, for people; empty if there was none.
        figures: Its figures.
        verdicts: What became of the invariants.
    """

    name: str
    figures: Figures
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A rehearsal.

    Attributes:
        stack: The stack's name.
        released: Whether the release was promoted to all visitors.
        reason: Why not; empty if it was.
        seed: The seed.
        fault: What was wrong with the new code.
        disturbance: What was to end the update from outside.
        red: The alarms that were red already.
        population: Who visited.
        without: What the release was played without.
        assumptions: The modelled numbers.
        share: The share of visitors in the one-box, 0 to 1.
        poll: From one poll of the bake to the next, in seconds; None if nothing bakes.
        figures: The figures of the worst way as a whole, `ways[shown]`.
        steps: The steps of bad backends until detection, in the worst way.
        verdicts: What became of each invariant, in the way that broke it most.
        limits: What was not to be exceeded.
        exceeded: The limits that were broken in any way, with the worst value and its way.
        ways: Every way that was played.
        shown: The number of the worst way: the timeline, the moves, the alarms, the spans and the journal are its.
        timeline: What visitors met.
        kinds: The kind of each of the timeline's tiers: `front-end` or `backend`.
        moves: Every move of an alias.
        alarms: Every change of an alarm's state.
        spans: How long CloudFormation was busy with what.
        journal: What happened.
        notes: What was taken for what, and what was not understood.
    """

    stack: str
    released: bool
    reason: str
    seed: int
    fault: Fault
    disturbance: Disturbance
    red: tuple[str, ...]
    population: Population
    without: tuple[str, ...]
    assumptions: Assumptions
    share: float
    poll: float | None
    figures: Figures
    steps: tuple[Step, ...]
    verdicts: tuple[Verdict, ...]
    limits: Limits
    exceeded: tuple[Exceeded, ...]
    ways: tuple[Way, ...]
    shown: int
    timeline: Timeline
    kinds: tuple[str, ...]
    moves: tuple[AliasMove, ...]
    alarms: tuple[AlarmChange, ...]
    spans: tuple[Span, ...]
    journal: tuple[Event, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        """What broke, or else how it ended: a failed assertion shows this, and cuts what is long in the middle."""
        broken = [
            *(each.as_python() for each in self.exceeded),
            *(f"broken: {each.invariant.value}" for each in self.verdicts if not each.held),
        ]
        ended = "promoted" if self.released else f"went back: {self.reason}"
        return f"<Report of {self.stack}: {'; '.join(broken) or ended}>"

    @property
    def held(self) -> bool:
        """Whether every invariant and every limit held."""
        return not self.exceeded and all(verdict.held for verdict in self.verdicts)
