"""What a release is played with: the site, its visitors, and the fault of the new code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from ...vocabulary import BACKEND
from ..assumptions import Assumptions
from ..aws.recorded_calls import RecordedCalls
from ..cloudwatch.metrics import MINUTE
from .faults import GOOD, Fault
from .population import Crowd, Population
from .release_site import FRONT_END, Site
from .visits import Visits


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything that does not depend on how a release ends.

    Attributes:
        site: The site.
        crowd: The visitors with their partitions.
        population: The numbers of visitors and requests.
        fault: The fault of the new code; default: none.
        assumptions: The modelled numbers; default: `Assumptions()`.
        shares: The percentage of visitors in each partition, in the order of a release.
        sticky: Whether visitors stay in their partition; default: yes. If not, it is drawn for each request.
        keeps_assets: Whether the assets of every release stay available; default: no.
        seed: The seed of all random numbers; default: 1.
        red: The logical ids of the alarms that are in ALARM already, and stay so; default: none.
    """

    site: Site
    crowd: Crowd
    population: Population
    fault: Fault = GOOD
    assumptions: Assumptions = field(default_factory=Assumptions)
    shares: Mapping[str, float]
    sticky: bool = True
    keeps_assets: bool = False
    seed: int = 1
    red: tuple[str, ...] = ()

    @cached_property
    def phase(self) -> int:
        """How many seconds of CloudWatch's minute are over when the update starts, drawn from the seed."""
        return Random(f"{self.seed}:phase").randrange(MINUTE)  # noqa: S311

    @cached_property
    def visits(self) -> Visits:
        """The visits, which all plays of the scenario share."""
        return Visits(self.population, self.assumptions, self.seed)

    @cached_property
    def calls(self) -> RecordedCalls:
        """The calls of the waits' code, which all plays of the scenario share."""
        return RecordedCalls()

    def bad_versions(self) -> dict[str, str]:
        """Return the versions with the fault, by alias; without a fault, all new versions."""
        faulty = {FRONT_END: self.fault.front_end, BACKEND: self.fault.backend}
        changed = [tier for tier in self.site.tiers if tier.changes]
        bad = [tier for tier in changed if faulty[tier.kind]]
        return {tier.alias: tier.new_version for tier in bad or changed}
