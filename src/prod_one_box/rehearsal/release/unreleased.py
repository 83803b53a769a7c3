"""What an update changes about a released function without a new version: `$LATEST` alone gets it."""

from collections.abc import Iterator

from ...assembly.cloud_assembly import Json, StackTemplate
from ...assembly.links import Links
from ...assembly.routing import released_aliases
from ...assembly.template_parts import properties, referred
from ...release_rules.unversioned import NOT_IN_A_VERSION

_INPUTS = ("AWS::Lambda::LayerVersion", "AWS::SSM::Parameter")


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
    is_to_be, is_now = _kept(new, function), _kept(old, function)
    for key in sorted(is_to_be.keys() | is_now.keys()):
        if is_to_be.get(key) != is_now.get(key):
            yield f"its property {key}"
    for place in sorted(links.led_to(new, is_to_be) & before.led_to(old, is_now)):
        resource, was = links.resource(place), before.resource(place)
        if resource.type in _INPUTS and properties(resource) != properties(was):
            yield f"{resource.path or place.logical_id}, which it takes,"


def _kept(stack: StackTemplate, function: str) -> dict[str, Json]:
    """Reads what a version keeps of a function."""
    said = properties(stack.resources[function])
    return {key: value for key, value in said.items() if key.lower() not in NOT_IN_A_VERSION}
