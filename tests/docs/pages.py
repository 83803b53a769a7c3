"""Reads the documentation's pages: what a reader could run, and what is said to come of it."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PRELUDES = Path(__file__).parent / "preludes"
USUAL_PRELUDE = "a_shop"

_FENCED = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^|\n)\n((?:    \S.*\n)+)")


class Block(NamedTuple):
    """A block of code: its language, the file that it is said to be, and where it stands in the page."""

    language: str
    title: str
    text: str
    start: int
    end: int


class Step(NamedTuple):
    """A block to run, and the output that the page shows right after it; None for none."""

    block: Block
    output: Block | None


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def prelude_of(page: Path) -> Path:
    """The file that makes the names which a page's snippets take for given: `<!-- prelude: its_name -->`."""
    named = re.search(r"<!-- prelude: (\w+) -->", page.read_text("utf-8"))
    return PRELUDES / f"{named[1] if named else USUAL_PRELUDE}.py"


def example_of(page: Path) -> str:
    """The example that a page's commands find: `<!-- assembly: minimal -->`, where its fewer ways back are enough."""
    named = re.search(r"<!-- assembly: (\w+) -->", page.read_text("utf-8"))
    return named[1] if named else "storefront"


def steps(page: Path) -> Iterator[Step]:
    blocks = _blocks(page.read_text("utf-8"))
    for block, following in pairwise([*blocks, None]):
        if block is not None and block.language in {"python", "diff", "sh"}:
            yield Step(block, following if following is not None and following.language == "text" else None)


def _blocks(text: str) -> list[Block]:
    fenced = [
        Block(found[1], found[2] or "", found[3], found.start(3), found.end(3)) for found in _FENCED.finditer(text)
    ]
    prose = _FENCED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]).replace("    ", " \t "), text)
    indented = [
        Block("sh", "", re.sub(r"^ {4}", "", found[1], flags=re.MULTILINE), found.start(1), found.end(1))
        for found in _INDENTED.finditer(prose)
    ]
    return sorted([*fenced, *indented], key=lambda block: block.start)
