"""Read a synthesized cloud assembly: the templates that will be deployed, and their assets."""

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
    """An assembly cannot be read or rehearsed; the message gives the reason and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of a template.

    Attributes:
        logical_id: Its name in the template.
        type: Its CloudFormation type.
        body: Its definition in the template.
        path: The path of its construct, such as `Shop/Site/Distribution`; "" if the assembly does not give it.
    """

    logical_id: str
    type: str
    body: dict[str, Json]
    path: str = ""

    @property
    def name(self) -> str:
        """Its name for people: its construct's path, or its logical id if the assembly does not give the path."""
        return self.path or self.logical_id

    @property
    def role(self) -> dict[str, Json]:
        """Its role in a release, which the constructs write into its metadata; empty for other resources."""
        return mapping(mapping(self.body.get("Metadata")).get(METADATA_KEY))


@dataclass(frozen=True, kw_only=True, eq=False)
class StackTemplate:
    """A stack of an assembly, which is equal only to itself, so that it can be a key of a cache.

    Attributes:
        name: The stack's name as `cdk ls` prints it, unique in the assembly; for a nested stack, its construct's path.
        resources: The resources of its template by logical id.
        folder: The folder that holds the template.
        assets: The files and folders that are uploaded with it, by hash and by object key.
        stack_name: Its name in CloudFormation.
        artifact: Its id in the assembly; for a nested stack, that of the outermost one.
        environment: The account and region that it is deployed to, such as `aws://123456789012/us-east-1`.
        outputs: The template's outputs by logical id.
        parameters: The template's parameters by logical id.
        choices: The template's mappings and conditions.
        depends_on: The ids of the artifacts that `cdk deploy` deploys before it, or before the outermost stack.
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
    """Read every stack of a cloud assembly, such as `cdk.out`, including nested stacks and those of stages.

    Raises:
        AssemblyError: If the folder does not hold a complete cloud assembly.
    """
    stacks = list(_read_folder(folder))
    names = [each.name for each in stacks]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AssemblyError(f"{folder} holds several stacks {twice[0]}, which cannot be told apart")
    return stacks


def _read_folder(folder: Path) -> Iterator[StackTemplate]:
    for name, artifact in _artifacts(folder).items():
        kind, details = artifact.get("type"), mapping(artifact.get("properties"))
        if kind == "aws:cloudformation:stack":
            yield from _read_stack(folder, name, artifact, details)
        elif kind == "cdk:cloud-assembly":
            yield from _read_folder(folder / str(details.get("directoryName")))


def _artifacts(folder: Path) -> dict[str, dict[str, Json]]:
    try:
        artifacts = _object(_document(folder / "manifest.json")["artifacts"])
        return {name: _object(artifact) for name, artifact in artifacts.items()}
    except _UNREADABLE as error:
        make = f"make one with `cdk synth`, or without that command with `CDK_OUTDIR={folder} python app.py`"
        raise AssemblyError(f"{folder} holds no cloud assembly ({_why(error)}); {make}") from error


def _read_stack(
    folder: Path, artifact: str, manifest: Mapping[str, Json], details: Mapping[str, Json]
) -> Iterator[StackTemplate]:
    entries = _read_metadata(folder, manifest)
    name = str(manifest.get("displayName") or details.get("stackName") or artifact)
    outermost = StackTemplate(
        name=name,
        resources={},
        folder=folder,
        assets={**_read_legacy_assets(folder, entries), **_read_assets(folder / f"{artifact}.assets.json")},
        stack_name=str(details.get("stackName") or artifact),
        artifact=artifact,
        environment=str(manifest.get("environment") or ""),
        depends_on=frozenset(str(each) for each in listing(manifest.get("dependencies"))),
    )
    yield from _with_nested(outermost, folder / str(details.get("templateFile")), _read_paths(entries), ())


def _with_nested(
    stack: StackTemplate, template: Path, paths: Mapping[str, str], outer: tuple[Path, ...]
) -> Iterator[StackTemplate]:
    """Read a stack and those nested in it, whose templates are assets of the outermost stack."""
    if template in outer:
        raise AssemblyError(f"{template} is nested in itself")
    read = _read_template(stack, template, paths)
    yield read
    for logical_id, resource in read.resources.items():
        if resource.type == "AWS::CloudFormation::Stack":
            nested = asset_named(stack.assets, properties(resource).get("TemplateURL"))
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
        bodies = {name: _object(body) for name, body in _object(document.get("Resources", {})).items()}
        inside = {path: name for path, name in paths.items() if path.startswith(f"{stack.name}/")}
        by_name = {name: path for path, name in sorted(inside.items(), key=lambda each: len(each[0]), reverse=True)}
        resources = {
            name: Resource(logical_id=name, type=_typed(name, body), body=body, path=_path(body, by_name.get(name, "")))
            for name, body in bodies.items()
        }
        sections = ("Outputs", "Parameters", "Mappings", "Conditions")
        outputs, parameters, mappings, conditions = (_object(document.get(each, {})) for each in sections)
    except _UNREADABLE as error:
        raise AssemblyError(
            f"{template} cannot be read as a template ({_why(error)}); run `cdk synth` again"
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
    """Read the account and region from `aws://account/region`; an unknown one begins with `unknown-`."""
    parts = zip(("AWS::AccountId", "AWS::Region"), environment.removeprefix("aws://").split("/"), strict=False)
    return {name: value for name, value in parts if value and not value.startswith("unknown-")}


def _typed(name: str, body: Mapping[str, Json]) -> str:
    kind = body["Type"]
    if not isinstance(kind, str) or not kind:
        raise TypeError(f"the type of {name} is not a string")
    return kind


def _path(body: Mapping[str, Json], otherwise: str) -> str:
    path = mapping(body.get("Metadata")).get(_PATH)
    return _PLAIN.sub("", path if isinstance(path, str) else otherwise)


def _read_metadata(folder: Path, manifest: Mapping[str, Json]) -> list[tuple[str, dict[str, Json]]]:
    """Return the metadata of a stack's constructs: entries, each with its construct's path."""
    file = manifest.get("additionalMetadataFile")
    metadata = manifest.get("metadata")
    if isinstance(file, str) and (folder / file).is_file():
        try:
            metadata = _document(folder / file)
        except _UNREADABLE as error:
            raise AssemblyError(f"{folder / file} cannot be read ({_why(error)}); run `cdk synth` again") from error
    return [
        (path.lstrip("/"), entry)
        for path, listed in mapping(metadata).items()
        for entry in (listed if isinstance(listed, list) else [])
        if isinstance(entry, dict)
    ]


def _read_paths(entries: Sequence[tuple[str, dict[str, Json]]]) -> dict[str, str]:
    """Return the logical ids by the construct's path."""
    return {path: str(entry.get("data")) for path, entry in entries if entry.get("type") == _LOGICAL_ID}


def _read_legacy_assets(folder: Path, entries: Sequence[tuple[str, dict[str, Json]]]) -> dict[str, Path]:
    """Return the assets of a stack of CDK's legacy synthesizer, which are in its metadata and not in a file."""
    listed = [entry.get("data") for _, entry in entries if entry.get("type") == _ASSET]
    assets = [data for data in listed if isinstance(data, dict) and {"path", "id"} <= data.keys()]
    named = [(data[name], data["path"]) for data in assets for name in ("id", "sourceHash") if name in data]
    return {str(found): folder / str(path) for found, path in named}


def _read_assets(manifest: Path) -> dict[str, Path]:
    if not manifest.exists():
        return {}
    try:
        files = _object(_document(manifest)["files"])
        sources = {found: _object(_object(each)["source"]) for found, each in files.items()}
    except _UNREADABLE as error:
        raise AssemblyError(f"{manifest} cannot be read as a list of assets ({_why(error)})") from error
    paths = {found: manifest.parent / str(source["path"]) for found, source in sources.items() if "path" in source}
    return {key: path for found, path in paths.items() for key in (found, *_object_keys(files[found]))}


def _object_keys(asset: Json) -> Iterator[str]:
    """Yield the keys under which an asset is uploaded."""
    for each in mapping(mapping(asset).get("destinations")).values():
        key = mapping(each).get("objectKey")
        if isinstance(key, str):
            yield key


def _document(path: Path) -> dict[str, Json]:
    return _object(json.loads(path.read_text("utf-8")))


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError(f"{json.dumps(value)[:40]} is not an object")
    return value


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"it has no {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__


def properties(resource: Resource) -> dict[str, Json]:
    """Return a resource's properties; empty if it has none."""
    return mapping(resource.body.get("Properties"))


def mapping(value: Json) -> dict[str, Json]:
    """Return the value if it is a mapping, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: Json) -> list[Json]:
    """Return the value if it is a list, otherwise a list of it; an empty list if it is absent."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
