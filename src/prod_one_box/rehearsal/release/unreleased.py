"""What an update changes about a released function without a new version: `$LATEST` alone gets it."""

from collections.abc import Iterator

from ...assembly.cloud_assembly import Json, StackTemplate
from ...assembly.links import Links, Place
from ...assembly.routing import released_aliases
from ...assembly.template_parts import mapping, properties, referred
from ...release_rules.unversioned import COMPUTED_TYPES, NOT_IN_A_VERSION, asked_of, named_in

_LAYER = "AWS::Lambda::LayerVersion"
_SSM = "AWS::SSM::Parameter"


def unreleased_changes(new: StackTemplate, old: StackTemplate, links: Links, before: Links) -> Iterator[str]:
    """Name the changes that no release brings to anybody, a sentence with its remedy for each.

    Args:
        new: The stack as it is to be.
        old: The stack as it is.
        links: The stacks as they are to be.
        before: The stacks as they are.
    """
    for alias in released_aliases(new):
        version = referred(properties(alias).get("FunctionVersion")) or ""
        name = referred(properties(alias).get("FunctionName")) or ""
        was = old.resources.get(alias.logical_id)
        stays = was is not None and referred(properties(was).get("FunctionVersion")) == version
        if stays and name in new.resources and name in old.resources:
            shown = new.resources[name].path or name
            for what in _changed(new, old, name, links, before):
                yield (
                    f"{shown}: {what} changes, but {version} stays: only $LATEST gets the change, and no release "
                    "brings it to the alias. Let the version depend on it: function.invalidate_version_based_on."
                )


def _changed(new: StackTemplate, old: StackTemplate, function: str, links: Links, before: Links) -> Iterator[str]:
    is_to_be, is_now = _kept(new, function, links), _kept(old, function, before)
    for key in sorted(is_to_be.keys() | is_now.keys()):
        if is_to_be.get(key) != is_now.get(key):
            yield f"its property {key}"
    taken = links.led_to(new, _as_written(new, function)) & before.led_to(old, _as_written(old, function))
    for place in sorted(taken):
        if _taken(place, links) != _taken(place, before):
            yield f"{links.resource(place).path or place.logical_id}, which it takes,"
    yield from (f"{each}, which it takes," for each in _named_otherwise(is_to_be, new, old, links, before))


def _named_otherwise(said: Json, new: StackTemplate, old: StackTemplate, links: Links, before: Links) -> Iterator[str]:
    """Names the parameters and mappings that changed."""
    for name in sorted({*named_in(said)}):
        if _default(name, links) != _default(name, before):
            yield f"the default of the parameter {name.rpartition('/')[2]}"
    for name in sorted({*asked_of(said, "Fn::FindInMap")}):
        if new.choices.mappings.get(name) != old.choices.mappings.get(name):
            yield f"the mapping {name}"


def _as_written(stack: StackTemplate, function: str) -> dict[str, Json]:
    """Reads what a version keeps of a function."""
    said = properties(stack.resources[function])
    return {key: value for key, value in said.items() if key.lower() not in NOT_IN_A_VERSION}


def _kept(stack: StackTemplate, function: str, links: Links) -> dict[str, Json]:
    return mapping(links.inlined(stack, _as_written(stack, function)))


def _taken(place: Place, links: Links) -> Json:
    """Reads what a function's own values depend on in a resource that it names.

    A resource that has another name is another resource, which CloudFormation makes in the place of the former.
    """
    resource = links.resource(place)
    said = mapping(links.inlined(links.stacks[place.stack], properties(resource)))
    if resource.type.startswith((_LAYER, *COMPUTED_TYPES)):
        return said
    name = resource.type.rpartition("::")[2]
    kept = {"Name", f"{name}Name", *(["Value"] if resource.type == _SSM else [])}
    return {key: value for key, value in said.items() if key in kept}


def _default(parameter: str, links: Links) -> Json:
    stack, _, name = parameter.rpartition("/")
    holder = links.stacks.get(stack)
    return mapping(holder.parameters.get(name)).get("Default") if holder else None
