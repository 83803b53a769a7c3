"""Times edge functions in njs."""

import json
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prod_one_box.sandbox.node import CLOUDFRONT_MODULE

_DRIVER: Final = Path(__file__).parent / "edge" / "driver.js"
_ROUNDS: Final = 25
_CALLS: Final = 100
_TIMED: Final = re.compile(r"^(.+): ([0-9.]+)ms$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One event for one handler.

    Attributes:
        name: The case's name, without spaces.
        handler: The handler's name, without spaces or dashes.
        event: The event.
    """

    name: str
    handler: str
    event: Mapping[str, object]

    @property
    def as_said(self) -> Mapping[str, str]:
        """It as the driver reads it."""
        return {"name": self.name, "handler": self.handler, "event": json.dumps(self.event)}


@dataclass(frozen=True)
class Cost:
    """What a call costs, in microseconds.

    Attributes:
        call: The handler's own work.
        whole: The same with the event read from a text and the answer written to one.
    """

    call: float
    whole: float


def costs(functions: Mapping[str, str], cases: Sequence[Case]) -> dict[tuple[str, str], Cost]:
    """Calls the handlers in turns, in a few processes.

    Args:
        functions: The source text of each handler.
        cases: What to call them with.

    Returns:
        The least cost by case and handler: whatever else the machine did can only have added to it.
    """
    with tempfile.TemporaryDirectory() as folder:
        driver = _lay_out(Path(folder), functions, cases)
        # A process each: njs frees nothing before its end, and CloudFront gives every request a fresh one.
        output = "".join(_run(driver) for _ in range(_ROUNDS))
    found: dict[str, list[float]] = defaultdict(list)
    for label, milliseconds in _TIMED.findall(output):
        found[label].append(1000 * float(milliseconds) / _CALLS)
    least = {label: min(times) for label, times in found.items()}
    labels = {(case.name, case.handler): f"{case.name} {case.handler}" for case in cases}
    return {key: Cost(least[f"call {label}"], least[f"whole {label}"]) for key, label in labels.items()}


def _lay_out(folder: Path, functions: Mapping[str, str], cases: Sequence[Case]) -> Path:
    (folder / "cloudfront").write_text(CLOUDFRONT_MODULE.read_text())
    for name, code in functions.items():
        (folder / f"{name}.js").write_text(f"{code}\nexport default handler;\n", "utf-8")
    (folder / "cases").write_text(json.dumps([case.as_said for case in cases]), "utf-8")
    filled = {
        "IMPORTS": "\n".join(f"import {name} from './{name}.js';" for name in functions),
        "HANDLERS": ", ".join(f"{name}: {name}" for name in functions),
        "CASES": str(folder / "cases"),
        "CALLS": str(_CALLS),
    }
    driver = _DRIVER.read_text("utf-8")
    for place, text in filled.items():
        driver = driver.replace(place, text)
    path = folder / "driver.js"
    path.write_text(driver, "utf-8")
    return path


def _run(driver: Path) -> str:
    done = subprocess.run(["njs", "-p", str(driver.parent), str(driver)], capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout:
        raise RuntimeError(f"njs failed: {done.stderr or done.stdout}")
    return done.stdout
