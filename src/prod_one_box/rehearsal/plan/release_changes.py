"""What a release changes by its templates, and what they leave to assumptions or say that is not played."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

from ...template.cloud_assembly import Json, Resource, StackTemplate, listing, mapping, properties
from ...template.intrinsics import readable, referred, renamed, text
from ...template.links import Links
from ...vocabulary import SPLIT, is_partition
from .phases import is_phase
from .step_settings import step_settings

_REASONS: Final = frozenset({"ExpeditedReason", "Overrides"})
"""The properties of a wait that count only in the update that sets them."""

_BEFORE: Final = "Before"
# The keys under which the constructs write a logical id as a plain string.
_VERSIONS: Final = "Versions"
_PLAIN: Final = ("LogicalId", "Version", _VERSIONS, "Alarms", "DependsOn")
_WORD: Final = re.compile(r"[A-Za-z0-9]+")

Rename = Callable[[str], str]


def former_template(stack: StackTemplate) -> StackTemplate:
    """Return the template that a release is assumed to replace when the deployed one is not given.

    Every version that an alias points at, its function's code and the alarms that are made with it are assumed to be
    new; everything else is assumed to stay.
    """
    versions = {_version(resource) for resource in stack.resources.values()} & stack.resources.keys()
    renewed = {
        name
        for name, resource in stack.resources.items()
        if resource.type.endswith("Alarm") and name.endswith(tuple(versions))
    }
    functions = {referred(properties(stack.resources[version]).get("FunctionName")) for version in versions}
    names = {name: f"{name}{_BEFORE}" for name in versions | renewed}
    resources = [_former(each, names, each.logical_id in functions) for each in stack.resources.values()]
    return replace(stack, resources={resource.logical_id: resource for resource in resources})


def _version(resource: Resource) -> str:
    alias = resource.type == "AWS::Lambda::Alias"
    return (referred(properties(resource).get("FunctionVersion")) if alias else None) or ""


def _former(resource: Resource, names: Mapping[str, str], is_new: bool) -> Resource:
    former = mapping(_renamed(resource.body, lambda name: names.get(name, name)))
    values = mapping(former.get("Properties"))
    if is_new:
        former = {**former, "Properties": {**values, "Code": {"S3Key": _BEFORE}}}
    elif values.keys() & _REASONS:
        former = {**former, "Properties": {name: each for name, each in values.items() if name not in _REASONS}}
    return replace(resource, logical_id=names.get(resource.logical_id, resource.logical_id), body=former)


def _renamed(value: Json, rename: Rename, key: str = "") -> Json:
    if isinstance(value, dict):
        return {
            # The keys of a wait's versions are aliases.
            name: _renamed(cast("Json", renamed(name, item, rename)), rename, key if key == _VERSIONS else name)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_renamed(item, rename, key) for item in value]
    return _renamed_text(value, rename, key) if isinstance(value, str) else value


def _renamed_text(value: str, rename: Rename, key: str) -> str:
    if key in _PLAIN:
        return rename(value)
    # A release id names its versions, one after the other.
    return _WORD.sub(lambda found: rename(found.group()), value) if key == "ReleaseId" else value


def difference(new: StackTemplate, old: StackTemplate) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return what a new template creates, updates and deletes. A change of metadata alone is no update."""
    both = new.resources.keys() & old.resources.keys()
    updated = frozenset(
        name
        for name in both
        if new.resources[name].type != old.resources[name].type
        or properties(new.resources[name]) != properties(old.resources[name])
    )
    return frozenset(new.resources.keys() - both), updated, frozenset(old.resources.keys() - both)


def guessed_backends(stack: StackTemplate, aliases: Collection[str], phases: Mapping[str, str]) -> frozenset[str]:
    """Return the aliases without a phase that a partition's alias names in its `DependsOn`."""
    named = {
        str(before)
        for name in aliases
        if is_partition(phases[name])
        for before in listing(stack.resources[name].body.get("DependsOn"))
    }
    return frozenset(name for name in named & set(aliases) if not phases[name])


def assumed(
    new: StackTemplate,
    old: StackTemplate | None,
    backends: Collection[str],
    waits: Mapping[str, float],
    before: StackTemplate,
) -> tuple[str, ...]:
    """Name what is assumed because the templates do not say it, a sentence each."""
    phased = sorted(name for name, each in new.resources.items() if is_phase(each.role.get("Phase")))
    roleless = [name for name in sorted(waits) if not new.resources[name].role]
    return (
        *(_without_old(new, before, waits) if old is None else ()),
        *(f"{name} counts as a backend, because the one-box waits for it" for name in sorted(backends)),
        *(
            f"{name} is played as a bake that is polled every {waits[name]:g} s: its metadata does not say"
            for name in roleless
        ),
        *(f"{name}: {words}" for name in phased for words in step_settings(new.resources[name], new.resources).differs),
    )


def alarms_elsewhere(stack: StackTemplate, waits: Collection[str], links: Links) -> tuple[str, ...]:
    """Name the alarms that waits watch and that are not in the template, a sentence for waits that watch the same."""
    watchers: dict[tuple[str, ...], list[str]] = {}
    for wait in sorted(waits):
        alarms = [mapping(each) for each in listing(properties(stack.resources[wait]).get("Alarms"))]
        names = tuple(_name_elsewhere(stack, each["Name"], links) for each in alarms if "Name" in each)
        watchers.setdefault(names, []).append(wait)
    return tuple(_assumed_to_be_ok(waits, alarms) for alarms, waits in watchers.items() if alarms)


def _assumed_to_be_ok(waits: Sequence[str], alarms: Sequence[str]) -> str:
    watch = f"{', '.join(waits)} {'watches' if len(waits) == 1 else 'watch'}"
    if len(alarms) == 1:
        return f"{watch} alarm {alarms[0]}, which is not in this template: it is assumed to be OK"
    return f"{watch} alarms {', '.join(alarms)}, which are not in this template: they are assumed to be OK"


def _name_elsewhere(stack: StackTemplate, name: Json, links: Links) -> str:
    """Return an alarm's name for people: its logical id if it is in another stack of this assembly."""
    found = sorted(place for place in links.led_to(stack, name) if place.stack != stack.name)
    if found:
        return f"{found[0].logical_id} of {found[0].stack}"
    return readable(text(mapping(name).get("Fn::ImportValue", name)))


def phases_not_played(stack: StackTemplate, phases: Mapping[str, str]) -> tuple[str, ...]:
    """Name the resources whose phase is not played, a sentence each; `phases` has those that are."""
    named = {name: str(each.role["Phase"]) for name, each in stack.resources.items() if "Phase" in each.role}
    return tuple(
        f"{name} has an unknown phase, {named[name]}"
        if name in phases
        else f"{name} has the phase {named[name]}, but it is neither an alias nor a wait: nothing is played for it"
        for name in sorted(named)
        if phases.get(name) != named[name]
    )


def _without_old(new: StackTemplate, before: StackTemplate, waits: Collection[str]) -> list[str]:
    releasing = [name for name in sorted(waits) if new.resources[name].role.get("Phase") != SPLIT]
    idle = [name for name in releasing if _release_id(new, name) == _release_id(before, name)]
    reasons = [name for name, each in sorted(new.resources.items()) if properties(each).keys() & _REASONS]
    return [
        "No deployed templates were given: every version that an alias points at counts as new, and nothing else",
        *(f"{name}: its release id names no version that is new, so it holds nothing back" for name in idle),
        *(
            f"{name}: its reason to expedite it or to override a guard is assumed to be given for this release"
            for name in reasons
        ),
    ]


def _release_id(stack: StackTemplate, wait: str) -> Json:
    return properties(stack.resources[wait]).get("ReleaseId")


_TYPES: Final = {
    "AWS::CloudFormation::Stack": "a nested stack, played as one resource: its own resources are not played",
    "AWS::CloudFormation::WaitCondition": "a wait condition, assumed to be signalled immediately",
    "AWS::CloudFormation::Macro": "a macro, assumed to change nothing",
}
_OF_ALIASES: Final = {
    "RoutingConfig": "the weights that the template gives it are not played: all requests go to its version",
    "ProvisionedConcurrencyConfig": "the time that its provisioned concurrency takes is not played",
}
_MANAGED: Final = "CodeDeployLambdaAliasUpdate"


def not_modelled(stack: StackTemplate, changed: Collection[str], *, handled: Collection[str]) -> tuple[str, ...]:
    """Name what the changed resources do that is not played, a sentence each; `handled` are the aliases and waits."""
    resources = [stack.resources[name] for name in sorted(changed)]
    return tuple(
        f"{each.logical_id}: {words}" for each in resources for words in _not_modelled(each, each.logical_id in handled)
    )


def _not_modelled(resource: Resource, handled: bool) -> Iterator[str]:
    if resource.type in _TYPES:
        yield _TYPES[resource.type]
    if not handled and "ServiceToken" in properties(resource):
        yield f"a custom resource ({resource.type}), whose code is not run: assumed to succeed"
    if "Condition" in resource.body:
        yield "it has a condition, assumed to be true"
    for name in sorted(mapping(resource.body.get("UpdatePolicy")).keys() - {_MANAGED}):
        yield f"its update policy {name} is not played"
    if "CreationPolicy" in resource.body:
        yield "its creation policy is assumed to be met immediately"
    if resource.type == "AWS::Lambda::Alias":
        yield from (words for name, words in _OF_ALIASES.items() if name in properties(resource))
