"""Reads a synthesized cloud assembly: the templates that will be deployed and the assets beside them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
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
    assets: dict[str, Path]


def read_assembly(folder: Path) -> list[StackTemplate]:
    """Reads every stack of a cloud assembly, such as `cdk.out`, nested stacks and the stages' assemblies included.

    Raises:
        AssemblyError: If the folder holds no cloud assembly.
    """
    manifest = _json(folder / "manifest.json")
    stacks: list[StackTemplate] = []
    for name, artifact in _mapping(manifest.get("artifacts")).items():
        kind, properties = _mapping(artifact).get("type"), _mapping(_mapping(artifact).get("properties"))
        if kind == "aws:cloudformation:stack":
            template = folder / str(properties.get("templateFile"))
            stacks.extend(_read_stack(name, template, _read_assets(folder / f"{name}.assets.json")))
        elif kind == "cdk:cloud-assembly":
            stacks.extend(read_assembly(folder / str(properties.get("directoryName"))))
    return stacks


def _read_stack(name: str, template: Path, assets: dict[str, Path]) -> Iterator[StackTemplate]:
    """Reads a stack, and then those nested in it, whose templates are assets of the outermost one."""
    bodies = _mapping(_json(template).get("Resources"))
    resources = {
        logical_id: Resource(logical_id=logical_id, type=str(_mapping(body).get("Type")), body=_mapping(body))
        for logical_id, body in bodies.items()
    }
    yield StackTemplate(name=name, resources=resources, folder=template.parent, assets=assets)
    for logical_id, resource in resources.items():
        if resource.type == "AWS::CloudFormation::Stack":
            url = json.dumps(_mapping(resource.body.get("Properties")).get("TemplateURL"))
            for nested in {assets[found] for found in _HASH.findall(url) if found in assets}:
                yield from _read_stack(f"{name}/{logical_id}", nested, assets)


def _read_assets(manifest: Path) -> dict[str, Path]:
    if not manifest.exists():
        return {}
    files = _mapping(_json(manifest).get("files"))
    sources = {found: _mapping(_mapping(each).get("source")).get("path") for found, each in files.items()}
    return {found: manifest.parent / path for found, path in sources.items() if isinstance(path, str)}


def _json(path: Path) -> dict[str, Json]:
    try:
        return _mapping(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise AssemblyError(f"{path} cannot be read ({error}); make a cloud assembly with `cdk synth`") from error


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
