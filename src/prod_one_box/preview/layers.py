"""The layers of a function: what Lambda puts into `/opt`, in a folder on this machine.

Lambda developer guide, 'Packaging your layer content' and 'Working with layers for Python Lambda functions'.
"""

import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ..assembly.asset_key import asset_named
from ..assembly.cloud_assembly import Json, StackTemplate
from ..assembly.template_parts import listing, mapping, properties
from ..release_rules.canonical import readable, text
from .asset_folder import asset_folder
from .site import Site

_LAYER: Final = "AWS::Lambda::LayerVersion"
_OPT: Final = re.compile(r"(?<![\w./-])/opt(?=$|[/:\s\"'])")


@dataclass(frozen=True, kw_only=True)
class Layers:
    """The layers of a function.

    Attributes:
        folder: What stands for `/opt`; None: the assembly has none of the layers.
        missing: The layers that are not in the assembly, as the template names them.
    """

    folder: Path | None = None
    missing: tuple[str, ...] = ()

    def located(self, value: str) -> str:
        """Write an environment variable's value with the layers' folder where it says `/opt`."""
        return value if self.folder is None else _OPT.sub(lambda _: str(self.folder), value)

    def why_not_found(self, failure: str) -> str:
        """Say why a function that named `/opt` in its code did not find its layers there; "" for another failure."""
        if self.folder is None or _OPT.search(failure) is None:
            return ""
        return (
            f"its layers are in {self.folder} here, and the preview writes that into environment variables that say "
            "/opt, not into code; let the code read such a variable"
        )


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
