"""What became of a stack operation: what a scenario's last part asserts."""

from collections.abc import Sequence
from dataclasses import dataclass

from emulator.alias_history import AliasHistory
from emulator.course import name_of
from emulator.stack_events import StackEvent
from emulator.visitors import Visit, Visitors
from prod_one_box.rehearsal.plan.release_steps import ReleaseStep

_COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")

UNHELD_SECONDS = 30.0
"""A wait that holds nothing is over before this, where CloudFormation and its events are fast."""

SWITCH_SECONDS = 1.5
"""How far a switch may lie from where the history saw it: a sample, and a call of the sampler's."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What CloudFormation did in one `cdk deploy`.

    Attributes:
        plan: The steps that `prod-one-box plan` reads in the assembly that was deployed.
        stack_name: The stack.
        exit_status: The command's.
        status: The stack's status at its end.
        events: The operation's events.
    """

    plan: Sequence[ReleaseStep]
    stack_name: str
    exit_status: int
    status: str
    events: Sequence[StackEvent]

    def steps(self) -> list[str]:
        """The phases of the plan in the order in which CloudFormation worked on them, until it went back.

        Each resource begins when all that the plan puts before it are complete.
        """
        forward = self._forward()
        begun = {event.logical_id: at for at, event in reversed(list(enumerate(forward))) if _begins(event)}
        complete = {event.logical_id: at for at, event in enumerate(forward) if event.status in _COMPLETE}
        steps = {step.resource.logical_id: step for step in self.plan if step.resource.logical_id in begun}
        for name, step in steps.items():
            for earlier in step.waits_for:
                assert complete.get(earlier, len(forward)) < begun[name], f"{name} began before {earlier} was complete"
        return [step_name(steps[name]) for name in sorted(steps, key=begun.__getitem__)]

    def seconds_of(self, phase: str) -> float:
        """How long CloudFormation worked on a phase, on its own clock."""
        named = {step.resource.logical_id for step in self.plan if step_name(step) == phase}
        found = [each for each in self._forward() if each.logical_id in named]
        return (found[-1].at - found[0].at).total_seconds()

    def reason_of(self, phase: str) -> str:
        """The reason that CloudFormation shows for the failure of a phase's wait."""
        named = {step.resource.logical_id for step in self.plan if step_name(step) == phase}
        failed = (each for each in self.events if each.logical_id in named and each.status.endswith("_FAILED"))
        return next((each.reason for each in failed), "")

    def rollback_began(self) -> float:
        """When CloudFormation began to roll back, in seconds since the epoch."""
        return next(
            each.at.timestamp()
            for each in self.events
            if each.logical_id == self.stack_name and each.status == "UPDATE_ROLLBACK_IN_PROGRESS"
        )

    def _forward(self) -> list[StackEvent]:
        own = [each.logical_id == self.stack_name and "ROLLBACK" in each.status for each in self.events]
        return list(self.events[: own.index(True) if True in own else len(own)])


@dataclass(frozen=True, kw_only=True)
class Outcome(Operation):
    """What became of an update.

    Attributes:
        aliases: The versions that the aliases had meanwhile.
        visitors: Who asked meanwhile.
        slack_seconds: How much later than the aliases' history visitors may see a switch.
    """

    aliases: AliasHistory
    visitors: Visitors
    slack_seconds: float

    def checked(self) -> "Outcome":
        """Assert what holds of every update, whatever happened to it, and return the outcome."""
        self.steps()  # It asserts the order.
        assert [visit for visit in self.mixed_visits() if visit.page == 200] == []
        if self.status == "UPDATE_COMPLETE":
            assert self.exit_status == 0
            return self
        assert self.exit_status != 0
        assert any(each.status.endswith("_FAILED") and each.reason for each in self.events), "no reason is shown"
        if self.status == "UPDATE_ROLLBACK_COMPLETE":
            ends = {alias: self.aliases.path(alias)[-1] for alias in self.aliases.names}
            assert set(ends.values()) == {"old"}, f"an alias is not back: {ends}"
        return self

    def mixed_visits(self) -> list[Visit]:
        """The visits to which two releases or two partitions answered.

        A page that was loaded just before its partition switched asks the next release for its script, in one partition
        and within a second or two; such visits are no mix of partitions and are not counted.
        """
        visits = self.visitors.visits
        assert {each.visitor for each in visits if each.page == 200} == {*self.visitors.who}, "somebody saw no page"
        return [each for each in visits if self._is_mixed(each)]

    def _is_mixed(self, visit: Visit) -> bool:
        partitions, own = visit.partitions - {""}, self.visitors.who[visit.visitor].partitions
        if not partitions or not partitions <= own:
            return True  # An answer of 400 or above has no partition, since no viewer-response function runs.
        if visit.page == visit.script == 200:
            return False
        known = own & {*self.aliases.names}
        switches = [change.at for partition in known for change in self.aliases.changes(partition)]
        near = SWITCH_SECONDS + self.slack_seconds
        return not any(visit.began - near <= at <= visit.ended + near for at in switches)


def step_name(step: ReleaseStep) -> str:
    """The name of a step of the plan."""
    return name_of(step.phase, step.wave)


def _begins(event: StackEvent) -> bool:
    return event.status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
