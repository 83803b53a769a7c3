"""What a rehearsal found, ready to be shown."""

from dataclasses import dataclass

from ..alarms.alarms import AlarmChange
from ..assumptions import Assumptions
from ..release.aliases import AliasMove
from ..release.outcome import Span
from ..release.world import Event
from ..visitors.faults import Fault
from ..visitors.figures import Figures
from ..visitors.invariants import Verdict
from ..visitors.population import Population
from ..visitors.timeline import Timeline
from .limits import Exceeded


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
        population: Who visited.
        without: What the release was played without.
        assumptions: The modelled numbers.
        figures: The worst of each figure over all ways back.
        verdicts: What became of the invariants, the worst over all ways back.
        exceeded: The limits that were broken.
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
    population: Population
    without: tuple[str, ...]
    assumptions: Assumptions
    figures: Figures
    verdicts: tuple[Verdict, ...]
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

    @property
    def held(self) -> bool:
        """Whether every invariant and every limit held."""
        return not self.exceeded and all(verdict.held for verdict in self.verdicts)
