"""What a release is played before: the site, its visitors, and what is wrong with the new code."""

from dataclasses import dataclass, field

from ...vocabulary import BACKEND
from ..assumptions import Assumptions
from .faults import GOOD, Fault
from .population import Crowd, Population
from .release_site import FRONT_END, Site


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that stays the same however a release ends.

    Attributes:
        site: What visitors reach.
        crowd: The visitors with their partitions.
        population: How they visit.
        fault: What is wrong with the new code; default: nothing.
        assumptions: The modelled numbers.
        share: The percentage of visitors in the one-box.
        sticky: Whether visitors stay in their partition; default: yes. If not, each request is drawn.
        keeps_assets: Whether the assets of every release are there for its pages; default: no.
        seed: The seed of all that is drawn; default: 1.
    """

    site: Site
    crowd: Crowd
    population: Population
    fault: Fault = GOOD
    assumptions: Assumptions = field(default_factory=Assumptions)
    share: float
    sticky: bool = True
    keeps_assets: bool = False
    seed: int = 1

    def bad_versions(self) -> dict[str, str]:
        """The versions that have the fault, by alias; in a release without a fault, all new versions."""
        faulty = {FRONT_END: self.fault.front_end, BACKEND: self.fault.backend}
        changed = [tier for tier in self.site.tiers if tier.changes]
        bad = [tier for tier in changed if faulty[tier.kind]]
        return {tier.alias: tier.new_version for tier in bad or changed}
