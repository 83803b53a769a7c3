"""Reads a synthesized cloud assembly: the templates that will be deployed and the assets beside them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ..vocabulary import METADATA_KEY

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


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
        folder: The folder that holds the template and its assets.
    """

    name: str
    resources: dict[str, Resource]
    folder: Path


def read_assembly(folder: Path) -> list[StackTemplate]:
    """Reads every stack of a cloud assembly, such as `cdk.out`, nested assemblies of stages included.

    Raises:
        AssemblyError: If the folder holds no cloud assembly.
    """
    manifest = folder / "manifest.json"
    try:
        artifacts = json.loads(manifest.read_text())["artifacts"]
    except (OSError, ValueError, KeyError) as error:
        raise AssemblyError(f"{folder} holds no cloud assembly ({error}); make one with `cdk synth`") from error
    stacks: list[StackTemplate] = []
    for name, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "aws:cloudformation:stack":
            stacks.append(_read_stack(name, folder / properties["templateFile"]))
        elif artifact["type"] == "cdk:cloud-assembly":
            stacks.extend(read_assembly(folder / properties["directoryName"]))
    return stacks


def _read_stack(name: str, template: Path) -> StackTemplate:
    bodies = json.loads(template.read_text()).get("Resources", {})
    resources = {
        logical_id: Resource(logical_id=logical_id, type=body["Type"], body=body) for logical_id, body in bodies.items()
    }
    return StackTemplate(name=name, resources=resources, folder=template.parent)
