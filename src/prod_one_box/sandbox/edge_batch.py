"""Runs the edge's code on events, outside of AWS."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from .confined_node import CLOUDFRONT_STUB, EngineMissingError, confined_command, find_node, lay_out_confinement

_DRIVER: Final = """
import fs from 'fs';
import cloudfront from 'cloudfront';
import handler from './edge.mjs';

const events = fs.readFileSync('EVENTS', 'utf8').split('\\n');
const answers = [];

function note(result, error) {
    const isMessage = result !== null && typeof result === 'object' && !Array.isArray(result);
    answers.push(JSON.stringify({ result: isMessage ? (PICK) : result, origin: cloudfront.chosen, error: error }));
}

function play(place) {
    for (let i = place; i < events.length; i++) {
        cloudfront.chosen = null;
        let result = null;
        let error = null;
        try {
            result = handler(JSON.parse(events[i]));
        } catch (thrown) {
            error = String(thrown);
        }
        if (result && typeof result.then === 'function') {
            return result.then((value) => note(value, null), (thrown) => note(null, String(thrown)))
                .then(() => play(i + 1));
        }
        note(result, error);
    }
    fs.writeFileSync('ANSWERS', answers.join('\\n'));
    return null;
}

play(0);
"""


_NEEDED: Final = ("SYSTEMROOT",)  # without which nothing starts on Windows

_LONGEST_SECONDS: Final = 60.0
_SECONDS_AN_EVENT: Final = 0.01  # *assumed*, as the other: it takes a hundredth of that, and an endless loop is no use


class Engine(Enum):
    """A JavaScript engine on this machine."""

    NODE = "node"
    """Lambda@Edge's own engine; runs CloudFront Functions too, and more than CloudFront would."""

    NJS = "njs"
    """NGINX's engine, the closest to CloudFront Functions' that can be had."""


@dataclass(frozen=True)
class EdgeAnswer:
    """What the edge's code did with an event.

    Attributes:
        result: What the handler returned.
        origin_id: The origin that it selected by id; None if it selected none.
        error: What it threw; None if it threw nothing.
    """

    result: object
    origin_id: str | None
    error: str | None


class EdgeEngine:
    """Runs one piece of edge code, a CloudFront Function or a Lambda@Edge function, on many events.

    `cloudfront`, the module of CloudFront's own, is replaced by one that notes the selected origin.
    """

    def __init__(
        self, code: str, *, engine: Engine = Engine.NODE, pick: str = "result", at_lambda: bool = False
    ) -> None:
        """Finds the engine.

        Args:
            code: The source text, as deployed.
            engine: What runs it; default: Node.
            pick: What to keep of each `result`, as a JavaScript expression; default: all of it. Of many thousands of
                events, writing and reading whole results costs more than running the code.
            at_lambda: Whether it is for Lambda@Edge, whose code may import more; default: False, which means that
                Node lets it import what CloudFront Functions has, and nothing else.

        Raises:
            EngineMissingError: If the engine is not on this machine.
        """
        self._code = code
        self._engine = engine
        self._pick = pick
        self._at_lambda = at_lambda
        self._binary = find_node() if engine is Engine.NODE else _find_njs()

    def run(self, events: Iterable[Mapping[str, object]]) -> list[EdgeAnswer]:
        """Gives the handler one event after another, in one process.

        Args:
            events: The events, as CloudFront would hand them over.

        Returns:
            An answer for each event, in their order.

        Raises:
            RuntimeError: If the code cannot be loaded.
        """
        # Each becomes a line at once: garbage collection takes long over many thousands of dictionaries.
        lines = [json.dumps(event) for event in events]
        if not lines:
            return []
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            self._write(folder, lines)
            status, output = self._start(folder, longest=_LONGEST_SECONDS + len(lines) * _SECONDS_AN_EVENT)
            answers = folder / "answers"
            if status != 0 or not answers.exists():
                raise RuntimeError(f"{self._engine.value} could not run the code: {_reason(output)}")
            return [_answer(line) for line in answers.read_text("utf-8").split("\n")]

    def _start(self, folder: Path, *, longest: float) -> tuple[int, str]:
        """Runs the engine to its end; returns its exit status and what it printed."""
        # A file, not a pipe: to Node, a pipe is a socket, and whoever has one can make another.
        with (folder / "output").open("w+", encoding="utf-8", errors="replace") as output:
            try:
                done = subprocess.run(  # noqa: S603
                    self._command(folder),
                    cwd=folder,
                    # Not this process's: code from an assembly has no business with credentials in it.
                    env={name: os.environ[name] for name in _NEEDED if name in os.environ},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    timeout=longest,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return 1, f"it did not end within {longest:g} s"
            output.seek(0)
            return done.returncode, output.read()

    def _write(self, folder: Path, events: Sequence[str]) -> None:
        """Lays out the code, the stub where each engine looks for it, and the events, one a line."""
        lay_out_confinement(folder)
        (folder / "cloudfront").write_text(CLOUDFRONT_STUB)
        (folder / "edge.mjs").write_text(f"{self._code}\nexport default handler;\n", "utf-8")
        (folder / "events").write_text("\n".join(events))
        driver = _DRIVER.replace("EVENTS", str(folder / "events")).replace("ANSWERS", str(folder / "answers"))
        driver = driver.replace("PICK", self._pick)
        (folder / "driver.mjs").write_text(driver)

    def _command(self, folder: Path) -> list[str]:
        if self._engine is Engine.NJS:
            return [self._binary, "-p", str(folder), str(folder / "driver.mjs")]
        return confined_command(self._binary, folder, at_lambda=self._at_lambda)


def _reason(output: str) -> str:
    """Finds what went wrong in what an engine prints."""
    if "bad option" in output or "registerHooks" in output:
        return "it needs Node 22.15 or later"
    return next((line.strip() for line in output.splitlines() if "Error: " in line), output.strip())


def _answer(line: str) -> EdgeAnswer:
    """Reads one line of the driver's."""
    answer = json.loads(line)
    return EdgeAnswer(result=answer.get("result"), origin_id=answer["origin"], error=answer["error"])


def _find_njs() -> str:
    found = shutil.which("njs")
    if found is None:
        raise EngineMissingError("njs is not on this machine: install Debian's package njs.")
    return found
