"""The same sources give the same templates and assets, wherever and however often they are synthesized."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from synthesized import copy_of, synthesize


def digests(assembly: Path) -> dict[str, str]:
    """The digest of every file of an assembly, but for the record of where it was made."""
    return {
        str(path.relative_to(assembly)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(assembly.rglob("*"))
        if path.is_file() and path.name not in {"manifest.json", "tree.json"} and "__pycache__" not in path.parts
    }


def test_another_folder_and_stray_caches_change_no_byte(assembly_of: Callable[..., Path], tmp_path: Path) -> None:
    first = assembly_of("storefront")
    example = copy_of("storefront", tmp_path / "elsewhere")
    for folder in (example / "backend", example / "frontend" / "built" / "one", example):
        cache = folder / "__pycache__"
        cache.mkdir(exist_ok=True)
        (cache / "stray.cpython-310.pyc").write_bytes(b"stray")
    second = synthesize(example, tmp_path / "second", edgeRuntime="cloudfront-functions")
    assert digests(first)
    assert digests(first) == digests(second)
