"""Scenarios that the emulator and the rehearsal have both played, one after the other on one site."""

from dataclasses import dataclass, replace

from emulator.cross_check import Checked, check
from emulator.emulated_course import course_of
from emulator.outcome import Outcome
from emulator.rehearsed_course import read_plan, rehearse
from emulator.scenario import Scenario, play_on
from emulator.site import Site
from emulator.site_app import Release
from prod_one_box.rehearsal.plan.release_plan import ReleasePlan


@dataclass(frozen=True, kw_only=True)
class Played:
    """A scenario that both have played.

    Attributes:
        scenario: The scenario.
        plan: The release as the rehearsal reads it.
        outcome: What became of it on the emulator.
        acted_at: When the scenario did something in the bake, in seconds since the epoch.
        checked: The comparison.
    """

    scenario: Scenario
    plan: ReleasePlan
    outcome: Outcome
    acted_at: float | None
    checked: Checked

    def of_changed(self) -> Outcome:
        """The outcome with the events of the resources that the release changes, and of the stack."""
        kept = self.plan.changed | {self.outcome.stack_name}
        return replace(self.outcome, events=[each for each in self.outcome.events if each.logical_id in kept])


class CrossCheck:
    """Plays each scenario once, and remembers what is deployed.

    Args:
        site: The site, not deployed yet.
    """

    def __init__(self, site: Site) -> None:
        first = Release(name="first")
        assert site.create(first).exit_status == 0, f"see {site.cdk.log}"
        self._site = site
        self._deployed = site.assembly(first)
        self._played: dict[str, Played] = {}

    def played(self, scenario: Scenario) -> Played:
        """Play a scenario, unless it was played already."""
        if scenario.name not in self._played:
            self._played[scenario.name] = self._play(scenario)
        return self._played[scenario.name]

    def _play(self, scenario: Scenario) -> Played:
        outcome, acted_at = play_on(self._site, scenario)
        assembly = self._site.assembly(scenario.release)
        plan = read_plan(assembly, deployed=self._deployed)
        if outcome.status == "UPDATE_COMPLETE":
            self._deployed = assembly
        emulated = course_of(outcome)
        rehearsed = rehearse(scenario, plan, returns=emulated.returns())
        checked = check(scenario, rehearsed, emulated)
        return Played(scenario=scenario, plan=plan, outcome=outcome, acted_at=acted_at, checked=checked)
