"""Plays the visits lazily: all requests up to a time, with the aliases as they stand."""

from collections.abc import Collection, Sequence
from random import Random

from ...vocabulary import BACKEND, PARTITIONS
from ..aws.aliases import AliasBoard
from ..cloudwatch.metrics import MetricKey, MetricStore
from .canary_runs import CanaryRuns
from .invariants import Ledger
from .release_site import Tier
from .requests import Visiting
from .scenario import Scene
from .serving import Measured, Serving
from .timeline import SLICE, Slice, Timeline
from .visits import ASSET, PAGE, Request, Visits


class Traffic:
    """All visits to a site while a release goes on.

    Attributes:
        timeline: What visitors met, slice by slice.
        ledger: What was checked, and what was broken.
        store: The metrics.
        canaries: What visits the site besides visitors.
    """

    def __init__(
        self, scene: Scene, aliases: AliasBoard, store: MetricStore, watched: Collection[MetricKey] | None = None
    ) -> None:
        """Begins before the update does, so that the alarms know what is usual.

        Args:
            scene: The site and its visitors.
            aliases: Where the aliases point.
            store: Gets the metrics.
            watched: The metrics whose single measurements an alarm asks for; default: None, which means all.
        """
        self.ledger = Ledger()
        self.store = store
        self._scene = scene
        self._aliases = aliases
        self._visits = Visits(scene.population, scene.assumptions, scene.seed)
        random = Random(f"{scene.seed}:answers")  # noqa: S311

        def serving(tier: Tier) -> Serving:
            modelled = scene.assumptions
            milliseconds = modelled.api_milliseconds if tier.kind == BACKEND else modelled.page_milliseconds
            measured = Measured(tier, store, watched)
            return Serving(
                tier,
                fault=scene.fault,
                measured=measured,
                milliseconds=milliseconds,
                spread=modelled.latency_spread,
                random=random,
            )

        by_partition = {partition: serving(tier) for partition, tier in scene.site.front_ends.items()}
        backends = [serving(tier) for tier in scene.site.backends]
        self._servings = [*by_partition.values(), *backends]
        self._visiting = Visiting(scene, [by_partition.get(name) for name in PARTITIONS], backends, self.ledger)
        self._visiting.remember(self._visits.visitors)
        self.canaries = CanaryRuns(scene, by_partition, backends, store)
        self.timeline = Timeline(tuple(each.tier.alias for each in self._servings), self._visiting.impact)
        self._begin(-scene.assumptions.warm_up_seconds)

    def _begin(self, time: float) -> None:
        self._time = self._slice_start = SLICE * (time // SLICE)
        self._minute = int(self._time // 60)
        self._requests: list[Request] = []
        self._place = 0
        self._counted = (0, 0)

    @property
    def regular_new(self) -> Sequence[float]:
        """When the release answered a visitor of the regular partition, in seconds."""
        return self._visiting.regular_new

    def catch_up(self, time: float) -> None:
        """Plays all requests before a time that have not been played yet; the aliases have not moved since the last."""
        if time <= self._time:
            return
        for each in self._servings:
            if each.tier.alias in self._aliases:
                each.read(self._aliases.state(each.tier.alias), self._time)
        self._visiting.look()
        self.canaries.play(time)
        while self._slice_start + SLICE <= time:
            self._play(self._slice_start + SLICE)
            self._end_slice()
        self._play(time)
        self._time = max(self._time, time)

    def finish(self, time: float) -> None:
        """Plays what is left until the end of a time's slice."""
        self.catch_up(SLICE * (time // SLICE + 1))
        self.timeline.stands = [stand for each in self._servings for stand in each.stands(self._time)]

    def _play(self, until: float) -> None:
        visiting = self._visiting
        page, asset, api_call = visiting.page, visiting.asset, visiting.api_call
        while True:
            requests = self._requests
            for place in range(self._place, len(requests)):
                time, _, kind, loaded = requests[place]
                if time >= until:
                    self._place = place
                    return
                if kind == ASSET:
                    asset(loaded, time)
                elif kind == PAGE:
                    page(loaded, time)
                else:
                    api_call(loaded, time)
            self._place = len(requests)
            if self._minute * 60 >= until:
                return
            self._draw_minute()

    def _draw_minute(self) -> None:
        self._requests = self._visits.minute(self._minute)
        self._place = 0
        self._minute += 1
        self._visiting.grow(self._visits.visitors)

    def _end_slice(self) -> None:
        start = self._slice_start
        tally = [each.end_slice(start) for each in self._servings]
        if start >= 0:
            self.timeline.slices.append(Slice.of(start, tally, self._visiting.impact, self._counted))
        self._slice_start = start + SLICE
        if self._slice_start == 0:
            self._visiting.begin()
            self.ledger.begin()
            self.timeline.impact = self._visiting.impact
        self._counted = (self._visiting.impact.broken, self._visiting.impact.replaced)
