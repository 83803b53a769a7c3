"""A function of a template as it can be run on this machine: its code, its handler and its environment.

The layers of a function: what Lambda puts into `/opt`, in a folder on this machine.

Lambda developer guide, 'Packaging your layer content' and 'Working with layers for Python Lambda functions'.

The functions behind a site's APIs and function URLs: what they are called, and which of them cannot run as it is.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ...sandbox.local_function import FunctionCode, Layers
from ...template.asset_files import asset_folder, asset_named
from ...template.cloud_assembly import AssemblyError, Json, Resource, StackTemplate, listing, mapping, properties
from ...template.intrinsics import readable, text
from ...template.links import Place
from ..served_site import Site
from .stand_in import REGION, stand_in

_LAYER: Final = "AWS::Lambda::LayerVersion"


def read_layers(site: Site, stack: StackTemplate, layers: Json) -> Layers:
    """Read a function's layers.

    Args:
        site: The site.
        stack: The stack that holds the function.
        layers: The function's `Layers`.
    """
    found: list[Path] = []
    missing: list[str] = []
    for layer in listing(layers):
        asset = _asset(site, stack, layer)
        if asset is None:
            missing.append(readable(text(layer)))
        else:
            found.append(asset_folder(asset))
    return Layers(folder=_opt(tuple(found)), missing=tuple(missing))


def _asset(site: Site, stack: StackTemplate, layer: Json) -> Path | None:
    named = [site.links.resource(place) for place in site.links.led_to(stack, layer)]
    contents = [mapping(properties(each).get("Content")) for each in named if each.type == _LAYER]
    return next((asset_named(site.assets, each.get("S3Key")) for each in contents), None)


def _opt(folders: tuple[Path, ...]) -> Path | None:
    if len(folders) < 2:  # noqa: PLR2004
        return next(iter(folders), None)
    return Path(_merged(folders).name).resolve()


@cache
def _merged(folders: tuple[Path, ...]) -> TemporaryDirectory[str]:
    """Lambda extracts layers in their order, and a later one overwrites files of an earlier one."""
    whole = TemporaryDirectory()
    for folder in folders:
        shutil.copytree(folder, whole.name, symlinks=True, dirs_exist_ok=True)
    return whole


_LEADING: Final = ("AWS::ApiGatewayV2::Integration", "AWS::ApiGateway::Method", "AWS::Lambda::Url")
_WRAPPER: Final = "AWS_LAMBDA_EXEC_WRAPPER"


def served_functions(site: Site) -> list[Place]:
    """Find the functions that answer requests."""
    led = (place for each in site.of_type(*_LEADING) for place in site.led_to(each, dict(site.properties(each))))
    return sorted({function for function in map(site.function_of, led) if function is not None})


def function_names(site: Site, function: Place) -> tuple[str, ...]:
    """What a function can be called in `--origin`: its construct, its logical id, with its stack's name before it."""
    name = site.links.resource(function).name
    return (name, function.logical_id, f"{function.stack}/{function.logical_id}")


def function_notes(site: Site, named: frozenset[str]) -> Iterator[str]:
    """Say what keeps functions from running here as they do in Lambda, one line each.

    Args:
        site: The site.
        named: The names for which a local server was given.
    """
    for place in served_functions(site):
        if named.isdisjoint(function_names(site, place)):
            function = site.links.resource(place)
            why = why_not_run(function) or why_incomplete(site, place)
            if why:
                yield f"{function.name}: {why}"


def why_not_run(function: Resource) -> str:
    """Say why a function cannot run here, and what to do; "" if it can."""
    said = properties(function)
    instead = f"start it yourself and give --origin {function.name}=http://127.0.0.1:PORT"
    if "ImageUri" in mapping(said.get("Code")):
        return f"its code is a container image, which is not run here; {instead}"
    wrapper = mapping(mapping(said.get("Environment")).get("Variables")).get(_WRAPPER)
    if wrapper:
        return f"its {_WRAPPER}, {wrapper}, is not run here; {instead}"
    runtime = str(said.get("Runtime"))
    if not runtime.startswith(("nodejs", "python")):
        return f"its runtime {runtime} cannot be run here; {instead}"
    return ""


def why_incomplete(site: Site, function: Place) -> str:
    """Say which layers a function has to do without here; "" if it has all of them."""
    said = site.properties(function)
    missing = read_layers(site, site.links.stacks[function.stack], said.get("Layers")).missing
    if not missing:
        return ""
    layers = "layer" if len(missing) == 1 else "layers"
    return (
        f"it runs here without its {layers} {', '.join(missing)}, not in this assembly; "
        f"if it needs more, start it yourself and give --origin {site.links.resource(function).name}=http://127.0.0.1:PORT"
    )


_DEFAULT_SECONDS: Final = 3.0
_DEFAULT_MEMORY: Final = 128


def read_function(site: Site, place: Place) -> FunctionCode:
    """Reads a function.

    Raises:
        AssemblyError: If its code is not in the assembly, or it cannot run here.
    """
    function = site.links.resource(place)
    why = why_not_run(function)
    if why:
        raise AssemblyError(f"{function.name}: {why}")
    said = properties(function)
    layers = read_layers(site, site.links.stacks[place.stack], said.get("Layers"))
    version = version_of(function)
    seconds, memory = said.get("Timeout"), said.get("MemorySize")
    return FunctionCode(
        name=function.name,
        version=version,
        folder=_folder(site, function),
        handler=str(said.get("Handler")),
        runtime=str(said.get("Runtime")),
        environment={
            name: layers.located(stand_in(value))
            for name, value in mapping(mapping(said.get("Environment")).get("Variables")).items()
        }
        | {
            "AWS_REGION": REGION,
            "AWS_LAMBDA_FUNCTION_NAME": function.logical_id,
            "AWS_LAMBDA_FUNCTION_VERSION": version,
        },
        seconds=float(seconds) if isinstance(seconds, (int, float)) else _DEFAULT_SECONDS,
        memory=memory if isinstance(memory, int) else _DEFAULT_MEMORY,
        layers=layers,
        incomplete=why_incomplete(site, place),
    )


def version_of(function: Resource) -> str:
    """Names a function's code and configuration: eight digits of a hash.

    AWS numbers versions when they are deployed, and each partition has a function of its own. This name is the same
    for both partitions when they run the same.
    """
    said = properties(function)
    named = [said.get(name) for name in ("Code", "Handler", "Runtime", "Environment", "Layers")]
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:8]


def _folder(site: Site, function: Resource) -> Path:
    code = mapping(properties(function).get("Code"))
    inline = code.get("ZipFile")
    if isinstance(inline, str):
        suffix = "py" if str(properties(function).get("Runtime")).startswith("python") else "js"
        return _written(f"index.{suffix}", inline)
    found = asset_named(site.assets, code.get("S3Key"))
    if found is None:
        name = function.name
        raise AssemblyError(f"{name}: its code is not among the assembly's assets; give --origin {name}=URL")
    return asset_folder(found)


def _written(name: str, text: str) -> Path:
    return Path(_holding(name, text).name).resolve()


# The folders live as long as this cache holds them: until this process ends.
@cache
def _holding(name: str, text: str) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    (Path(folder.name) / name).write_text(text, "utf-8")
    return folder
