"""The time to import the package, with and without a construct, against `aws_cdk` alone."""

import json
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from .figures import Figures
from .process import run_python

_ROUNDS: Final = 5
_TARGET_MILLISECONDS: Final = 50
_PACKAGE: Final = "import prod_one_box"
_BASE: Final = "import aws_cdk"
_STOREFRONTS: Final = (
    "OneBoxFrontend, ReleaseDashboard, RetainedAssets, StickyPartitionDistribution, TrafficShiftedFunction, "
    "rest_api_alarms, rest_api_origin"
)
_STATEMENTS: Final = {
    f"`{_PACKAGE}`": _PACKAGE,
    "a rehearsal: `from prod_one_box import rehearse`": "from prod_one_box import rehearse",
    f"`{_BASE}`": _BASE,
    "a construct: `from prod_one_box import DeployWaitResource`": "from prod_one_box import DeployWaitResource",
    "what the storefront uses of this package": f"from prod_one_box import {_STOREFRONTS}",
    "what the storefront by hand uses": "import bench.by_hand.storefront",
    "everything: `from prod_one_box import *`": "from prod_one_box import *",
}


def measure(_: object) -> Mapping[str, Figures]:
    """Runs each statement in processes of its own, in turns."""
    found: dict[str, list[Mapping[str, float]]] = {statement: [] for statement in _STATEMENTS.values()}
    for _round in range(_ROUNDS):
        for statement, runs in found.items():
            runs.append(json.loads(run_python("-m", "bench.import_watched", statement).output))
    base = _median(found[_BASE], "processor")
    rows = [_row(what, found[statement], base) for what, statement in _STATEMENTS.items()]
    columns = ["", "time", "processor time", "against `import aws_cdk`", "processes started"]
    return {"import-time": Figures(columns=columns, rows=rows, notes=[_verdict(found[_PACKAGE])])}


def _row(what: str, runs: Sequence[Mapping[str, float]], base: float) -> Sequence[str]:
    processor = _median(runs, "processor")
    started = max(int(run["started"]) for run in runs)
    times = [f"{1000 * each:.0f} ms" for each in (_median(runs, "seconds"), processor)]
    return [what, *times, f"{processor / base:.2f}", str(started)]


def _verdict(runs: Sequence[Mapping[str, float]]) -> str:
    milliseconds = 1000 * _median(runs, "processor")
    is_met = milliseconds < _TARGET_MILLISECONDS and not any(run["started"] for run in runs)
    return f"Target for the package: under {_TARGET_MILLISECONDS} ms and no process: {'met' if is_met else 'not met'}."


def _median(runs: Sequence[Mapping[str, float]], what: str) -> float:
    return median(run[what] for run in runs)
