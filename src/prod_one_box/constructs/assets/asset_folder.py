"""The folder of a release's files, as its build left it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...errors import InvalidArgumentError, check_kind

_LARGEST: Final = 1000
"""In MiB: CDK's handler unpacks the files beside their archive, within the 2 GiB that the upload gives it."""

_MIB: Final = 1024 * 1024
_HEX_OR_ID: Final = re.compile(r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{8,}")
_AT_THE_END: Final = re.compile(r"[-._](?=[a-z]{0,7}[^a-z.])[A-Za-z0-9_-]{8}(?=\.|$)")


@dataclass(frozen=True)
class AssetFolder:
    """What is in the folder.

    Attributes:
        directory: The folder.
        files: The paths of its files in it, sorted, with `/` between their parts.
    """

    directory: str
    files: tuple[str, ...]

    @classmethod
    def read(cls, directory: str, *, path: str) -> "AssetFolder":
        """Lists the folder.

        Args:
            directory: The folder.
            path: The construct's path.

        Raises:
            InvalidArgumentError: If it is no folder, has no file, a symbolic link, or more than can be uploaded.
        """
        check_kind(directory, str, path=path, argument="directory", allowed="the path of a folder, as a str")
        found = sorted(Path(directory).rglob("*")) if Path(directory).is_dir() else []
        files = [each for each in found if each.is_file()]
        for fault in _faults(directory, found, files):
            raise InvalidArgumentError(path=path, argument="directory", given=fault, allowed=_ALLOWED, remedy=_REMEDY)
        return cls(directory, tuple(sorted(each.relative_to(directory).as_posix() for each in files)))

    @property
    def without_hash(self) -> tuple[str, ...]:
        """The files that look as if the next release's would have the same name, and overwrite them."""
        return tuple(file for file in self.files if not any(map(_has_hash, file.split("/"))))


_ALLOWED: Final = f"a folder with a file at least, without symbolic links, up to {_LARGEST} MiB"
_REMEDY: Final = "Build the front end first, and give the folder of its hashed files."


def _faults(directory: str, found: list[Path], files: list[Path]) -> Iterator[str]:
    if not files:
        there = Path(directory).exists()
        yield f"{directory!r}, {'which has no files' if there else 'which is not there'}"
    # What a link leads to would be uploaded but not be known as the release's, and so be removed one day.
    yield from (f"{directory!r} with the symbolic link {each.name}" for each in found if each.is_symlink())
    size = sum(each.stat().st_size for each in files) // _MIB
    if size > _LARGEST:
        yield f"{directory!r} with {size} MiB"


def _has_hash(segment: str) -> bool:
    """Tells whether a part of a path has a build's hash or id: webpack's, Next.js's, Vite's, esbuild's."""
    return _HEX_OR_ID.search(segment) is not None or _AT_THE_END.search(segment) is not None
