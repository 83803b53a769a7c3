"""What visitors' requests reach: the aliases of the partitions and of the backend, and the APIs in front of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ...template.cloud_assembly import AssemblyError, StackTemplate, properties
from ...template.distributions import Distribution, WaysIn, retained_path
from ...template.edge_functions import EdgeFunction, functions_of
from ...template.intrinsics import references, text
from ...template.links import Links, Place
from ...template.page_cache import NOT_KEPT, PageCaching, page_caching
from ...template.routing import Routing, inputs_without_version, routing_by_edges, routing_to_functions
from ...vocabulary import BACKEND, in_release_order, is_partition
from ..plan.release_plan import AliasChange, ReleasePlan
from ..plan.split import shares_of, split_of
from .canaries import Canaries, read_canaries
from .page_request import PageRequest, SiteNames, site_names
from .release_edge import changed_edge, edge_of_release

FRONT_END: Final = "front-end"
"""The kind of a tier that renders pages; the other kind is the backend."""

_INTEGRATIONS: Final = {
    "AWS::ApiGatewayV2::Integration": ("ApiId", "5xx"),
    "AWS::ApiGateway::Method": ("RestApiId", "5XXError"),
}
_STAGES: Final = ("AWS::ApiGatewayV2::Stage", "AWS::ApiGateway::Stage")


@dataclass(frozen=True, kw_only=True)
class Api:
    """An API in front of an alias, as CloudWatch measures it.

    Attributes:
        logical_id: Its logical id.
        dimensions: The sets of dimensions under which each request is counted.
        errors: The metric that counts responses of 500 and above.
    """

    logical_id: str
    dimensions: tuple[frozenset[tuple[str, str]], ...]
    errors: str


@dataclass(frozen=True, kw_only=True)
class Tier:
    """An alias that answers requests.

    Attributes:
        alias: The alias's logical id.
        kind: `front-end` or `backend`.
        function: The name of the alias's function, in canonical text.
        resource: The value of Lambda's dimension `Resource`: the function and the alias's name.
        old_version: The logical id of the version before the release.
        new_version: The logical id of the version that the release deploys.
        apis: The APIs in front of it; default: none.
    """

    alias: str
    kind: str
    function: str
    resource: str
    old_version: str
    new_version: str
    apis: tuple[Api, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the release changes the alias's version."""
        return self.old_version != self.new_version


@dataclass(frozen=True, kw_only=True)
class Site:
    """What visitors reach.

    Attributes:
        front_ends: The tier of each partition, in the order of a release; empty if the stack has no front end.
        backends: The backend's tiers.
        caching: How the distribution caches pages.
        notes: What was assumed and what was not understood; default: nothing.
        functions: The edge functions by event; default: none.
        shares: The percentage of visitors in each partition, in the order of a release; default: None, which means that
            neither an edge nor a wait gives them.
        has_edge: Whether the shares are an edge's; default: no.
        retained_path: The path of the assets of every release; default: None, which means that each partition serves
            its own.
        canaries: The canaries that visit the site; default: none.
        calls: What calls the released functions, through their aliases or past them; default: nothing.
        edge_routing: Which requests the edge routes, and which bypass it; default: nothing.
        names: The site's host names and the page that visitors request; default: an example page.
    """

    front_ends: dict[str, Tier]
    backends: tuple[Tier, ...]
    caching: PageCaching
    notes: tuple[str, ...] = ()
    functions: dict[str, EdgeFunction] = field(default_factory=dict)
    shares: Mapping[str, float] | None = None
    has_edge: bool = False
    retained_path: str | None = None
    canaries: Canaries = field(default_factory=Canaries)
    calls: Routing = field(default_factory=Routing)
    edge_routing: Routing = field(default_factory=Routing)
    names: SiteNames = field(default_factory=SiteNames)

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """All tiers, the front ends first."""
        return (*self.front_ends.values(), *self.backends)


def read_site(
    plan: ReleasePlan,
    stacks: Sequence[StackTemplate],
    distribution: str | None = None,
    *,
    deployed: Sequence[StackTemplate] | None = None,
    request: PageRequest | None = None,
) -> Site:
    """Read the site that a release's stack serves, and its edge, which any stack of the assembly may hold.

    Without a name, the distribution is the one that leads to the release's aliases. Without `deployed`, all stacks that
    are deployed now, the edge does not change.

    Raises:
        AssemblyError: If the distribution or the alias that serves visitors is ambiguous, or the edge code cannot be
            found.
    """
    notes: list[str] = []
    links = Links(stacks)
    edge = edge_of_release(links, plan.new.name, plan.aliases, name=distribution, notes=notes)
    notes.extend(changed_edge(edge, links, deployed) if edge and deployed is not None else ())
    front_ends = {
        partition: _behind_edge(edge, partition, _tier(plan, alias, FRONT_END))
        for partition, alias in _front_ends(plan, edge, notes).items()
    }
    backends = tuple(_tier(plan, alias, BACKEND) for alias in sorted(plan.backends))
    notes.extend(_unreached(plan, links, [*front_ends.values(), *backends]))
    functions = functions_of(edge, links, notes) if edge and front_ends else {}
    retained = retained_path(edge, links) if edge and front_ends else None
    if retained:
        notes.append(f"every page's assets are assumed to be under {retained}, where those of every release are kept")
    canaries = read_canaries(plan, links, edge, notes)
    calls = routing_to_functions(links, [plan.new.name])
    edge_routing = routing_by_edges(links, [plan.new.name], edge.name if edge else None)
    notes[:0] = [*calls.past, *edge_routing.past, *calls.meant, *edge_routing.meant]
    notes.extend(inputs_without_version(links, plan.new))
    return Site(
        front_ends=front_ends,
        backends=backends,
        caching=page_caching(edge, links, notes) if edge and front_ends else NOT_KEPT,
        notes=tuple(notes),
        functions=functions,
        shares=_shares(plan, edge, functions) if front_ends else None,
        has_edge=edge is not None,
        retained_path=retained,
        canaries=canaries,
        calls=calls,
        edge_routing=edge_routing,
        names=site_names(request or PageRequest(), edge),
    )


def _unreached(plan: ReleasePlan, links: Links, tiers: Sequence[Tier]) -> Iterator[str]:
    """Return a sentence for each alias that no visitor is known to reach; pages may have its URL from elsewhere."""
    for name in sorted(plan.moving - {tier.alias for tier in tiers}):
        yield f"{name}: no visitor is known to reach it"
    reached = WaysIn(links).reached()
    for tier in tiers:
        if tier.kind == BACKEND and Place(plan.new.name, tier.alias) not in reached:
            yield f"{tier.alias}: no way to it was found in this assembly; pages are assumed to call it"


def _behind_edge(edge: Distribution | None, partition: str, tier: Tier) -> Tier:
    """Return the tier with only the APIs that the edge uses."""
    addresses = edge.addresses[partition] if edge and partition in edge.leads_to else None
    if addresses is None:
        return tier
    return replace(
        tier, apis=tuple(api for api in tier.apis if api.logical_id in {each.logical_id for each in addresses})
    )


def _shares(
    plan: ReleasePlan, edge: Distribution | None, functions: Mapping[str, EdgeFunction]
) -> Mapping[str, float] | None:
    """Return the shares that the edge's code has, or the edge's metadata, or else the waits of the release."""
    if "viewer-request" in functions:
        return functions["viewer-request"].shares
    return edge.shares if edge else shares_of(split_of(plan.new)) or None


def _tier(plan: ReleasePlan, alias: str, kind: str) -> Tier:
    change: AliasChange = plan.aliases[alias]
    return Tier(
        alias=alias,
        kind=kind,
        function=change.function,
        resource=f"{change.function}:{change.name}",
        old_version=change.old or change.new,
        new_version=change.new,
        apis=tuple(_apis(plan.new, alias)),
    )


def _apis(stack: StackTemplate, alias: str) -> Iterator[Api]:
    found: dict[str, str] = {}
    for resource in stack.resources.values():
        if resource.type in _INTEGRATIONS and alias in references(properties(resource)):
            owner, errors = _INTEGRATIONS[resource.type]
            found.update(dict.fromkeys(references(properties(resource).get(owner)), errors))
    for api, errors in sorted(found.items()):
        named = ("ApiId", f"${{{api}}}") if errors == "5xx" else ("ApiName", _name_of(stack, api))
        stages = [frozenset({named, ("Stage", stage)}) for stage in _stages(stack, api)]
        yield Api(logical_id=api, dimensions=(frozenset({named}), *stages), errors=errors)


def _name_of(stack: StackTemplate, api: str) -> str:
    return text(properties(stack.resources[api]).get("Name")) if api in stack.resources else f"${{{api}}}"


def _stages(stack: StackTemplate, api: str) -> list[str]:
    stages = [properties(each) for each in stack.resources.values() if each.type in _STAGES]
    owned = [each for each in stages if api in references([each.get("ApiId"), each.get("RestApiId")])]
    return [text(each.get("StageName")) for each in owned]


def _front_ends(plan: ReleasePlan, edge: Distribution | None, notes: list[str]) -> dict[str, str]:
    """Return the alias of each partition, by the partition's origin or else by the alias's metadata."""
    front_ends: dict[str, str] = {}
    behind_edge = edge.leads_to if edge else ()
    for partition in in_release_order({*filter(is_partition, plan.phases.values()), *behind_edge}):
        named = sorted(name for name in plan.aliases if plan.phases[name] == partition)
        reached = _reached(plan, edge, partition, named)
        if len(reached) > 1 or (len(named) > 1 and not reached):
            several = ", ".join(reached or named)
            raise AssemblyError(f"{plan.new.name}: {several} all serve the {partition} partition")
        if reached and named and reached[0] not in named:
            notes.append(f"the {partition} partition's origin leads to {reached[0]}, not to {named[0]}")
        if named and not reached:
            notes.append(
                f"{named[0]} is assumed to serve the {partition} partition, as its metadata says: no origin leads to it"
            )
        if reached or named:
            front_ends[partition] = (reached or named)[0]
    return front_ends


def _reached(plan: ReleasePlan, edge: Distribution | None, partition: str, named: Sequence[str]) -> list[str]:
    """Return the release's front-end aliases behind a partition's origin, which may lead to others too."""
    places = edge.leads_to.get(partition, frozenset()) if edge else frozenset()
    reached = sorted(each.logical_id for each in places if each.stack == plan.new.name)
    known = [name for name in reached if name in plan.aliases]
    return [name for name in known if name in named] or [name for name in known if name not in plan.backends] or known
