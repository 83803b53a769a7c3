"""How long a good release takes beyond its shift and its bake, in a rehearsal."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.visitors.population import Population

from .figures import Figures
from .process import synthesize
from .storefront import Storefront

_FEW: Final = Population(visits_per_minute=1)  # how long a good release takes does not depend on them
_BACKENDS: Final = (1, 2, 4, 8)


def measure(storefront: Storefront) -> Mapping[str, Figures]:
    """Rehearses the storefront, and sites with more and more backends."""
    reports = {"the storefront, 1 backend": rehearse(storefront.assembly, visitors=_FEW)}
    for backends in _BACKENDS:
        reports[f"a small site, {backends} backend{'s' if backends > 1 else ''}"] = _of_site(backends)
    columns = ["", "whole release", "shift and bake", "beyond", "part of the whole"]
    return {"release": Figures(columns=columns, rows=[_row(site, report) for site, report in reports.items()])}


def _of_site(backends: int) -> Report:
    with tempfile.TemporaryDirectory() as outdir:
        synthesize(["-m", "bench.backends_app", str(backends)], Path(outdir))
        return rehearse(outdir, visitors=_FEW)


def _row(site: str, report: Report) -> Sequence[str]:
    if not report.released:
        raise RuntimeError(f"{site}: the release was not promoted: {report.reason}")
    figures = report.figures
    times = [f"{seconds:.0f} s" for seconds in (figures.total, figures.held, figures.overhead)]
    return [site, *times, f"{figures.overhead / figures.total:.1%}"]
