"""Scenarios that the emulator and the rehearsal have both played, one after the other on one site."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

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
        acted_at: When the scenario did something in a wait, in seconds since the epoch.
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
        new_site: What makes a site that is not deployed yet, from its stack's name.
    """

    def __init__(self, new_site: Callable[[str], Site]) -> None:
        self._new_site = new_site
        self._sites: dict[str, Site] = {}
        self._deployed: dict[str, Path] = {}
        self._played: dict[str, Played] = {}

    def played(self, scenario: Scenario) -> Played:
        """Play a scenario, unless it was played already."""
        if scenario.name not in self._played:
            self._played[scenario.name] = self._play(scenario)
        return self._played[scenario.name]

    def _play(self, scenario: Scenario) -> Played:
        site = self._site_for(scenario.release)
        outcome, acted_at = play_on(site, scenario)
        assembly = site.assembly(scenario.release)
        plan = read_plan(assembly, deployed=self._deployed[site.stack_name])
        if outcome.status == "UPDATE_COMPLETE":
            self._deployed[site.stack_name] = assembly
        emulated = course_of(outcome)
        rehearsed = rehearse(scenario, plan, returns=emulated.returns())
        checked = check(scenario, rehearsed, emulated)
        return Played(scenario=scenario, plan=plan, outcome=outcome, acted_at=acted_at, checked=checked)

    def _site_for(self, release: Release) -> Site:
        """The site with a release's waves and watch, in its first release."""
        name = "CrossCheck" if len(release.shares) == 1 else "CrossCheckWaves"
        if name not in self._sites:
            site = self._sites[name] = self._new_site(name)
            first = replace(release, name="first", fails_late=False)
            assert site.create(first).exit_status == 0, f"see {site.cdk.log}"
            self._deployed[name] = site.assembly(first)
        return self._sites[name]
