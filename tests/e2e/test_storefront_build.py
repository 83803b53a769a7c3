"""The storefront's built pages are what its source builds."""

import shutil
import subprocess
from pathlib import Path

from synthesized import EXAMPLES

FRONTEND = EXAMPLES / "storefront" / "frontend"


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_building_from_source_gives_the_very_files_that_are_kept(tmp_path: Path) -> None:
    left = shutil.ignore_patterns("node_modules", "built")
    source = Path(shutil.copytree(FRONTEND, tmp_path / "frontend", ignore=left))
    for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
        done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False, timeout=900)
        assert done.returncode == 0, done.stdout + done.stderr
    assert contents(source / "built") == contents(FRONTEND / "built")
