"""Runs all measurements, shows their tables, and writes them into the documentation.

With names, such as `synth_time edge_cost`, it runs these alone and writes nothing.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from rich.console import Console

from .figures import Figures
from .machine import machine
from .process import ROOT
from .storefront import Storefront, prepare

_MEASUREMENTS: Final = (
    "synth_time",
    "import_time",
    "edge_cost",
    "edge_before",
    "release_overhead",
    "cache_hits",
    "rehearsal_throughput",
)
_END: Final = "<!-- end -->"
_PAGE: Final = ROOT / "docs" / "benchmarks.md"


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(_MEASUREMENTS)}; default: all")
    names = parser.parse_args().names
    unknown = sorted(set(names) - set(_MEASUREMENTS))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}")
    console = Console()
    found = {"machine": machine()}
    found["machine"].show("machine", console)
    with tempfile.TemporaryDirectory() as folder:
        storefront = prepare(Path(folder))
        for name in names or _MEASUREMENTS:
            found |= _measured(name, storefront, console)
    if not names:
        _write(found)


def _measured(name: str, storefront: Storefront, console: Console) -> Mapping[str, Figures]:
    begin = time.perf_counter()
    with console.status(name):
        tables: Mapping[str, Figures] = import_module(f"bench.{name}").measure(storefront)
    for title, figures in tables.items():
        figures.show(title, console)
    console.print(f"{name} took {time.perf_counter() - begin:.0f} s\n")
    return tables


def _write(found: Mapping[str, Figures]) -> None:
    """Puts each table between its marks in the page."""
    page = _PAGE.read_text("utf-8")
    marks: Sequence[str] = re.findall(r"<!-- figures: ([a-z-]+) -->", page)
    if sorted(marks) != sorted(found):
        raise SystemExit(f"{_PAGE.name} has marks for {sorted(marks)}, but measured was {sorted(found)}")
    for title, figures in found.items():
        head, mark, rest = page.partition(f"<!-- figures: {title} -->\n")
        _, end, tail = rest.partition(_END)
        page = f"{head}{mark}\n{figures.markdown}\n\n{end}{tail}"
    _PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
