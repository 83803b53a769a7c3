"""Plays all requests up to a time, with the aliases where they are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from random import Random

from ...vocabulary import BACKEND, ONE_BOX
from ..aws.aliases import AliasBoard
from ..cloudwatch.metrics import MetricKey, MetricStore
from .canary_runs import CanaryRuns
from .history import History
from .invariants import Ledger
from .loading_pages import Page
from .release_site import Tier
from .requests import RequestPlayer
from .scenario import Scenario
from .serving import ServingTier, TierMetrics
from .timeline import SLICE, Slice, Timeline
from .usual_errors import UsualErrors
from .visits import PAGE


class Traffic:
    """All visits to a site during a release.

    Attributes:
        timeline: What visitors experienced, slice by slice.
        ledger: What was checked and what was violated.
        store: The metrics.
        canaries: The runs of the canaries.
    """

    def __init__(
        self,
        scenario: Scenario,
        aliases: AliasBoard,
        store: MetricStore,
        watched: Collection[MetricKey] | None = None,
        *,
        with_history: bool = False,
    ) -> None:
        """Start before the update does, so that the alarms have data.

        Single samples of metrics are kept only for `watched`; default: None, which means for all. With history, the
        store also gets the hours before.
        """
        self.ledger = Ledger()
        self.store = store
        self._aliases = aliases
        self._visits = scenario.visits
        random = Random(f"{scenario.seed}:answers")  # noqa: S311

        def serving(tier: Tier) -> ServingTier:
            modelled = scenario.assumptions
            return ServingTier(
                tier,
                fault=scenario.fault,
                usual=_usual_errors(scenario, tier, "played"),
                metrics=TierMetrics(tier, store, watched),
                milliseconds=modelled.api_milliseconds if tier.kind == BACKEND else modelled.page_milliseconds,
                spread=modelled.latency_spread,
                random=random,
            )

        front_ends = {partition: serving(tier) for partition, tier in scenario.site.front_ends.items()}
        backends = [serving(tier) for tier in scenario.site.backends]
        self._tiers = [*front_ends.values(), *backends]
        self._partitions = tuple(scenario.shares)
        in_order = [front_ends.get(name) for name in self._partitions]
        self._player = RequestPlayer(scenario, in_order, backends, self.ledger)
        self._player.give_cookies(self._visits.earlier_visitors)
        self.canaries = CanaryRuns(scenario, front_ends, backends, store)
        self.timeline = Timeline(tuple(each.tier.alias for each in self._tiers), self._player.impact)
        self._time = self._slice_start = SLICE * (-scenario.assumptions.warm_up_seconds // SLICE)
        self._minute = int(self._time // 60)
        self._begin = self._reported = self._time
        self._histories = list(self._histories_of(scenario)) if with_history else []
        self._position = 0
        self._pages: dict[int, Page] = {}
        self._longest_load = scenario.assumptions.last_follow_up_seconds
        self._broken_before = (0, 0)

    def _histories_of(self, scenario: Scenario) -> Iterator[History]:
        for tier in scenario.site.front_ends.values():
            random = Random(f"{scenario.seed}:history:{tier.alias}")  # noqa: S311
            yield History(tier, TierMetrics(tier, self.store, ()), _usual_errors(scenario, tier, "history"), random)

    @property
    def new_at(self) -> Mapping[str, Sequence[float]]:
        """When the new version answered visitors of each partition, in seconds."""
        return dict(zip(self._partitions, self._player.new_at, strict=True))

    @property
    def met_in(self) -> Mapping[str, int]:
        """How many distinct visitors of each partition its bad version served since the update started."""
        return dict(zip(self._partitions, self._player.met_in, strict=True))

    def catch_up(self, time: float) -> None:
        """Play all remaining requests before a time; the aliases have not moved since the last call."""
        if time <= self._time:
            return
        self._read_aliases()
        self.canaries.play(time)
        while self._slice_start + SLICE <= time:
            self._play_to(self._slice_start + SLICE)
            self._end_slice()
        self._play_to(time)
        self._time = max(self._time, time)

    def finish(self, time: float) -> None:
        """Play the rest of the slice that contains a time."""
        self.catch_up(SLICE * (time // SLICE + 1))
        self._player.assets(self._time, is_over=True)
        self.timeline.weight_periods = [period for each in self._tiers for period in each.weight_periods(self._time)]

    def _read_aliases(self) -> None:
        states = {
            each: self._aliases.state(each.tier.alias) for each in self._tiers if each.tier.alias in self._aliases
        }
        if any(each.part_in(state) != each.part for each, state in states.items()):
            self._player.assets(self._time, is_over=True)
        for each, state in states.items():
            each.read(state, self._time)
        self._player.read_tiers()

    def _play_to(self, until: float) -> None:
        """Play until a time in the current slice, or its end; report the metrics where CloudWatch's minute ends."""
        minute_end = self.store.start_of(self.store.minute(self._reported) + 1)
        if minute_end <= until:
            self._play(minute_end)
            for each in self._tiers:
                each.report(self._reported, minute_end)
            self._reported = minute_end
        self._play(until)

    def _play(self, until: float) -> None:
        page, api_call, pages = self._player.page, self._player.api_call, self._pages
        while self._minute * 60 < until:
            requests, visitors = self._visits.minute(self._minute)
            if not self._position:
                self._player.grow(visitors)
            for position in range(self._position, len(requests)):
                time, _, kind, visit = requests[position]
                if time >= until:
                    self._position = position
                    return
                if kind == PAGE:
                    pages[visit.number] = page(visit, time)
                else:
                    api_call(pages[visit.number], time)
            self._position = len(requests)
            if until < 60 * (self._minute + 1):
                return
            self._minute += 1
            self._position = 0
            self._forget_pages()

    def _forget_pages(self) -> None:
        """Forget the pages that have finished loading, in the minutes that have been played."""
        first = self._minute * 60 - self._longest_load
        self._pages = {number: page for number, page in self._pages.items() if page.time >= first}

    def _end_slice(self) -> None:
        start, impact = self._slice_start, self._player.impact
        self._player.assets(start + SLICE, is_over=start + SLICE == 0)
        counts = [each.end_slice(self._reported, start + SLICE) for each in self._tiers]
        if start >= 0:
            one_slice = Slice(
                start=start,
                old=tuple(old for old, _, _ in counts),
                new=tuple(new for _, new, _ in counts),
                errors=tuple(errors for _, _, errors in counts),
                broken=impact.broken - self._broken_before[0],
                replaced=impact.replaced - self._broken_before[1],
                met=impact.met,
                met_error=impact.met_error,
                saw_broken=impact.saw_broken,
            )
            self.timeline.slices.append(one_slice)
        self._slice_start = self._reported = start + SLICE
        if self._slice_start == 0:
            self._player.reset()
            self.ledger.reset()
            self.timeline.impact = impact = self._player.impact
            for history in self._histories:
                history.draw(self._begin)
        self._broken_before = (impact.broken, impact.replaced)


def _usual_errors(scenario: Scenario, tier: Tier, time: str) -> UsualErrors:
    """Return the usual errors of a tier, with random numbers of their own for the time that is drawn."""
    in_one_box = tier is scenario.site.front_ends.get(ONE_BOX)
    factor = scenario.population.one_box_errors if in_one_box else 1.0
    return UsualErrors(scenario.population, f"{scenario.seed}:usual errors:{time}:{tier.alias}", factor=factor)
