"""The functions behind a site's origins: their code, layers and environment, and why one cannot run here."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ...sandbox.local_function import FunctionCode, Layers
from ...template.asset_files import asset_folder, code_asset
from ...template.cloud_assembly import AssemblyError, Json, Resource, listing, mapping, properties
from ...template.intrinsics import readable, text
from ...template.links import Place
from ...template.stand_in import REGION, stand_in
from ..site.site import ServedSite

_CALLERS: Final = ("AWS::ApiGatewayV2::Integration", "AWS::ApiGateway::Method", "AWS::Lambda::Url")
_LAYER: Final = "AWS::Lambda::LayerVersion"
_WRAPPER: Final = "AWS_LAMBDA_EXEC_WRAPPER"
_DEFAULT_SECONDS: Final = 3.0
_DEFAULT_MEMORY: Final = 128


def served_functions(site: ServedSite) -> list[Place]:
    """Return the functions that answer requests."""
    targets = (place for each in site.of_type(*_CALLERS) for place in site.led_to(each, dict(site.properties(each))))
    return sorted({function for function in map(site.function_of, targets) if function is not None})


def function_names(site: ServedSite, function: Place) -> tuple[str, ...]:
    """Return the names by which `--origin` accepts a function: its construct path, and its logical id."""
    name = site.links.resource(function).name
    return (name, function.logical_id, f"{function.stack}/{function.logical_id}")


def function_notes(site: ServedSite, replaced: frozenset[str]) -> Iterator[str]:
    """Yield why functions do not run here as they do in Lambda, a line for each; a local server replaces `replaced`."""
    for place in served_functions(site):
        if replaced.isdisjoint(function_names(site, place)):
            function = site.links.resource(place)
            why = _why_not_run(function) or _why_incomplete(site, place)
            if why:
                yield f"{function.name}: {why}"


def read_function(site: ServedSite, place: Place) -> FunctionCode:
    """Return a function's code and configuration.

    Raises:
        AssemblyError: If its code is not in the assembly, or it cannot run here.
    """
    function = site.links.resource(place)
    why = _why_not_run(function)
    if why:
        raise AssemblyError(f"{function.name}: {why}")
    config = properties(function)
    layers = _layers(site, place)
    version = version_of(function)
    seconds, memory = config.get("Timeout"), config.get("MemorySize")
    return FunctionCode(
        name=function.name,
        version=version,
        folder=_folder(site, function),
        handler=str(config.get("Handler")),
        runtime=str(config.get("Runtime")),
        environment={
            **{name: layers.located(stand_in(value)) for name, value in _variables(function).items()},
            "AWS_REGION": REGION,
            "AWS_LAMBDA_FUNCTION_NAME": function.logical_id,
            "AWS_LAMBDA_FUNCTION_VERSION": version,
        },
        seconds=float(seconds) if isinstance(seconds, (int, float)) else _DEFAULT_SECONDS,
        memory=memory if isinstance(memory, int) else _DEFAULT_MEMORY,
        layers=layers,
        incomplete=_why_incomplete(site, place),
    )


def version_of(function: Resource) -> str:
    """Return eight digits of a hash of a function's code and configuration.

    AWS numbers versions at deployment, and each partition has a function of its own. This name is the same in all
    partitions that run the same code.
    """
    config = properties(function)
    named = [config.get(name) for name in ("Code", "Handler", "Runtime", "Environment", "Layers")]
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:8]


def _variables(function: Resource) -> dict[str, Json]:
    return dict(mapping(mapping(properties(function).get("Environment")).get("Variables")))


def _why_not_run(function: Resource) -> str:
    """Return why a function cannot run here, and what to do; "" if it can."""
    config = properties(function)
    remedy = f"start it yourself and give --origin {function.name}=http://127.0.0.1:PORT"
    if "ImageUri" in mapping(config.get("Code")):
        return f"its code is a container image, which is not run here; {remedy}"
    wrapper = _variables(function).get(_WRAPPER)
    if wrapper:
        return f"its {_WRAPPER}, {wrapper}, is not run here; {remedy}"
    runtime = str(config.get("Runtime"))
    if not runtime.startswith(("nodejs", "python")):
        return f"its runtime {runtime} cannot be run here; {remedy}"
    return ""


def _why_incomplete(site: ServedSite, function: Place) -> str:
    """Return which of a function's layers are missing, and what to do; "" if none is."""
    missing = _layers(site, function).missing
    if not missing:
        return ""
    layers = "layer" if len(missing) == 1 else "layers"
    return (
        f"it runs here without its {layers} {', '.join(missing)}, not in this assembly; "
        f"if it needs more, start it yourself and give --origin {site.links.resource(function).name}=http://127.0.0.1:PORT"
    )


def _layers(site: ServedSite, function: Place) -> Layers:
    """Return a function's layers (Lambda developer guide, 'Packaging your layer content')."""
    found: list[Path] = []
    missing: list[str] = []
    for layer in listing(site.properties(function).get("Layers")):
        named = [site.links.resource(place) for place in site.led_to(function, layer)]
        asset = next((code_asset(site.assets, properties(each)) for each in named if each.type == _LAYER), None)
        if asset is None:
            missing.append(readable(text(layer)))
        else:
            found.append(asset_folder(asset))
    folder = Path(_merged(tuple(found)).name).resolve() if len(found) > 1 else next(iter(found), None)
    return Layers(folder=folder, missing=tuple(missing))


def _folder(site: ServedSite, function: Resource) -> Path:
    code = mapping(properties(function).get("Code"))
    inline = code.get("ZipFile")
    if isinstance(inline, str):
        suffix = "py" if str(properties(function).get("Runtime")).startswith("python") else "js"
        return Path(_inline_code(f"index.{suffix}", inline).name).resolve()
    found = code_asset(site.assets, properties(function))
    if found is None:
        name = function.name
        raise AssemblyError(f"{name}: its code is not among the assembly's assets; give --origin {name}=URL")
    return asset_folder(found)


# These caches keep the temporary folders until the process ends.
@cache
def _merged(folders: tuple[Path, ...]) -> TemporaryDirectory[str]:
    """Extract layers in order, later ones over earlier ones, as Lambda does."""
    merged = TemporaryDirectory()
    for folder in folders:
        shutil.copytree(folder, merged.name, symlinks=True, dirs_exist_ok=True)
    return merged


@cache
def _inline_code(name: str, code: str) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    (Path(folder.name) / name).write_text(code, "utf-8")
    return folder
