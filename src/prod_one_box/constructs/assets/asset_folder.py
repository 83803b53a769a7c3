"""The folder of a release's built files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...errors import InvalidArgumentError, check_kind

_LARGEST: Final = 1000
"""In MiB: CDK's handler unpacks the files beside their archive, in the 2 GiB of storage that the upload gives it."""

_MIB: Final = 1024 * 1024
_ALLOWED: Final = f"a folder with a file at least, without symbolic links, up to {_LARGEST} MiB"
_REMEDY: Final = "Build the front end first, and give the folder of its hashed files."
_HEX_OR_ID: Final = re.compile(r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{8,}")
_AT_THE_END: Final = re.compile(r"[-._](?=[a-z]{0,7}[^a-z.])[A-Za-z0-9_-]{8}(?=\.|$)")


@dataclass(frozen=True)
class AssetFolder:
    """A folder and the relative paths of its files, sorted, with `/` between their parts."""

    directory: str
    files: tuple[str, ...]

    @classmethod
    def read(cls, directory: str, *, path: str) -> "AssetFolder":
        """List the files of the folder that the construct at a path uploads.

        Raises:
            InvalidArgumentError: If it is not a folder, or has no files, a symbolic link, or more than can be uploaded.
        """
        check_kind(directory, str, path=path, argument="directory", allowed="the path of a folder, as a str")
        found = sorted(Path(directory).rglob("*")) if Path(directory).is_dir() else []
        files = [each for each in found if each.is_file()]
        for fault in _faults(directory, found, files):
            raise InvalidArgumentError(path=path, argument="directory", given=fault, allowed=_ALLOWED, remedy=_REMEDY)
        return cls(directory, tuple(each.relative_to(directory).as_posix() for each in files))

    @property
    def without_hash(self) -> tuple[str, ...]:
        """The files without a hash in their paths, which the next release probably overwrites."""
        return tuple(file for file in self.files if not any(map(_has_hash, file.split("/"))))


def _faults(directory: str, found: list[Path], files: list[Path]) -> Iterator[str]:
    if not files:
        there = Path(directory).exists()
        yield f"{directory!r}, {'which has no files' if there else 'which is not there'}"
    # The target of a link would be uploaded but not be known as a file of the release, and so be removed one day.
    yield from (f"{directory!r} with the symbolic link {each.name}" for each in found if each.is_symlink())
    size = sum(each.stat().st_size for each in files) // _MIB
    if size > _LARGEST:
        yield f"{directory!r} with {size} MiB"


def _has_hash(segment: str) -> bool:
    """Return whether part of a path has a hash or id as webpack, Next.js, Vite or esbuild write it."""
    return _HEX_OR_ID.search(segment) is not None or _AT_THE_END.search(segment) is not None
