"""Plays the runs of canaries while the aliases stay where they are, and records whether they succeed."""

from collections.abc import Mapping, Sequence
from math import inf
from random import Random
from typing import Final, NamedTuple

from ..cloudwatch.metrics import MetricStore
from .canaries import Canary
from .scenario import Scenario
from .serving import ServingTier

_GREEN_BEFORE: Final = 86_400.0
"""How long an existing canary has been green, in seconds. CloudWatch API reference, "PutMetricAlarm": an alarm whose
period is below an hour looks back no longer than a day."""


class _Visit(NamedTuple):
    """A run whose page has been requested."""

    begin: float
    new: bool
    works: bool


class _Deployment:
    """A canary from its creation or update until its next update or its deletion."""

    def __init__(self, canary: Canary, scenario: Scenario) -> None:
        self.canary = canary
        self.random = Random(f"{scenario.seed}:canary:{canary.name}")  # noqa: S311
        self.is_affected = self.random.random() < scenario.fault.visitors
        self.offset = canary.interval * self.random.random()
        self.due = 0.0
        self.until = inf
        self.visit: _Visit | None = None


class CanaryRuns:
    """The runs of all canaries of a site.

    They draw their own random numbers, so that they do not change what visitors experience, and their few requests
    appear in no metrics but their own. Whether a fault for some visitors affects a canary is drawn once for each.
    """

    def __init__(
        self,
        scenario: Scenario,
        front_ends: Mapping[str, ServingTier],
        backends: Sequence[ServingTier],
        store: MetricStore,
    ) -> None:
        """Start with the canaries that exist before the update."""
        self._scenario = scenario
        self._front_ends = front_ends
        self._backends = backends if scenario.population.api_calls_per_page else []
        self._store = store
        self._deployments = {canary.name: [self._existing(canary)] for canary in scenario.site.canaries.before.values()}

    def put(self, name: str, canary: Canary | None, time: float) -> None:
        """Create or update a canary, which restarts its runs, or delete it if `canary` is None."""
        deployments = self._deployments.get(name, [])
        current = deployments[-1] if deployments and deployments[-1].until > time else None
        if canary == (current.canary if current else None):
            return
        if current:
            current.until = time
        if canary:
            deployment = _Deployment(canary, self._scenario)
            deployment.due = time + self._scenario.assumptions.canary_first_run_seconds
            self._deployments.setdefault(name, []).append(deployment)

    def play(self, until: float) -> None:
        """Play all remaining runs before a time; the aliases have not moved since the last call."""
        for deployments in self._deployments.values():
            for each in deployments:
                while each.due < until and (each.visit or each.due < each.until):
                    self._step(each)

    def _existing(self, canary: Canary) -> _Deployment:
        """Return a canary that exists before the update, with its successful runs."""
        deployment = _Deployment(canary, self._scenario)
        deployment.due = deployment.offset - _GREEN_BEFORE
        while deployment.due < -self._scenario.assumptions.warm_up_seconds:
            self._record(deployment, deployment.due, works=True)
            deployment.due += canary.interval
        return deployment

    def _step(self, deployment: _Deployment) -> None:
        """Start a run with its page, or finish it with the page's assets and API calls."""
        visit = deployment.visit
        if visit is None:
            deployment.visit = self._page(deployment)
            deployment.due += min(self._scenario.assumptions.last_follow_up_seconds, self._run_seconds(deployment))
            return
        works = (
            visit.works
            and self._assets_exist(deployment, visit)
            and all(self._call_succeeds(each, deployment, visit) for each in self._backends)
        )
        self._record(deployment, visit.begin, works=works)
        deployment.due = visit.begin + deployment.canary.interval
        deployment.visit = None

    def _page(self, deployment: _Deployment) -> _Visit:
        tier = self._front_ends.get(deployment.canary.partition)
        if tier is None:
            return _Visit(deployment.due, new=False, works=True)
        new = deployment.random.random() < tier.part
        is_bad = new and deployment.is_affected
        broken = is_bad and (self._fails(tier, deployment) or tier.shows_broken_pages(deployment.due))
        return _Visit(deployment.due, new, not broken)

    def _assets_exist(self, deployment: _Deployment, visit: _Visit) -> bool:
        """Return whether the page finds its assets, which only its own release has."""
        tier = self._front_ends.get(deployment.canary.partition)
        if tier is None or self._scenario.keeps_assets:
            return True
        drawn = (deployment.random.random() < tier.part for _ in range(self._scenario.population.assets_per_page))
        return all(new == visit.new for new in drawn)

    def _call_succeeds(self, backend: ServingTier, deployment: _Deployment, visit: _Visit) -> bool:
        new = deployment.random.random() < backend.part
        if visit.new and backend.tier.changes and not new and self._scenario.fault.needs_new_backend:
            return False
        return not (new and deployment.is_affected and self._fails(backend, deployment))

    def _fails(self, tier: ServingTier, deployment: _Deployment) -> bool:
        return deployment.random.random() < tier.error_rate(deployment.due)

    def _run_seconds(self, deployment: _Deployment) -> float:
        """Return the duration of a run, which ends at the latest when the next one starts."""
        return min(self._scenario.assumptions.canary_run_seconds, deployment.canary.interval)

    def _record(self, deployment: _Deployment, begin: float, *, works: bool) -> None:
        for key in sorted(deployment.canary.measures):
            self._store.sample(key, begin + self._run_seconds(deployment), 100.0 if works else 0.0)
