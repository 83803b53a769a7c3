"""The synth time of the storefront, against the same resources written by hand with `aws-cdk-lib`."""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from .alternating import Ratio
from .figures import Figures
from .process import Run, run_python, synthesize
from .same_template import check_same
from .storefront import EXAMPLE, Storefront

_TARGET: Final = 1.10
_STACKS: Final = (1, 2, 4)


def measure(storefront: Storefront) -> Mapping[str, Figures]:
    """Compares the templates, and then the times of whole processes, and of further synths in one process."""
    resources = _check_templates(storefront)
    processes = _whole_processes(storefront, rounds=9)
    series = [_in_one_process(storefront, stacks=stacks, rounds=8 // stacks + 2) for stacks in _STACKS]
    once = series[0].times
    rows = [
        _row("a process, as `cdk synth` starts it", _ratio(processes, lambda run: run.seconds)),
        _row("its processor time", _ratio(processes, lambda run: run.processor)),
        _row("another synth in the same process", once),
    ]
    columns = ["", "constructs", "by hand", "ratio", "target"]
    notes = [f"Both templates have the same {resources} resources."]
    return {
        "synth-time": Figures(columns=columns, rows=rows, notes=notes),
        "synth-growth": Figures(
            columns=["stacks in one app", "constructs", "by hand", "ratio", "calls to Node", "calls by hand"],
            rows=[each.row for each in series],
        ),
    }


@dataclass(frozen=True)
class _Series:
    """Synths of an app in one process."""

    stacks: int
    times: Ratio
    calls: Sequence[int]

    @property
    def row(self) -> Sequence[str]:
        return [f"{self.stacks}", *_seconds(self.times), str(self.times), *(f"{count:,}" for count in self.calls)]


def _check_templates(storefront: Storefront) -> int:
    with tempfile.TemporaryDirectory() as outdir:
        _synthesize_by_hand(storefront, Path(outdir))
        return check_same(_template(storefront.assembly), _template(Path(outdir)))


def _template(assembly: Path) -> Mapping[str, object]:
    template: Mapping[str, object] = json.loads((assembly / "Storefront.template.json").read_text("utf-8"))
    return template


def _whole_processes(storefront: Storefront, *, rounds: int) -> Sequence[tuple[Run, Run]]:
    """Runs the two apps in turns; who begins changes."""

    def ours() -> Run:
        with tempfile.TemporaryDirectory() as outdir:
            return synthesize(["app.py"], Path(outdir), folder=EXAMPLE)

    def theirs() -> Run:
        with tempfile.TemporaryDirectory() as outdir:
            return _synthesize_by_hand(storefront, Path(outdir))

    pairs = []
    for number in range(rounds):
        if number % 2:
            pairs.append((ours(), theirs()))
        else:
            other = theirs()
            pairs.append((ours(), other))
    return pairs


def _synthesize_by_hand(storefront: Storefront, outdir: Path) -> Run:
    return synthesize(["-m", "bench.by_hand.app", str(storefront.edge_code)], outdir)


def _in_one_process(storefront: Storefront, *, stacks: int, rounds: int) -> _Series:
    run = run_python("-m", "bench.synth_in_turns", str(storefront.edge_code), str(stacks), str(rounds))
    said = json.loads(run.output)
    return _Series(stacks, Ratio(said["ours"], said["by_hand"]), said["calls"])


def _ratio(runs: Sequence[tuple[Run, Run]], of: Callable[[Run], float]) -> Ratio:
    return Ratio([of(ours) for ours, _ in runs], [of(theirs) for _, theirs in runs])


def _row(what: str, times: Ratio) -> Sequence[str]:
    first, third = times.spread
    verdict = "met" if third <= _TARGET else "not met" if first > _TARGET else "within the spread"
    return [what, *_seconds(times), str(times), f"{_TARGET:.2f}: {verdict}"]


def _seconds(times: Ratio) -> Sequence[str]:
    return [f"{median(each):.2f} s" for each in (times.one, times.other)]
