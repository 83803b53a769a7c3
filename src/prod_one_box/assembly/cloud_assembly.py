"""Reads a synthesized cloud assembly: the templates that will be deployed and the assets beside them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from ..vocabulary import METADATA_KEY

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_HASH: Final = re.compile(r"[0-9a-f]{64}")


class AssemblyError(Exception):
    """An assembly that cannot be read, with the reason and what to do."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of a template.

    Attributes:
        logical_id: Its name in the template.
        type: Its CloudFormation type.
        body: All that the template says of it.
    """

    logical_id: str
    type: str
    body: dict[str, Json]

    @property
    def role(self) -> dict[str, Json]:
        """What the constructs say that the resource is to a release; empty for a resource that is not theirs."""
        metadata = self.body.get("Metadata")
        role = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
        return role if isinstance(role, dict) else {}


@dataclass(frozen=True, kw_only=True)
class StackTemplate:
    """A stack of an assembly.

    Attributes:
        name: The stack's id in the assembly.
        resources: The resources of its template by logical id.
        folder: The folder that holds the template.
        assets: The files and folders that are uploaded with it, by the hash that the template names them by.
    """

    name: str
    resources: dict[str, Resource]
    folder: Path
    assets: dict[str, Path] = field(default_factory=dict)


def read_assembly(folder: Path) -> list[StackTemplate]:
    """Reads every stack of a cloud assembly, such as `cdk.out`, nested stacks and the stages' assemblies included.

    Raises:
        AssemblyError: If the folder holds no cloud assembly, or one that is cut off.
    """
    stacks: list[StackTemplate] = []
    for name, artifact in _artifacts(folder).items():
        kind, properties = artifact.get("type"), _mapping(artifact.get("properties", {}))
        if kind == "aws:cloudformation:stack":
            template = folder / str(properties.get("templateFile"))
            stacks.extend(_read_stack(name, template, _read_assets(folder / f"{name}.assets.json")))
        elif kind == "cdk:cloud-assembly":
            stacks.extend(read_assembly(folder / str(properties.get("directoryName"))))
    return stacks


def _artifacts(folder: Path) -> dict[str, dict[str, Json]]:
    try:
        artifacts = _mapping(_document(folder / "manifest.json")["artifacts"])
        return {name: _mapping(artifact) for name, artifact in artifacts.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AssemblyError(f"{folder} holds no cloud assembly ({error!r}); make one with `cdk synth`") from error


def _read_stack(name: str, template: Path, assets: dict[str, Path]) -> Iterator[StackTemplate]:
    """Reads a stack, and then those nested in it, whose templates are assets of the outermost one."""
    resources = _read_resources(template)
    yield StackTemplate(name=name, resources=resources, folder=template.parent, assets=assets)
    for logical_id, resource in resources.items():
        if resource.type == "AWS::CloudFormation::Stack":
            named = _HASH.findall(json.dumps(resource.body.get("Properties")))
            for nested in dict.fromkeys(assets[found] for found in named if found in assets):
                yield from _read_stack(f"{name}/{logical_id}", nested, assets)


def _read_resources(template: Path) -> dict[str, Resource]:
    try:
        bodies = {name: _mapping(body) for name, body in _mapping(_document(template).get("Resources", {})).items()}
        return {name: Resource(logical_id=name, type=str(body["Type"]), body=body) for name, body in bodies.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AssemblyError(f"{template} is no template that can be read ({error!r}); run `cdk synth` again") from error


def _read_assets(manifest: Path) -> dict[str, Path]:
    if not manifest.exists():
        return {}
    try:
        files = _mapping(_document(manifest)["files"])
        sources = {found: _mapping(_mapping(each)["source"]) for found, each in files.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AssemblyError(f"{manifest} is no list of assets that can be read ({error!r})") from error
    return {found: manifest.parent / str(source["path"]) for found, source in sources.items() if "path" in source}


def _document(path: Path) -> dict[str, Json]:
    return _mapping(json.loads(path.read_text("utf-8")))


def _mapping(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError(f"{json.dumps(value)[:40]} is no object")
    return value
