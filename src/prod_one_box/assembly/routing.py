"""Where the requests of an assembly go: through the aliases that releases move, or past them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ..release_rules.call_targets import is_caller, targets
from ..release_rules.callers import ALIAS, VERSION, Call, bypass, calls, owners_of, released_functions
from ..release_rules.mixed_releases import choosing_functions, mixed_releases
from ..release_rules.unversioned import COMPUTED_TYPES, unversioned_inputs
from ..vocabulary import BYPASS_KEY, PARTITIONS
from .chosen_distribution import distributions_of
from .cloud_assembly import Json, Resource, StackTemplate
from .distributions import Distribution, distributions
from .links import Links
from .template_parts import listing, mapping, properties
from .ways_in import WaysIn

_FUNCTION = "AWS::Lambda::Function"
_LAYER = "AWS::Lambda::LayerVersion"
_MANAGED = "CodeDeployLambdaAliasUpdate"


@dataclass(frozen=True, kw_only=True)
class Routing:
    """What was found about where requests go.

    Attributes:
        checked: How many ways were looked at; default: 0.
        past: Those that pass a release by, a sentence each; default: none.
        meant: Those that do so for a reason that the template gives, a sentence each; default: none.
    """

    checked: int = 0
    past: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()


def routing_to_functions(links: Links, stacks: Collection[str]) -> Routing:
    """Find what calls the functions whose aliases some stacks' releases move.

    Args:
        links: The assembly's stacks.
        stacks: The names of the stacks whose releases are meant.
    """
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
    called = {name: (kind, targets(kind, said)) for name, (kind, said) in resources.items() if is_caller(kind)}
    found = list(calls(called, released, {alias: owners[alias] for alias in moved}))
    past = [each for each in found if each.instead]
    reasons = {each.caller: _reason(bodies[each.caller]) for each in past}
    return Routing(
        checked=len(found),
        past=tuple(_sentence(each, bodies) for each in past if not reasons[each.caller]),
        meant=tuple(
            f"{_shown(each.caller, bodies)} calls {_readable(each.instead)} on purpose: {reasons[each.caller]}"
            for each in past
            if reasons[each.caller]
        ),
    )


def routing_of_partitions(distribution: Distribution, links: Links) -> Routing:
    """Find the behaviors and error pages of a distribution that serve a partition without the edge's choice.

    Args:
        distribution: The distribution, with partitions.
        links: The assembly's stacks.
    """
    config = mapping(properties(distribution.resource).get("DistributionConfig"))
    edge = choosing_functions(distribution.default_behavior)
    found = mixed_releases(config, _partitions_of_origins(distribution, config, links), edge)
    mixed = [f"{distribution.name}: {each}" for each in found]
    reason = _reason(distribution.resource)
    checked = 1 + len(listing(config.get("CacheBehaviors"))) + len(listing(config.get("CustomErrorResponses")))
    if reason:
        return Routing(checked=checked, meant=tuple(f"{each} On purpose: {reason}" for each in mixed))
    return Routing(checked=checked, past=tuple(mixed))


def _partitions_of_origins(distribution: Distribution, config: dict[str, Json], links: Links) -> dict[str, str]:
    """Finds whose each origin is: by the edge's metadata, or because it leads to a partition's alias."""
    ways_in = WaysIn(links)
    whose: dict[str, str] = {}
    for origin in map(mapping, listing(config.get("Origins"))):
        led_to = ways_in.aliases(links.led_to(distribution.stack, origin.get("DomainName")))
        phases = sorted(str(links.resource(place).role.get("Phase")) for place in led_to)
        whose.update((str(origin.get("Id")), phase) for phase in phases if phase in PARTITIONS)
    named = mapping(distribution.resource.role.get("Partitions"))
    return {**whose, **{str(origin): partition for partition, origin in named.items()}}


def routing_of(links: Links, stacks: Collection[str], distribution: str | None = None) -> Routing:
    """Find both: what calls some stacks' released functions, and what the distributions that lead there serve.

    Args:
        links: The assembly's stacks.
        stacks: The names of the stacks whose releases are meant.
        distribution: The distribution's name; default: None, which means all of them that those stacks hold, or that
            lead to them.
    """
    found = [routing_to_functions(links, sorted(stacks))]
    edges = distributions_of(distributions(links), stacks)
    found += [
        routing_of_partitions(each, links) for each in edges if distribution is None or each.is_called(distribution)
    ]
    return Routing(
        checked=sum(each.checked for each in found),
        past=tuple(sentence for each in found for sentence in each.past),
        meant=tuple(sentence for each in found for sentence in each.meant),
    )


def released_aliases(stack: StackTemplate) -> list[Resource]:
    """Find the aliases that a stack's releases move: those of the constructs, and those of CodeDeploy.

    Args:
        stack: The stack.
    """
    return [
        each
        for each in stack.resources.values()
        if each.type == ALIAS and ("Phase" in each.role or _MANAGED in mapping(each.body.get("UpdatePolicy")))
    ]


def inputs_without_version(links: Links, stack: StackTemplate) -> Iterator[str]:
    """Name what a stack's released functions take from outside their version, a sentence with its remedy for each.

    Args:
        links: The assembly's stacks.
        stack: The stack.
    """
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
                said = mapping(links.inlined(links.stacks[source.stack], properties(resource)))
                for sentence in unversioned_inputs(said, parameters, computed):
                    yield f"{resource.path or resource.logical_id}: {sentence}"


def _reason(resource: Resource) -> str:
    reason = mapping(resource.body.get("Metadata")).get(BYPASS_KEY)
    return reason if isinstance(reason, str) else ""


def _sentence(call: Call, bodies: dict[str, Resource]) -> str:
    kind = bodies[call.caller].type
    says = bypass(kind, _readable(call.instead), _shown(call.function, bodies))
    return f"{_shown(call.caller, bodies)} ({kind}) {says}"


def _readable(instead: str | None) -> str:
    """Takes the stack off a version's or an alias's name."""
    words = (instead or "").split(" ")
    return " ".join(word.rpartition("/")[2] for word in words)


def _shown(name: str, bodies: dict[str, Resource]) -> str:
    resource = bodies[name]
    return resource.path or resource.logical_id
