"""A function of a template as it can be run on this machine: its code, its handler and its environment."""

import hashlib
import json
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ..assembly.cloud_assembly import AssemblyError, Resource
from ..assembly.template_parts import mapping, properties
from .site import Site
from .stand_in import REGION, stand_in

_DEFAULT_SECONDS: Final = 3.0
_DEFAULT_MEMORY: Final = 128


@dataclass(frozen=True, kw_only=True)
class FunctionCode:
    """A function's code.

    Attributes:
        name: The function's logical id.
        version: What tells this code and configuration from another, alike in both partitions.
        folder: Where its code is.
        handler: Its handler, such as `index.handler`.
        runtime: Its runtime, such as `nodejs24.x`.
        environment: Its environment variables; what is known only when deployed is replaced by a stand-in.
        seconds: Its timeout.
        memory: Its memory in MB.
    """

    name: str
    version: str
    folder: Path
    handler: str
    runtime: str
    environment: dict[str, str]
    seconds: float
    memory: int


def read_function(site: Site, function: Resource) -> FunctionCode:
    """Reads a function.

    Raises:
        AssemblyError: If its code is not in the assembly.
    """
    said = properties(function)
    version = version_of(function)
    seconds, memory = said.get("Timeout"), said.get("MemorySize")
    return FunctionCode(
        name=function.logical_id,
        version=version,
        folder=_folder(site, function),
        handler=str(said.get("Handler")),
        runtime=str(said.get("Runtime")),
        environment={
            name: stand_in(value) for name, value in mapping(mapping(said.get("Environment")).get("Variables")).items()
        }
        | {"AWS_REGION": REGION, "AWS_LAMBDA_FUNCTION_VERSION": version},
        seconds=float(seconds) if isinstance(seconds, (int, float)) else _DEFAULT_SECONDS,
        memory=memory if isinstance(memory, int) else _DEFAULT_MEMORY,
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
    found = site.assets.get(str(code.get("S3Key")).removesuffix(".zip"))
    if found is None:
        raise AssemblyError(f"{function.logical_id}: its code is not among the assembly's assets; give --origin")
    return asset_folder(found)


def asset_folder(asset: Path) -> Path:
    """The folder that an asset is; one that is an archive is unpacked once."""
    return asset.resolve() if asset.is_dir() else Path(_unpacked(asset).name).resolve()


# The folders live as long as these caches hold them: until this process ends.
@cache
def _unpacked(archive: Path) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder.name)
    return folder


def _written(name: str, text: str) -> Path:
    return Path(_holding(name, text).name).resolve()


@cache
def _holding(name: str, text: str) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    (Path(folder.name) / name).write_text(text, "utf-8")
    return folder
