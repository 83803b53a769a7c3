"""How fast a release is rehearsed, and how that grows with the visitors.

Run with an assembly and a number of visits a minute, it rehearses once and prints what it took.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.visitors.population import Population

from .figures import Figures
from .process import run_python
from .storefront import Storefront

_RATES: Final = (50, 500, 5_000)
_MILLION: Final = 50_000
_IN_MEBIBYTE: Final = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux kibibytes


def measure(storefront: Storefront) -> Mapping[str, Figures]:
    """Rehearses in a process of its own for each size, since a process keeps the memory that it once had."""
    rates = [*_RATES, *([_MILLION] if os.environ.get("MILLION") else [])]
    columns = ["visitors", "requests", "processor time", "requests a second", "memory"]
    return {"rehearsal": Figures(columns=columns, rows=[_row(storefront.assembly, rate) for rate in rates])}


def _row(assembly: Path, rate: int) -> Sequence[str]:
    run = json.loads(run_python("-m", "bench.rehearsal_throughput", str(assembly), str(rate)).output)
    return [
        f"{run['visitors']:,}",
        f"{run['requests']:,}",
        f"{run['seconds']:.1f} s",
        f"{run['requests'] / run['seconds']:,.0f}",
        f"{run['mebibytes']:.0f} MiB",
    ]


def main(assembly: str, rate: float) -> None:
    """Rehearses a good release for visitors of 20 requests each."""
    visitors = Population(
        visits_per_minute=rate, pages_per_visit=1, assets_per_page=15, api_calls_per_page=4, returning=0
    )
    begin = time.process_time() + _of_children()
    figures = rehearse(assembly, visitors=visitors).figures
    seconds = time.process_time() + _of_children() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _IN_MEBIBYTE
    taken = {"seconds": seconds, "mebibytes": memory}
    print(json.dumps({"visitors": figures.visitors, "requests": figures.requests, **taken}))


def _of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
