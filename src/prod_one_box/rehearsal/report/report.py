"""The results of a rehearsal."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...template.construct_names import with_constructs
from ..assumptions import Assumptions
from ..aws.aliases import AliasMove
from ..aws.outcome import Answer, Span
from ..aws.world import Event
from ..cloudwatch.alarm_states import AlarmChange
from ..plan.immediate_changes import ImmediateChange
from ..plan.release_plan import Disturbance
from ..visitors.exposure import WaveExposure
from ..visitors.faults import Fault
from ..visitors.figures import Figures
from ..visitors.invariants import Verdict
from ..visitors.population import Population
from ..visitors.timeline import Timeline
from .limits import Exceeded, Limits
from .shift_steps import ShiftStep


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way in which the release can end.

    Attributes:
        name: How the rollback goes; empty if there is none.
        figures: Its figures.
        verdicts: The results of the invariants.
    """

    name: str
    figures: Figures
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The results of a rehearsal.

    Attributes:
        stack: The stack's name.
        released: Whether the release was promoted to all visitors.
        reason: Why it was not; empty if it was.
        seed: The seed of all random numbers.
        fault: The fault of the new code.
        disturbance: What was to end the update from outside.
        red: The alarms that were red before the release.
        population: The visitors.
        without: The parts of the release that were left out.
        assumptions: The modelled numbers.
        shares: The share of visitors in each partition, 0 to 1, in the order of a release.
        poll: From one poll of a bake, or of the watch, to the next, in seconds; None without either.
        figures: The figures of the worst way, `ways[shown]`.
        exposure: The turn of each partition that the release changes, in the worst way; empty without a front end.
        steps: The traffic shift of bad backends until their detection, in the worst way.
        verdicts: The result of each invariant, in the way that broke it most.
        limits: The limits.
        exceeded: The limits that were exceeded in any way, with the worst value and its way.
        ways: Every way in which the release can end.
        shown: The number of the worst way, to which the timeline, moves, alarms, spans and journal belong.
        timeline: What visitors experienced over time.
        kinds: The kind of each of the timeline's tiers: `front-end` or `backend`.
        moves: Every change of an alias.
        alarms: Every change of an alarm's state.
        answers: What the bakes and the watch answered, with what the comparison found, until the update ended.
        spans: When CloudFormation was busy with which resource.
        journal: The events.
        notes: What was assumed because the templates do not say it, and what was not understood.
        names: The construct path of each logical id.
        at_once: What the release changes for all visitors immediately, outside any bake; default: nothing. Known only
            if `against` gives the deployed assembly.
        earlier: The reports of the stacks that were updated before, in their order; default: none.
        later: The stacks that were not updated, because `cdk deploy` stopped or a bad release got through; default:
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
    shares: Mapping[str, float]
    poll: float | None
    figures: Figures
    exposure: tuple[WaveExposure, ...]
    steps: tuple[ShiftStep, ...]
    verdicts: tuple[Verdict, ...]
    limits: Limits
    exceeded: tuple[Exceeded, ...]
    ways: tuple[Way, ...]
    shown: int
    timeline: Timeline
    kinds: tuple[str, ...]
    moves: tuple[AliasMove, ...]
    alarms: tuple[AlarmChange, ...]
    answers: tuple[Answer, ...]
    spans: tuple[Span, ...]
    journal: tuple[Event, ...]
    notes: tuple[str, ...]
    names: Mapping[str, str]
    at_once: tuple[ImmediateChange, ...] = ()
    earlier: tuple["Report", ...] = ()
    later: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Show what broke, or else how the release ended: a failed assertion prints this, shortened in the middle."""
        ended = "promoted" if self.released else f"went back: {self.reason}"
        earlier = [f"{each.stack}: {broken}" for each in self.earlier for broken in each.broken]
        return f"<Report of {self.stack}: {'; '.join([*self.broken, *earlier]) or ended}>"

    @property
    def broken(self) -> tuple[str, ...]:
        """The limits and invariants that this stack's update broke, one sentence each."""
        return (
            *(each.as_python() for each in self.exceeded),
            *(f"broken: {each.invariant.value}" for each in self.verdicts if not each.held),
        )

    def with_constructs(self, text: str) -> str:
        """Return a text with the paths of constructs in place of their logical ids.

        Args:
            text: The text, such as a logical id.
        """
        return with_constructs(text, self.names)

    @property
    def held(self) -> bool:
        """Whether every invariant and every limit held, also in the earlier updates."""
        return not self.broken and all(each.held for each in self.earlier)
