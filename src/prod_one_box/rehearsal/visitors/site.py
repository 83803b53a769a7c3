"""What a visitor's request reaches: the aliases of each partition and of the backend, and who measures them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ...assembly.canonical import text
from ...assembly.cloud_assembly import AssemblyError, Json, Resource, StackTemplate
from ...assembly.page_cache import PageCaching, page_caching
from ...assembly.template_parts import listing, mapping, properties
from ...references import references
from ...vocabulary import BACKEND, PARTITIONS
from ..release.release_plan import AliasChange, ReleasePlan

FRONT_END: Final = "front-end"
"""The tier whose aliases render pages; the other is the backend."""

_URL: Final = "AWS::Lambda::Url"
_INTEGRATIONS: Final = {
    "AWS::ApiGatewayV2::Integration": ("ApiId", "5xx"),
    "AWS::ApiGateway::Method": ("RestApiId", "5XXError"),
}
_STAGES: Final = ("AWS::ApiGatewayV2::Stage", "AWS::ApiGateway::Stage")


@dataclass(frozen=True, kw_only=True)
class Api:
    """An API in front of an alias, as CloudWatch measures it.

    Attributes:
        logical_id: Its name in the template.
        dimensions: The sets of dimensions under which each request is counted.
        errors: The metric that counts answers of 500 and above.
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
        resource: The function and the alias's name, as Lambda's dimension `Resource` has it.
        old_version: The logical id of the version that the alias is on before the release.
        new_version: The logical id of the version that the release puts it on.
        apis: The APIs in front of it.
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
        """Whether the release puts another version on the alias."""
        return self.old_version != self.new_version


@dataclass(frozen=True, kw_only=True)
class Site:
    """What visitors reach.

    Attributes:
        front_ends: The alias of each partition; empty if the stack holds no front end.
        backends: The backend's aliases.
        caching: How the distribution keeps pages.
        notes: What was taken for what, and what was not understood.
    """

    front_ends: dict[str, Tier]
    backends: tuple[Tier, ...]
    caching: PageCaching
    notes: tuple[str, ...] = ()

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """All aliases that answer, the front end's first."""
        return (*self.front_ends.values(), *self.backends)


def read_site(plan: ReleasePlan, stacks: Sequence[StackTemplate]) -> Site:
    """Reads what the release's stack serves.

    Args:
        plan: The release.
        stacks: All stacks of the assembly: the distribution may be in another one than the release.
    """
    notes: list[str] = []
    resources = {name: resource for each in stacks for name, resource in each.resources.items()}
    front_ends = {
        partition: _tier(plan, alias, FRONT_END) for partition, alias in _front_ends(plan, resources, notes).items()
    }
    backends = tuple(_tier(plan, alias, BACKEND) for alias in sorted(plan.backends))
    reached = {tier.alias for tier in (*front_ends.values(), *backends)}
    notes.extend(f"{name}: no visitor's request is known to reach it" for name in sorted(plan.moving - reached))
    return Site(front_ends=front_ends, backends=backends, caching=page_caching(resources, notes), notes=tuple(notes))


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


def _front_ends(plan: ReleasePlan, resources: Mapping[str, Resource], notes: list[str]) -> dict[str, str]:
    """Follows each partition's origin to an alias; where that leads nowhere, the alias's own role says it."""
    by_origin = _through_origins(plan, resources)
    front_ends: dict[str, str] = {}
    for partition in PARTITIONS:
        named = sorted(name for name in plan.aliases if plan.phases[name] == partition)
        reached = by_origin.get(partition, [])
        if len(named) > 1 and len(reached) != 1:
            raise AssemblyError(f"{plan.new.name}: {', '.join(named)} all serve the {partition} partition")
        if reached and named and reached[0] not in named:
            notes.append(f"the {partition} partition's origin leads to {reached[0]}, not to {named[0]}")
        if named and not reached:
            notes.append(f"{named[0]} is taken for the {partition} partition's by its role: no origin leads to it")
        if reached or named:
            front_ends[partition] = (reached or named)[0]
    return front_ends


def _through_origins(plan: ReleasePlan, resources: Mapping[str, Resource]) -> dict[str, list[str]]:
    urls = {name: list(references(properties(each))) for name, each in resources.items() if each.type == _URL}
    fronts = {name: {name, *(api.logical_id for api in _apis(plan.new, name))} for name in plan.aliases}
    reached: dict[str, list[str]] = {}
    for resource in resources.values():
        for partition, origin in mapping(resource.role.get("Partitions")).items():
            named = set(references(_domains(resource, origin)))
            named |= {alias for url in named & urls.keys() for alias in urls[url]}
            reached[partition] = [name for name, ways in fronts.items() if named & ways]
    return reached


def _domains(distribution: Resource, origin: Json) -> Json:
    """The domain names of the origin of an id: one, in a distribution that CloudFront takes."""
    origins = listing(mapping(properties(distribution).get("DistributionConfig")).get("Origins"))
    return [mapping(each).get("DomainName") for each in origins if mapping(each).get("Id") == origin]
