"""Reads a synthesized cloud assembly: the templates that will be deployed and the assets beside them.

Reads parts of a resource without trusting their shape.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from ..vocabulary import METADATA_KEY
from .asset_files import asset_named
from .choices import Choices

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_PATH: Final = "aws:cdk:path"
_LOGICAL_ID: Final = "aws:cdk:logicalId"
_ASSET: Final = "aws:cdk:asset"
_NESTED: Final = re.compile(r"\.NestedStack/[^/]+\.NestedStackResource$")
_PLAIN: Final = re.compile(r"(/Resource|/Default)+$")
_UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError, RecursionError)


class AssemblyError(Exception):
    """What keeps an assembly from being read or rehearsed, with the reason and what to do."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of a template.

    Attributes:
        logical_id: Its name in the template.
        type: Its CloudFormation type.
        body: All that the template says of it.
        path: The path of its construct, such as `Shop/Site/Distribution`; "" if the assembly does not say it.
    """

    logical_id: str
    type: str
    body: dict[str, Json]
    path: str = ""

    @property
    def name(self) -> str:
        """What people know it by: its construct's path, or its logical id where the assembly does not say that."""
        return self.path or self.logical_id

    @property
    def role(self) -> dict[str, Json]:
        """What the constructs say that the resource is to a release; empty for a resource that is not theirs."""
        metadata = self.body.get("Metadata")
        role = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
        return role if isinstance(role, dict) else {}


@dataclass(frozen=True, kw_only=True, eq=False)
class StackTemplate:
    """A stack of an assembly; equal to itself alone, so that what is read of it can be looked up by it.

    Attributes:
        name: The stack's name as `cdk ls` prints it, unique in the assembly; a nested stack's is its construct's path.
        resources: The resources of its template by logical id.
        folder: The folder that holds the template.
        assets: The files and folders that are uploaded with it, by hash and by object key.
        stack_name: Its name in CloudFormation.
        artifact: Its id in the assembly; for a nested stack, that of the outermost one.
        environment: The account and region that it is deployed to, as the assembly writes them.
        outputs: The template's outputs by logical id.
        parameters: The template's parameters by logical id.
        choices: What the template's mappings and conditions choose from.
        depends_on: The ids of what `cdk deploy` deploys before it, stacks among them; for a nested stack, before the
            outermost one.
        nested_in: For a nested stack, the name of the stack that holds it, and its logical id there.
    """

    name: str
    resources: dict[str, Resource]
    folder: Path
    assets: dict[str, Path] = field(default_factory=dict)
    stack_name: str = ""
    artifact: str = ""
    environment: str = ""
    outputs: dict[str, Json] = field(default_factory=dict)
    parameters: dict[str, Json] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)
    depends_on: frozenset[str] = frozenset()
    nested_in: tuple[str, str] | None = None


def read_assembly(folder: Path) -> list[StackTemplate]:
    """Reads every stack of a cloud assembly, such as `cdk.out`, nested stacks and the stages' assemblies included.

    Raises:
        AssemblyError: If the folder holds no cloud assembly, or one that is cut off.
    """
    stacks = list(_read_folder(folder))
    names = [each.name for each in stacks]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AssemblyError(f"{folder} holds several stacks {twice[0]}, which nobody can tell apart")
    return stacks


def _read_folder(folder: Path) -> Iterator[StackTemplate]:
    for name, artifact in _artifacts(folder).items():
        kind, properties = artifact.get("type"), artifact.get("properties", {})
        said = properties if isinstance(properties, dict) else {}
        if kind == "aws:cloudformation:stack":
            yield from _read_stack(folder, name, artifact, said)
        elif kind == "cdk:cloud-assembly":
            yield from _read_folder(folder / str(said.get("directoryName")))


def _artifacts(folder: Path) -> dict[str, dict[str, Json]]:
    try:
        artifacts = _mapping(_document(folder / "manifest.json")["artifacts"])
        return {name: _mapping(artifact) for name, artifact in artifacts.items()}
    except _UNREADABLE as error:
        make = f"make one with `cdk synth`, or without that command with `CDK_OUTDIR={folder} python app.py`"
        raise AssemblyError(f"{folder} holds no cloud assembly ({_why(error)}); {make}") from error


def _read_stack(
    folder: Path, artifact: str, said: Mapping[str, Json], properties: Mapping[str, Json]
) -> Iterator[StackTemplate]:
    entries = _read_metadata(folder, said)
    name = str(said.get("displayName") or properties.get("stackName") or artifact)
    outermost = StackTemplate(
        name=name,
        resources={},
        folder=folder,
        assets={**_read_legacy_assets(folder, entries), **_read_assets(folder / f"{artifact}.assets.json")},
        stack_name=str(properties.get("stackName") or artifact),
        artifact=artifact,
        environment=str(said.get("environment") or ""),
        depends_on=frozenset(str(each) for each in _listed(said.get("dependencies"))),
    )
    yield from _with_nested(outermost, folder / str(properties.get("templateFile")), _read_paths(entries), ())


def _with_nested(
    stack: StackTemplate, template: Path, paths: Mapping[str, str], outer: tuple[Path, ...]
) -> Iterator[StackTemplate]:
    """Reads a stack, and then those nested in it, whose templates are assets of the outermost one."""
    if template in outer:
        raise AssemblyError(f"{template} is nested in itself")
    read = _read_template(stack, template, paths)
    yield read
    for logical_id, resource in read.resources.items():
        if resource.type == "AWS::CloudFormation::Stack":
            said = resource.body.get("Properties")
            nested = asset_named(stack.assets, said.get("TemplateURL") if isinstance(said, dict) else None)
            inner = replace(
                stack,
                name=_NESTED.sub("", resource.path) if resource.path else f"{stack.name}/{logical_id}",
                stack_name="",
                nested_in=(stack.name, logical_id),
            )
            if nested is not None:
                yield from _with_nested(inner, nested, paths, (*outer, template))


def _read_template(stack: StackTemplate, template: Path, paths: Mapping[str, str]) -> StackTemplate:
    try:
        document = _document(template)
        bodies = {name: _mapping(body) for name, body in _mapping(document.get("Resources", {})).items()}
        inside = {path: name for path, name in paths.items() if path.startswith(f"{stack.name}/")}
        by_name = {name: path for path, name in sorted(inside.items(), key=lambda each: len(each[0]), reverse=True)}
        resources = {
            name: Resource(logical_id=name, type=_typed(name, body), body=body, path=_path(body, by_name.get(name, "")))
            for name, body in bodies.items()
        }
        sections = ("Outputs", "Parameters", "Mappings", "Conditions")
        outputs, parameters, mappings, conditions = (_mapping(document.get(each, {})) for each in sections)
    except _UNREADABLE as error:
        raise AssemblyError(
            f"{template} is no template that can be read ({_why(error)}); run `cdk synth` again"
        ) from error
    return replace(
        stack,
        resources=resources,
        folder=template.parent,
        outputs=outputs,
        parameters=parameters,
        choices=Choices(mappings, conditions, _known(stack.environment)),
    )


def _known(environment: str) -> dict[str, str]:
    """Reads the account and the region off `aws://account/region`, where CDK writes `unknown-region`, too."""
    said = zip(("AWS::AccountId", "AWS::Region"), environment.removeprefix("aws://").split("/"), strict=False)
    return {name: value for name, value in said if value and not value.startswith("unknown-")}


def _typed(name: str, body: Mapping[str, Json]) -> str:
    kind = body["Type"]
    if not isinstance(kind, str) or not kind:
        raise TypeError(f"the type of {name} is no text")
    return kind


def _path(body: Mapping[str, Json], otherwise: str) -> str:
    metadata = body.get("Metadata")
    said = metadata.get(_PATH) if isinstance(metadata, dict) else None
    return _PLAIN.sub("", said if isinstance(said, str) else otherwise)


def _read_metadata(folder: Path, said: Mapping[str, Json]) -> list[tuple[str, dict[str, Json]]]:
    """What CDK notes beside a stack: entries, each with the path of its construct."""
    file = said.get("additionalMetadataFile")
    noted = said.get("metadata")
    if isinstance(file, str) and (folder / file).is_file():
        try:
            noted = _document(folder / file)
        except _UNREADABLE as error:
            raise AssemblyError(f"{folder / file} cannot be read ({_why(error)}); run `cdk synth` again") from error
    entries = noted if isinstance(noted, dict) else {}
    return [
        (path.lstrip("/"), entry)
        for path, listed in entries.items()
        for entry in (listed if isinstance(listed, list) else [])
        if isinstance(entry, dict)
    ]


def _read_paths(entries: Sequence[tuple[str, dict[str, Json]]]) -> dict[str, str]:
    """The logical ids by the path of the construct."""
    return {path: str(entry.get("data")) for path, entry in entries if entry.get("type") == _LOGICAL_ID}


def _read_legacy_assets(folder: Path, entries: Sequence[tuple[str, dict[str, Json]]]) -> dict[str, Path]:
    """The assets that a stack of CDK's legacy synthesizer notes, which has no list of them in a file of its own."""
    said = [entry.get("data") for _, entry in entries if entry.get("type") == _ASSET]
    noted = [data for data in said if isinstance(data, dict) and {"path", "id"} <= data.keys()]
    named = [(data[name], data["path"]) for data in noted for name in ("id", "sourceHash") if name in data]
    return {str(found): folder / str(path) for found, path in named}


def _read_assets(manifest: Path) -> dict[str, Path]:
    if not manifest.exists():
        return {}
    try:
        files = _mapping(_document(manifest)["files"])
        sources = {found: _mapping(_mapping(each)["source"]) for found, each in files.items()}
    except _UNREADABLE as error:
        raise AssemblyError(f"{manifest} is no list of assets that can be read ({_why(error)})") from error
    paths = {found: manifest.parent / str(source["path"]) for found, source in sources.items() if "path" in source}
    return {key: path for found, path in paths.items() for key in (found, *_object_keys(files[found]))}


def _object_keys(asset: Json) -> Iterator[str]:
    """The keys under which an asset is uploaded, as its destinations say them."""
    destinations = asset.get("destinations") if isinstance(asset, dict) else None
    for each in destinations.values() if isinstance(destinations, dict) else ():
        if isinstance(each, dict) and isinstance(each.get("objectKey"), str):
            yield str(each["objectKey"])


def _document(path: Path) -> dict[str, Json]:
    return _mapping(json.loads(path.read_text("utf-8")))


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _mapping(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError(f"{json.dumps(value)[:40]} is no object")
    return value


def _why(error: Exception) -> str:
    """Says in words why something cannot be read."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"it has no {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__


def properties(resource: Resource) -> dict[str, Json]:
    """What a resource's properties say; empty when it has none."""
    return mapping(resource.body.get("Properties"))


def mapping(value: Json) -> dict[str, Json]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: Json) -> list[Json]:
    """The value if it is a list, else a list of it; an absent value is an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
