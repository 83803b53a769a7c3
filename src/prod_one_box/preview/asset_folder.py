"""An asset as a folder."""

import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


def asset_folder(asset: Path) -> Path:
    """The folder that an asset is; one that is an archive is unpacked once."""
    return asset.resolve() if asset.is_dir() else Path(_unpacked(asset).name).resolve()


# The folders live as long as this cache holds them: until this process ends.
@cache
def _unpacked(archive: Path) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder.name)
    return folder
