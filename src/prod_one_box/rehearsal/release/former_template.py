"""What a release is taken to replace when nobody gives the templates that are deployed now.

Every version that an alias points at, its function's code, and the alarms that are made anew with it are taken to be
new; everything else is taken to be as it was.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ...assembly.cloud_assembly import Json, Resource, StackTemplate
from ...assembly.template_parts import mapping, properties, referred

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
