"""Runs all measurements, shows their tables, and writes them into the documentation.

With names, such as `synth_time edge_cost`, it runs these alone and writes nothing. `comparison` runs only by its name,
because it takes 15 minutes, and writes a page of its own; with `--quick` it simulates less and writes nothing.
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
    "comparison_poll",
    "rehearsal_throughput",
)
_COMPARISON: Final = "comparison"
_END: Final = "<!-- end -->"
_PAGE: Final = ROOT / "docs" / "benchmarks.md"
_PAGE_OF_COMPARISON: Final = ROOT / "docs" / "new-against-old-tables.md"


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(_MEASUREMENTS)}; default: all")
    parser.add_argument(
        "--quick", action="store_true", help="simulate fewer releases for `comparison`, and write nothing"
    )
    arguments = parser.parse_args()
    names = arguments.names
    console = Console()
    if names == [_COMPARISON]:
        _compare(console, quick=arguments.quick)
        return
    unknown = sorted(set(names) - set(_MEASUREMENTS))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}")
    found = {"machine": machine()}
    found["machine"].show("machine", console)
    with tempfile.TemporaryDirectory() as folder:
        storefront = prepare(Path(folder))
        for name in names or _MEASUREMENTS:
            found |= _measured(name, storefront, console)
    if not names:
        _write(_PAGE, found)


def _compare(console: Console, *, quick: bool) -> None:
    begin = time.perf_counter()
    tables: Mapping[str, Figures] = import_module(f"bench.{_COMPARISON}").measure(quick=quick)
    for title, figures in tables.items():
        figures.show(title, console)
    console.print(f"{_COMPARISON} took {time.perf_counter() - begin:.0f} s\n")
    if not quick:
        _write(_PAGE_OF_COMPARISON, tables)


def _measured(name: str, storefront: Storefront, console: Console) -> Mapping[str, Figures]:
    begin = time.perf_counter()
    with console.status(name):
        tables: Mapping[str, Figures] = import_module(f"bench.{name}").measure(storefront)
    for title, figures in tables.items():
        figures.show(title, console)
    console.print(f"{name} took {time.perf_counter() - begin:.0f} s\n")
    return tables


def _write(path: Path, found: Mapping[str, Figures]) -> None:
    """Puts each table between its marks in the page."""
    page = path.read_text("utf-8")
    marks: Sequence[str] = re.findall(r"<!-- figures: ([a-z0-9-]+) -->", page)
    if sorted(marks) != sorted(found):
        raise SystemExit(f"{path.name} has marks for {sorted(marks)}, but measured was {sorted(found)}")
    for title, figures in found.items():
        head, mark, rest = page.partition(f"<!-- figures: {title} -->\n")
        _, end, tail = rest.partition(_END)
        page = f"{head}{mark}\n{figures.markdown}\n\n{end}{tail}"
    path.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
