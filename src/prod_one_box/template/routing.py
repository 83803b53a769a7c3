"""Find where the requests of an assembly go: to the aliases that releases move, or past them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ..vocabulary import BYPASS_KEY, REGULAR, is_partition
from .call_targets import is_caller, targets
from .callers import ALIAS, VERSION, Call, bypass, calls, owners_of, released_functions
from .cloud_assembly import Json, Resource, StackTemplate, listing, mapping, properties
from .distributions import Distribution, every_distribution
from .edge_functions import function_at
from .intrinsics import text
from .links import Links, Place
from .mixed_releases import ASSOCIATIONS, VIEWER_REQUEST, mixed_releases
from .unversioned import COMPUTED_TYPES, unversioned_inputs

_FUNCTION = "AWS::Lambda::Function"
_LAYER = "AWS::Lambda::LayerVersion"
_MANAGED = "CodeDeployLambdaAliasUpdate"
_WAVE_UNREACHED = "so its bake watches nobody. Give the edge the origin before it in `partitions`."
_REGULAR_UNREACHED = (
    "so the promotion reaches nobody. Give the edge the origin before it in `partitions`, or to the default behavior."
)


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Where requests go.

    Attributes:
        checked: The number of checked ways; default: 0.
        past: A sentence for each way past a release; default: none.
        meant: A sentence for each way past a release for which the template gives a reason; default: none.
    """

    checked: int = 0
    past: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()


def routing_to_functions(links: Links, stacks: Collection[str]) -> Routing:
    """Find what calls the functions whose aliases are moved by releases of some stacks."""
    resources = {
        f"{stack.name}/{name}": (each.type, mapping(links.inlined(stack, properties(each))))
        for stack in links.stacks.values()
        for name, each in stack.resources.items()
        if is_caller(each.type) or each.type in (VERSION, ALIAS)
    }
    bodies = {f"{stack.name}/{name}": each for stack in links.stacks.values() for name, each in stack.resources.items()}
    moved = [f"{name}/{alias.logical_id}" for name in stacks for alias in released_aliases(links.stacks[name])]
    owners = owners_of(resources)
    released = released_functions(resources, moved)
    called = {name: (kind, targets(kind, settings)) for name, (kind, settings) in resources.items() if is_caller(kind)}
    found = list(calls(called, released, {alias: owners[alias] for alias in moved}))
    past = [each for each in found if each.instead]
    reasons = {each.caller: _reason(bodies[each.caller]) for each in past}
    return Routing(
        checked=len(found),
        past=tuple(_sentence(each, bodies) for each in past if not reasons[each.caller]),
        meant=tuple(
            f"{bodies[each.caller].name} calls {_readable(each.instead)} on purpose: {reasons[each.caller]}"
            for each in past
            if reasons[each.caller]
        ),
    )


def routing_of_partitions(distribution: Distribution, links: Links) -> Routing:
    """Find what a distribution serves from a partition without the edge's choice, or from the wrong partition."""
    config = mapping(properties(distribution.resource).get("DistributionConfig"))
    whose = _partitions_of_origins(distribution, links)
    own, others = _edges_functions(distribution, config, links)
    found = [*mixed_releases(config, whose, own, others), *_exchanged(distribution, links)]
    checked = 1 + len(listing(config.get("CacheBehaviors"))) + len(listing(config.get("CustomErrorResponses")))
    return _judged(checked, [f"{distribution.name}: {each}" for each in found], _reason(distribution.resource))


def _judged(checked: int, found: Sequence[str], reason: str) -> Routing:
    if reason:
        return Routing(checked=checked, meant=tuple(f"{each} On purpose: {reason}" for each in found))
    return Routing(checked=checked, past=tuple(found))


def _edges_functions(distribution: Distribution, config: dict[str, Json], links: Links) -> tuple[set[str], set[str]]:
    """Return the viewer-request functions of a distribution's own edge, and those of other edges.

    The functions on the default behavior of a distribution with partitions are its own edge's; if there are none, all
    its functions are. A function that is not in the assembly is assumed to be the distribution's own.
    """
    own, others = set[str](), set[str]()
    default = distribution.default_behavior
    for behavior in (default, *map(mapping, listing(config.get("CacheBehaviors")))):
        for kind, arn in ASSOCIATIONS.items():
            for settings in map(mapping, listing(behavior.get(kind))):
                places = links.led_to(distribution.stack, settings.get(arn))
                function, name = function_at(links, places), text(settings.get(arn))
                if settings.get("EventType") != VIEWER_REQUEST or (places and function is None):
                    continue
                if distribution.has_partitions and (behavior is default or not places):
                    own.add(name)
                elif function is not None:
                    others.add(name)
    if distribution.has_partitions and not own:
        return others, set()
    return own, others - own


def _exchanged(distribution: Distribution, links: Links) -> Iterator[str]:
    """Yield a sentence for each partition whose origin leads to another partition's alias."""
    for partition, aliases in distribution.leads_to.items():
        phases = {str(links.resource(place).role.get("Phase")): place for place in sorted(aliases)}
        for other in filter(is_partition, phases if partition not in phases else ()):
            yield (
                f"The {partition} partition's origin leads to {links.resource(phases[other]).name}, which is the "
                f"{other} partition's: its visitors get a release when it is the other's turn. Give each partition "
                "the origin before its own alias."
            )


def _partitions_of_origins(distribution: Distribution, links: Links) -> dict[str, str]:
    """Return the partition of each origin, from the edge's metadata or because it leads to a partition's alias."""
    whose: dict[str, str] = {}
    for origin, led_to in distribution.origins.items():
        phases = sorted(str(links.resource(place).role.get("Phase")) for place in led_to)
        whose.update((origin, phase) for phase in phases if is_partition(phase))
    named = mapping(distribution.resource.role.get("Partitions"))
    return {**whose, **{str(origin): partition for partition, origin in named.items()}}


def routing_by_edges(links: Links, stacks: Collection[str], distribution: str | None = None) -> Routing:
    """Find what distributions serve from partitions without the edge's choice, and partitions that no visitor reaches.

    Of the distributions with partitions, check the one of a name, or all in these stacks or leading to them; check all
    without partitions.
    """
    every = every_distribution(links)
    leading = [each for each in every if each.leads_to_any(stacks)]
    holders = {*stacks, *(each.stack.name for each in leading if each.has_partitions)}
    meant = [each for each in every if each in leading or each.stack.name in holders or each.is_called(distribution)]
    named = [each for each in meant if not each.has_partitions or distribution is None or each.is_called(distribution)]
    return _together([*(routing_of_partitions(each, links) for each in named), *_unreached(every, links, stacks)])


def _unreached(every: Sequence[Distribution], links: Links, stacks: Collection[str]) -> Iterator[Routing]:
    """Yield the partitions that no visitor reaches.

    A stack to which no distribution of the assembly leads may get its visitors from elsewhere.
    """
    known = {alias for each in every if each.has_partitions for alias in each.aliases}
    anyhow = {alias for each in every for led_to in each.origins.values() for alias in led_to}
    for stack in (links.stacks[name] for name in stacks):
        aliases = {Place(stack.name, each.logical_id): each for each in released_aliases(stack)}
        partitions = {place: each for place, each in aliases.items() if is_partition(each.role.get("Phase"))}
        for place in sorted(partitions.keys() - known) if partitions.keys() & anyhow else ():
            partition = str(partitions[place].role["Phase"])
            sentence = (
                f"No edge sends visitors to {links.resource(place).name}, the {partition} partition's alias: no "
                f"origin of a distribution with a PartitionEdge leads there, "
                f"{_REGULAR_UNREACHED if partition == REGULAR else _WAVE_UNREACHED}"
            )
            yield _judged(1, [sentence], _reason(partitions[place]))


def _together(found: Sequence[Routing]) -> Routing:
    return Routing(
        checked=sum(each.checked for each in found),
        past=tuple(sentence for each in found for sentence in each.past),
        meant=tuple(sentence for each in found for sentence in each.meant),
    )


def routing_of(links: Links, stacks: Collection[str], distribution: str | None = None) -> Routing:
    """Find what calls the released functions of some stacks, and where distributions send visitors."""
    return _together([routing_to_functions(links, sorted(stacks)), routing_by_edges(links, stacks, distribution)])


def released_aliases(stack: StackTemplate) -> list[Resource]:
    """Return the aliases that a stack's releases move: those of the constructs and of CodeDeploy."""
    return [
        each
        for each in stack.resources.values()
        if each.type == ALIAS and ("Phase" in each.role or _MANAGED in mapping(each.body.get("UpdatePolicy")))
    ]


def inputs_without_version(links: Links, stack: StackTemplate) -> Iterator[str]:
    """Yield a sentence with a remedy for each input of a stack's released functions that no version fixes."""
    parameters = {f"{each.name}/{name}" for each in links.stacks.values() for name in each.parameters}
    computed = {
        f"{each.name}/{name}"
        for each in links.stacks.values()
        for name, resource in each.resources.items()
        if resource.type.startswith(COMPUTED_TYPES) and each.artifact == stack.artifact
    }
    functions = {
        place
        for alias in released_aliases(stack)
        for place in links.led_to(stack, properties(alias).get("FunctionName"))
        if links.resource(place).type == _FUNCTION
    }
    for place in sorted(functions):
        function = links.resource(place)
        layers = links.led_to(links.stacks[place.stack], properties(function).get("Layers"))
        taken = [(place, function), *((each, links.resource(each)) for each in sorted(layers))]
        for source, resource in taken:
            if resource.type in (_FUNCTION, _LAYER):
                settings = mapping(links.inlined(links.stacks[source.stack], properties(resource)))
                for sentence in unversioned_inputs(settings, parameters, computed):
                    yield f"{resource.name}: {sentence}"


def _reason(resource: Resource) -> str:
    reason = mapping(resource.body.get("Metadata")).get(BYPASS_KEY)
    return reason if isinstance(reason, str) else ""


def _sentence(call: Call, bodies: dict[str, Resource]) -> str:
    kind = bodies[call.caller].type
    says = bypass(kind, _readable(call.instead), bodies[call.function].name)
    return f"{bodies[call.caller].name} ({kind}) {says}"


def _readable(instead: str | None) -> str:
    """Remove the stack from a version's or an alias's name."""
    words = (instead or "").split(" ")
    return " ".join(word.rpartition("/")[2] for word in words)
