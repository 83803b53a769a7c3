"""What a release's templates tell that takes some reading: changes, waits, and what they leave to be guessed.

What a release is taken to replace when nobody gives the templates that are deployed now.

Every version that an alias points at, its function's code, and the alarms that are made anew with it are taken to be
new; everything else is taken to be as it was.

Names what a template says that the rehearsal does not play.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ...template.cloud_assembly import Json, Resource, StackTemplate, listing, mapping, properties, referred
from ...template.intrinsics import readable, text
from ...template.links import Links
from ...vocabulary import ONE_BOX, PHASES
from .step_settings import held_by, is_wait

REASONS: Final = frozenset({"ExpeditedReason", "Overrides"})
"""The properties of a wait that count only in the update that gives them."""

_BEFORE: Final = "Before"
# Where the constructs write a logical id as a plain string.
_PLAIN: Final = ("LogicalId", "Version", "Alarms", "DependsOn")
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
_SUBSTITUTED: Final = re.compile(r"(?<=\$\{)[A-Za-z0-9]+")

Rename = Callable[[str], str]


def former_template(stack: StackTemplate) -> StackTemplate:
    """Makes the template that the release is taken to replace: other versions of the same functions."""
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
    body = _renamed(resource.body, lambda name: names.get(name, name))
    former = mapping(body)
    said = mapping(former.get("Properties"))
    if is_new:
        former = {**former, "Properties": {**said, "Code": {"S3Key": _BEFORE}}}
    elif said.keys() & REASONS:
        former = {**former, "Properties": {name: each for name, each in said.items() if name not in REASONS}}
    return replace(resource, logical_id=names.get(resource.logical_id, resource.logical_id), body=former)


def _renamed(value: Json, rename: Rename, key: str = "") -> Json:
    if isinstance(value, dict):
        return {name: _renamed(item, rename, name) for name, item in value.items()}
    if isinstance(value, list) and value and key == "Fn::GetAtt":
        return [rename(str(value[0])), *value[1:]]
    if isinstance(value, list):
        return [_renamed(item, rename, key) for item in value]
    return _renamed_text(value, rename, key) if isinstance(value, str) else value


def _renamed_text(value: str, rename: Rename, key: str) -> str:
    if key == "Ref" or key in _PLAIN:
        return rename(value)
    if key == "Fn::GetAtt":
        name, dot, attribute = value.partition(".")
        return f"{rename(name)}{dot}{attribute}"
    if key == "Fn::Sub":
        return _SUBSTITUTED.sub(lambda found: rename(found.group()), value)
    # A release id names its versions, one after the other.
    return _WORD.sub(lambda found: rename(found.group()), value) if key == "ReleaseId" else value


def difference(new: StackTemplate, old: StackTemplate) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Compares two templates: what the newer one creates, updates and deletes. Metadata alone updates nothing."""
    both = new.resources.keys() & old.resources.keys()
    updated = frozenset(name for name in both if _settings(new.resources[name]) != _settings(old.resources[name]))
    return frozenset(new.resources.keys() - both), updated, frozenset(old.resources.keys() - both)


def poll_intervals(stack: StackTemplate, usual: float) -> dict[str, float]:
    """Finds the waits, and how often each is polled, in seconds; one that does not say it, as is usual.

    Raises:
        AssemblyError: If one holds the release for what is no time.
    """
    waits = {name: held_by(each, stack.resources) for name, each in stack.resources.items() if is_wait(each)}
    return {name: usual if held.poll is None else held.poll for name, held in waits.items()}


def guessed_backends(stack: StackTemplate, aliases: Collection[str], phases: Mapping[str, str]) -> frozenset[str]:
    """Finds the aliases of no phase that a one-box names in its `DependsOn`: what else would it wait for them?"""
    named = {
        str(before)
        for name in aliases
        if phases[name] == ONE_BOX
        for before in listing(stack.resources[name].body.get("DependsOn"))
    }
    return frozenset(name for name in named & set(aliases) if not phases[name])


def taken_for_granted(
    new: StackTemplate,
    old: StackTemplate | None,
    backends: Collection[str],
    waits: Mapping[str, float],
    before: StackTemplate,
) -> tuple[str, ...]:
    """Says what is taken for what because the templates do not say it, a sentence each."""
    phased = sorted(name for name, each in new.resources.items() if each.role.get("Phase") in PHASES)
    roleless = [name for name in sorted(waits) if not new.resources[name].role]
    return (
        *(_without_old(new, before, waits) if old is None else ()),
        *(f"{name} counts as a backend, because the one-box waits for it" for name in sorted(backends)),
        *(
            f"{name} is played as a bake that is polled every {waits[name]:g} s: its metadata does not say"
            for name in roleless
        ),
        *(f"{name}: {words}" for name in phased for words in held_by(new.resources[name], new.resources).differs),
    )


def watched_elsewhere(stack: StackTemplate, waits: Collection[str], links: Links) -> tuple[str, ...]:
    """Names the alarms that waits watch and the template does not hold, a sentence for those that watch the same."""
    alarms_of = {
        name: tuple(
            _name_elsewhere(stack, mapping(alarm)["Name"], links)
            for alarm in listing(properties(stack.resources[name]).get("Alarms"))
            if "Name" in mapping(alarm)
        )
        for name in sorted(waits)
    }
    watchers: dict[tuple[str, ...], list[str]] = {}
    for name, alarms in alarms_of.items():
        watchers.setdefault(alarms, []).append(name)
    return tuple(_taken_to_be_ok(names, alarms) for alarms, names in watchers.items() if alarms)


def _taken_to_be_ok(waits: Sequence[str], alarms: Sequence[str]) -> str:
    watch = f"{', '.join(waits)} {'watches' if len(waits) == 1 else 'watch'}"
    if len(alarms) == 1:
        return f"{watch} alarm {alarms[0]}, which is not in this template: it is assumed to be OK"
    return f"{watch} alarms {', '.join(alarms)}, which are not in this template: they are assumed to be OK"


def _name_elsewhere(stack: StackTemplate, name: Json, links: Links) -> str:
    """An alarm's name for people: its logical id in another stack of this assembly, if one of them gives the name."""
    found = sorted(place for place in links.led_to(stack, name) if place.stack != stack.name)
    said = mapping(name).get("Fn::ImportValue", name)
    return f"{found[0].logical_id} of {found[0].stack}" if found else readable(text(said))


def unplayed_phases(stack: StackTemplate, phases: Mapping[str, str]) -> tuple[str, ...]:
    """Names what says a phase that cannot be played, a sentence each; `phases` is what is played."""
    said = {name: str(each.role["Phase"]) for name, each in stack.resources.items() if "Phase" in each.role}
    return tuple(
        f"{name} has an unknown phase, {said[name]}"
        if name in phases
        else f"{name} has the phase {said[name]}, but it is neither an alias nor a wait: nothing is played for it"
        for name in sorted(said)
        if phases.get(name) != said[name]
    )


def _without_old(new: StackTemplate, before: StackTemplate, waits: Collection[str]) -> list[str]:
    idle = [name for name in sorted(waits) if _release_id(new, name) == _release_id(before, name)]
    reasons = [name for name, each in sorted(new.resources.items()) if properties(each).keys() & REASONS]
    return [
        "No deployed templates were given: every version that an alias points at counts as new, and nothing else",
        *(f"{name}: its release id names no version that is new, so it holds nothing back" for name in idle),
        *(
            f"{name}: its reason to expedite it or to override a guard is taken to be given for this release"
            for name in reasons
        ),
    ]


def _release_id(stack: StackTemplate, wait: str) -> Json:
    return properties(stack.resources[wait]).get("ReleaseId")


def _settings(resource: Resource) -> tuple[str, object]:
    return resource.type, properties(resource)


_TYPES: Final = {
    "AWS::CloudFormation::Stack": "a nested stack, taken as one resource: what happens inside is not played",
    "AWS::CloudFormation::WaitCondition": "a wait condition, assumed to be signalled at once",
    "AWS::CloudFormation::Macro": "a macro, assumed to change nothing",
}
_MANAGED: Final = "CodeDeployLambdaAliasUpdate"


def not_modelled(stack: StackTemplate, changed: Collection[str], *, handled: Collection[str]) -> tuple[str, ...]:
    """Says what a release does that is not played, a sentence each.

    Args:
        stack: The stack as it is to be.
        changed: What the release creates or updates; what it leaves alone needs no words.
        handled: The aliases and waits, which are played.
    """
    resources = [stack.resources[name] for name in sorted(changed)]
    return tuple(
        f"{each.logical_id}: {words}" for each in resources for words in _found(each, each.logical_id in handled)
    )


def _found(resource: Resource, handled: bool) -> Iterator[str]:
    if resource.type in _TYPES:
        yield _TYPES[resource.type]
    if not handled and "ServiceToken" in properties(resource):
        yield f"a custom resource ({resource.type}), whose code is not run: assumed to succeed"
    if "Condition" in resource.body:
        yield "it has a condition, assumed to be true"
    for name in sorted(mapping(resource.body.get("UpdatePolicy")).keys() - {_MANAGED}):
        yield f"its update policy {name} is not played"
    if "CreationPolicy" in resource.body:
        yield "its creation policy is assumed to be met at once"
    if resource.type == "AWS::Lambda::Alias":
        yield from _of_alias(resource)


def _of_alias(alias: Resource) -> Iterator[str]:
    if "RoutingConfig" in properties(alias):
        yield "the weights that the template gives it are not played: all requests go to its version"
    if "ProvisionedConcurrencyConfig" in properties(alias):
        yield "the time that its provisioned concurrency takes is not played"
