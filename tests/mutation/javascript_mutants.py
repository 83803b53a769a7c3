"""Mutants of JavaScript: Stryker's mutations, each in a text of its own.

Stryker itself puts all mutants into one text and runs JavaScript's test runners; the edge's code must stay as small as
CloudFront wants it, and its tests are pytest's.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypedDict

FOLDER: Final = Path(__file__).parent


class _Place(TypedDict):
    line: int
    column: int


def javascript_mutants(file: Path) -> Iterator[str]:
    """Changes one thing at a time."""
    source = file.read_text("utf-8")
    command = ["node", "stryker_mutants.mjs", str(file)]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True)
    for mutant in json.loads(done.stdout):
        start, end = (_offset(source, mutant["location"][side]) for side in ("start", "end"))
        yield source[:start] + mutant["replacement"] + source[end:]


def _offset(source: str, place: _Place) -> int:
    lines = source.splitlines(keepends=True)
    return sum(map(len, lines[: place["line"]])) + place["column"]
