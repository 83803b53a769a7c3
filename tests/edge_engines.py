"""Runs edge code in Node, as the library does, or in njs, the engine closest to CloudFront Functions'."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Final

from prod_one_box.sandbox.edge_runner import EdgeAnswer, run_batch
from prod_one_box.sandbox.node import CLOUDFRONT_MODULE
from prod_one_box.template.cloud_assembly import AssemblyError

_NJS_DRIVER: Final = """
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


class Engine(Enum):
    """A JavaScript engine on this machine."""

    NODE = "node"
    NJS = "njs"


class EngineMissingError(RuntimeError):
    """njs is not on this machine."""


class EdgeEngine:
    """Runs one piece of edge code on many events."""

    def __init__(
        self, code: str, *, engine: Engine = Engine.NODE, pick: str = "result", at_lambda: bool = False
    ) -> None:
        self._code = code
        self._pick = pick
        self._at_lambda = at_lambda
        self._njs = shutil.which("njs") if engine is Engine.NJS else None
        if engine is Engine.NJS and self._njs is None:
            raise EngineMissingError("njs is not on this machine: install Debian's package njs.")

    def run(self, events: Iterable[Mapping[str, object]]) -> list[EdgeAnswer]:
        if self._njs is None:
            return run_batch(self._code, events, pick=self._pick, at_lambda=self._at_lambda)
        lines = [json.dumps(event) for event in events]
        with tempfile.TemporaryDirectory() as folder:
            return self._run_njs(self._njs, Path(folder), lines) if lines else []

    def _run_njs(self, njs: str, folder: Path, lines: list[str]) -> list[EdgeAnswer]:
        (folder / "cloudfront").write_text(CLOUDFRONT_MODULE.read_text())
        (folder / "edge.mjs").write_text(f"{self._code}\nexport default handler;\n", "utf-8")
        (folder / "events").write_text("\n".join(lines))
        driver = _NJS_DRIVER.replace("EVENTS", str(folder / "events")).replace("ANSWERS", str(folder / "answers"))
        (folder / "driver.mjs").write_text(driver.replace("PICK", self._pick))
        done = subprocess.run(
            [njs, "-p", str(folder), str(folder / "driver.mjs")],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode or not (folder / "answers").exists():
            raise AssemblyError(f"njs could not run the code: {done.stdout}{done.stderr}")
        answers = map(json.loads, (folder / "answers").read_text("utf-8").split("\n"))
        return [EdgeAnswer(each.get("result"), each["origin"], each["error"]) for each in answers]
