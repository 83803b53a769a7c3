"""Plays the runs of canaries while the aliases stand still, and records whether they succeeded."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final, NamedTuple

from ..cloudwatch.metrics import MetricStore
from .canaries import Canary
from .scenario import Scene
from .serving import Serving

_GREEN_BEFORE: Final = 86_400.0
"""For how many seconds a canary has been green that is there already. CloudWatch API reference, "PutMetricAlarm": an
alarm whose period is below an hour looks back no longer than a day."""


class _Visit(NamedTuple):
    begin: float
    new: bool
    works: bool


class _Life:
    """A canary from when it is made or changed until it is changed or deleted."""

    def __init__(self, canary: Canary, scene: Scene) -> None:
        self.canary = canary
        self.random = Random(f"{scene.seed}:canary:{canary.name}")  # noqa: S311
        self.is_concerned = self.random.random() < scene.fault.visitors
        self.offset = canary.interval * self.random.random()
        self.due = 0.0
        self.until = float("inf")
        self.visit: _Visit | None = None


class CanaryRuns:
    """All canaries of a site.

    What they draw is their own, so visitors meet the same with and without them; their few requests are in no metric
    but theirs. Whether a fault that concerns some visitors concerns a canary is drawn once for each.
    """

    def __init__(
        self, scene: Scene, front_ends: Mapping[str, Serving], backends: Sequence[Serving], store: MetricStore
    ) -> None:
        """Begins with the canaries that are there before the update.

        Args:
            scene: The site, and what is modelled.
            front_ends: The tier of each partition.
            backends: The backend's tiers.
            store: Gets the metrics.
        """
        self._scene = scene
        self._front_ends = front_ends
        self._backends = backends if scene.population.api_calls_per_page else []
        self._store = store
        self._lives: dict[str, list[_Life]] = {}
        for canary in scene.site.canaries.before.values():
            self._lives[canary.name] = [self._earlier(canary)]

    def put(self, name: str, canary: Canary | None, time: float) -> None:
        """Makes or changes a canary, whose runs then begin anew, or deletes it.

        Args:
            name: Its name; one that no canary ever has changes nothing.
            canary: What it is from now on; None if it is not.
            time: When, in seconds.
        """
        lives = self._lives.get(name, [])
        standing = lives[-1] if lives and lives[-1].until > time else None
        if canary == (standing.canary if standing else None):
            return
        if standing:
            standing.until = time
        if canary:
            life = _Life(canary, self._scene)
            life.due = time + self._scene.assumptions.canary_first_run_seconds
            self._lives.setdefault(name, []).append(life)

    def play(self, until: float) -> None:
        """Plays all that canaries do before a time; the aliases have not moved since the last."""
        for lives in self._lives.values():
            for life in lives:
                while life.due < until and (life.visit or life.due < life.until):
                    self._step(life)

    def _earlier(self, canary: Canary) -> _Life:
        """A canary that is there already; before visitors come nothing is wrong."""
        life = _Life(canary, self._scene)
        life.due = life.offset - _GREEN_BEFORE
        while life.due < -self._scene.assumptions.warm_up_seconds:
            self._record(life, life.due, works=True)
            life.due += canary.interval
        return life

    def _step(self, life: _Life) -> None:
        visit = life.visit
        if visit is None:
            life.visit = self._page(life)
            life.due += min(self._scene.assumptions.last_follow_up_seconds, self._run_seconds(life))
            return
        works = visit.works and self._has_assets(life, visit) and self._calls_succeed(life, visit)
        self._record(life, visit.begin, works=works)
        life.due = visit.begin + life.canary.interval
        life.visit = None

    def _page(self, life: _Life) -> _Visit:
        serving = self._front_ends.get(life.canary.partition)
        if serving is None:
            return _Visit(life.due, new=False, works=True)
        new = life.random.random() < serving.part
        broken = new and life.is_concerned and (self._fails(serving, life) or serving.shows_broken_pages(life.due))
        return _Visit(life.due, new, not broken)

    def _has_assets(self, life: _Life, visit: _Visit) -> bool:
        """Whether the page gets its scripts: another release does not have them."""
        serving = self._front_ends.get(life.canary.partition)
        if serving is None or self._scene.keeps_assets:
            return True
        drawn = (life.random.random() < serving.part for _ in range(self._scene.population.assets_per_page))
        return all(new == visit.new for new in drawn)

    def _calls_succeed(self, life: _Life, visit: _Visit) -> bool:
        return all(self._call_succeeds(each, life, visit) for each in self._backends)

    def _call_succeeds(self, backend: Serving, life: _Life, visit: _Visit) -> bool:
        new = life.random.random() < backend.part
        if visit.new and backend.tier.changes and not new and self._scene.fault.needs_new_backend:
            return False
        return not (new and life.is_concerned and self._fails(backend, life))

    def _fails(self, serving: Serving, life: _Life) -> bool:
        return life.random.random() < serving.error_rate(life.due)

    def _run_seconds(self, life: _Life) -> float:
        """A run is over when the next one begins."""
        return min(self._scene.assumptions.canary_run_seconds, life.canary.interval)

    def _record(self, life: _Life, begin: float, *, works: bool) -> None:
        for key in sorted(life.canary.measures):
            self._store.sample(key, begin + self._run_seconds(life), 100.0 if works else 0.0)
