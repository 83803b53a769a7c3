"""One change to one file, that a test should notice."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from javascript_mutants import javascript_mutants
from python_mutants import python_mutants


@dataclass(frozen=True)
class Mutant:
    """A file with a change.

    Attributes:
        file: The file, from the project's root on.
        text: What it holds instead.
        change: The lines that differ, as in a diff, and the line before them.
    """

    file: str
    text: str
    change: str


def mutants_of(root: Path, file: str) -> Iterator[Mutant]:
    """Makes the mutants of a file, each once."""
    make = javascript_mutants if file.endswith(".js") else python_mutants
    source = (root / file).read_text("utf-8")
    for text in dict.fromkeys(make(root / file)):
        if text != source:
            yield Mutant(file, text, _change(source, text))


def _change(before: str, after: str) -> str:
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[3:]
    # The line after it would tell no more, and a change is to be known again when its surroundings change.
    end = max(place for place, line in enumerate(lines) if line[0] in "+-")
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines[: end + 1] if line.strip())
