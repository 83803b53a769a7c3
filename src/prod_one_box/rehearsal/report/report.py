"""What a rehearsal found, ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...template.construct_names import with_constructs
from ..assumptions import Assumptions
from ..aws.aliases import AliasMove
from ..aws.outcome import Span
from ..aws.world import Event
from ..cloudwatch.alarms import AlarmChange
from ..plan.immediate_changes import AtOnce
from ..plan.release_plan import Disturbance
from ..visitors.faults import Fault
from ..visitors.figures import Figures
from ..visitors.invariants import Verdict
from ..visitors.population import Population
from ..visitors.timeline import Timeline
from .limits import Exceeded, Limits
from .shift_steps import Step


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
        notes: What the templates do not say and was assumed, and what was not understood.
        names: For each logical id, the path of its construct.
        at_once: What the release changes for everybody at once, outside any bake; default: nothing. Known only where
            `against` says what is deployed now.
        earlier: The reports of the stacks that were updated before, in their order; default: none.
        later: The stacks that were not updated, because `cdk deploy` stops or the bad release was through; default:
            none.
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
    names: Mapping[str, str]
    at_once: tuple[AtOnce, ...] = ()
    earlier: tuple["Report", ...] = ()
    later: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """What broke, or else how it ended: a failed assertion shows this, and cuts what is long in the middle."""
        ended = "promoted" if self.released else f"went back: {self.reason}"
        earlier = [f"{each.stack}: {broken}" for each in self.earlier for broken in each.broken]
        return f"<Report of {self.stack}: {'; '.join([*self.broken, *earlier]) or ended}>"

    @property
    def broken(self) -> tuple[str, ...]:
        """The limits and the invariants that this stack's update broke, for people."""
        return (
            *(each.as_python() for each in self.exceeded),
            *(f"broken: {each.invariant.value}" for each in self.verdicts if not each.held),
        )

    def with_constructs(self, text: str) -> str:
        """Names the constructs in a text.

        Args:
            text: A logical id, or a text with some.

        Returns:
            The text with the paths of the constructs instead.
        """
        return with_constructs(text, self.names)

    @property
    def held(self) -> bool:
        """Whether every invariant and every limit held, in the updates before too."""
        return not self.broken and all(each.held for each in self.earlier)
