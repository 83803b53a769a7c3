"""A site, visitors and a release of a few lines, for tests that need no assembly."""

from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from typing import Any

from rich.console import Console

from prod_one_box.rehearsal.aws.aliases import AliasBoard, AliasState
from prod_one_box.rehearsal.cloudwatch.metrics import MetricStore
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.report.report_text import print_report
from prod_one_box.rehearsal.visitors.faults import GOOD, Fault
from prod_one_box.rehearsal.visitors.population import Crowd, Population
from prod_one_box.rehearsal.visitors.release_site import FRONT_END, Api, Site, Tier
from prod_one_box.rehearsal.visitors.scenario import Scenario
from prod_one_box.rehearsal.visitors.traffic import Traffic
from prod_one_box.template.page_cache import PageCaching
from prod_one_box.vocabulary import BACKEND, ONE_BOX, REGULAR, partition_names, regular_share

UNCACHED = PageCaching(seconds=0, by_partition=True)
FEW = Population(visits_per_minute=60, assets_per_page=3, api_calls_per_page=2)


def tier(name: str, kind: str) -> Tier:
    """An alias Name of a function NameFn, from version NameOld to NameNew, behind an HTTP API."""
    api = Api(logical_id=f"{name}Api", dimensions=(frozenset({("ApiId", f"${{{name}Api}}")}),), errors="5xx")
    return Tier(
        alias=name,
        kind=kind,
        function=f"${{{name}Fn}}",
        resource=f"${{{name}Fn}}:live",
        old_version=f"{name}Old",
        new_version=f"{name}New",
        apis=(api,),
    )


SITE = Site(
    front_ends={ONE_BOX: tier("OneBox", FRONT_END), REGULAR: tier("Regular", FRONT_END)},
    backends=(tier("Backend", BACKEND),),
    caching=UNCACHED,
)


def scenario(
    *,
    site: Site = SITE,
    population: Population = FEW,
    fault: Fault = GOOD,
    sticky: bool = True,
    seed: int = 1,
    shares: Sequence[float] = (20,),
) -> Scenario:
    """A scenario whose visitors are drawn, since no edge code sends them; `shares` are those of the waves."""
    split = split_into(*shares)
    crowd = Crowd({}, population, shares=split, seed=seed)
    return Scenario(site=site, crowd=crowd, population=population, fault=fault, shares=split, sticky=sticky, seed=seed)


def split_into(*shares: float) -> dict[str, float]:
    """The partitions with their shares: those of the waves, and the regular partition's."""
    return dict(zip(partition_names(len(shares)), [*shares, regular_share(shares)], strict=True))


def site_of_waves(count: int) -> Site:
    """The site with so many waves; the aliases of those between are Wave2 and so on."""
    middle = {f"wave-{number}": tier(f"Wave{number}", FRONT_END) for number in range(2, count + 1)}
    front_ends = {ONE_BOX: SITE.front_ends[ONE_BOX], **middle, REGULAR: SITE.front_ends[REGULAR]}
    return replace(SITE, front_ends=front_ends)


class Release:
    """Moves aliases by hand while visitors come."""

    def __init__(self, played: Scenario, *, phase: int = 0) -> None:
        self.aliases = AliasBoard({each.alias: AliasState(each.old_version) for each in played.site.tiers})
        self.store = MetricStore(phase)
        self.traffic = Traffic(played, self.aliases, self.store)

    def to_new(self, name: str, time: float, part: float = 1.0) -> None:
        """Gives the new version a part of an alias's requests."""
        state = AliasState(f"{name}New") if part == 1 else AliasState(f"{name}Old", ((f"{name}New", part),))
        self._move(name, state, time)

    def to_old(self, name: str, time: float) -> None:
        """Puts an alias back."""
        self._move(name, AliasState(f"{name}Old"), time)

    def _move(self, name: str, state: AliasState, time: float) -> None:
        self.traffic.catch_up(time)
        self.aliases.move(name, state, time, "test")

    def violations(self) -> dict[str, int]:
        """The broken invariants by name, with how often."""
        return {each.invariant.name: each.violations for each in self.traffic.ledger.verdicts() if not each.held}


def with_caching(seconds: float, *, by_partition: bool) -> Site:
    """The site, whose distribution keeps pages."""
    return replace(SITE, caching=PageCaching(seconds=seconds, by_partition=by_partition))


def bad_front_end(error_rate: float = 0.3) -> Fault:
    """A new front end that crashes on some of its requests."""
    return Fault(front_end=True, error_rate=error_rate)


def bad_backend(error_rate: float = 0.3) -> Fault:
    """A new backend that crashes on some of its requests."""
    return Fault(backend=True, error_rate=error_rate)


def as_text(report: Report, **console: Any) -> str:
    """What the command prints of a report."""
    out = StringIO()
    print_report(report, Console(file=out, highlight=False, **{"width": 200, **console}))
    return out.getvalue()
