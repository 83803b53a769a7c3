"""Find the asset that a part of a template names, for any synthesizer's keys, and its folder."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from .intrinsics import texts

_HASH: Final = re.compile(r"[0-9a-f]{64}")


def asset_named(assets: Mapping[str, Path], value: object) -> Path | None:
    """Return the file or folder of the asset that a value names; None if it names none of these.

    `assets` has them by hash and by object key. A key may have a prefix (`DefaultStackSynthesizer(bucket_prefix=…)`),
    be the end of a URL (nested templates), or be built from a parameter whose name contains the asset's hash
    (`LegacyStackSynthesizer`).
    """
    words = list(texts(value))
    keys = [word for word in words if word in assets]
    keys += [key for word in words for key in _ends(word) if key in assets]
    hashes = [found for word in words for found in _HASH.findall(word) if found in assets]
    return next((assets[name] for name in (*keys, *reversed(hashes))), None)


def code_asset(assets: Mapping[str, Path], properties: Mapping[str, object]) -> Path | None:
    """Return the file or folder of a function's code, or of a layer's content; None if it is not among the assets."""
    code = properties.get("Code") or properties.get("Content")
    return asset_named(assets, code.get("S3Key") if isinstance(code, Mapping) else None)


def _ends(word: str) -> Iterator[str]:
    """Yield a key and what follows each of its slashes, with and without the suffix."""
    while True:
        yield word
        yield word.rpartition(".")[0]
        _, slash, word = word.partition("/")
        if not slash:
            return


def asset_folder(asset: Path) -> Path:
    """Return the folder of an asset; an archive is unpacked once."""
    return asset.resolve() if asset.is_dir() else Path(_unpacked(asset).name).resolve()


# The folders live as long as this cache holds them: until this process ends.
@cache
def _unpacked(archive: Path) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder.name)
    return folder
