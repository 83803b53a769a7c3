"""A function of a template as it can be run on this machine: its code, its handler and its environment."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ..assembly.asset_key import asset_named
from ..assembly.cloud_assembly import AssemblyError, Resource
from ..assembly.links import Place
from ..assembly.template_parts import mapping, properties
from .asset_folder import asset_folder
from .layers import Layers, read_layers
from .served_functions import why_incomplete, why_not_run
from .site import Site
from .stand_in import REGION, stand_in

_DEFAULT_SECONDS: Final = 3.0
_DEFAULT_MEMORY: Final = 128


@dataclass(frozen=True, kw_only=True)
class FunctionCode:
    """A function's code.

    Attributes:
        name: What people know the function by: its construct's path.
        version: What tells this code and configuration from another, alike in both partitions.
        folder: Where its code is.
        handler: Its handler, such as `index.handler`.
        runtime: Its runtime, such as `nodejs24.x`.
        environment: Its environment variables; what is known only when deployed is replaced by a stand-in.
        seconds: Its timeout.
        memory: Its memory in MB.
        layers: Its layers; default: none.
        incomplete: What it has to do without here, and what to do about it; default: "", which means nothing.
    """

    name: str
    version: str
    folder: Path
    handler: str
    runtime: str
    environment: dict[str, str]
    seconds: float
    memory: int
    layers: Layers = field(default_factory=Layers)
    incomplete: str = ""

    def why_failed(self, failure: str) -> str:
        """Say what it lacks here and has in Lambda, if that may be why it failed; else ""."""
        return self.incomplete or self.layers.why_not_found(failure)


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
