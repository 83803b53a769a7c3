"""The mutants that no test need notice."""

from functools import cache
from pathlib import Path
from typing import Final

_LIST: Final = Path(__file__).parent / "harmless.txt"


@cache
def harmless() -> frozenset[tuple[str, str]]:
    """Reads the list: the file and the change of each."""
    blocks = (block.strip().partition("\n") for block in _LIST.read_text("utf-8").split("\n\n"))
    return frozenset((file, change) for file, _, change in blocks if not file.startswith("#"))
