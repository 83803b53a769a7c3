"""Synthesizes the examples as a user would: a process of its own, an output folder, no AWS account."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parent.parent / "examples"


def copy_of(example: str, folder: Path) -> Path:
    """Copies an example without what its tools left there, for a test that changes it."""
    left = shutil.ignore_patterns("__pycache__", "node_modules")
    return Path(shutil.copytree(EXAMPLES / example, folder / example, ignore=left))


def with_one_wave(folder: Path) -> Path:
    """Copies the storefront, with one wave of 20 % and no watch: a release in a third of the time."""
    example = copy_of("storefront", folder)
    stack = example / "storefront_stack.py"
    text, waves = re.subn(r"    waves = \(.*\)\n", "    waves = (Wave(share=20),)\n", stack.read_text())
    text, watches = re.subn(r"    watch_time = .*\n", "    watch_time = None\n", text)
    assert (waves, watches) == (1, 1)
    stack.write_text(text)
    return example


def synthesize(example: Path, outdir: Path, **context: str) -> Path:
    """Runs an example's app.py and returns the cloud assembly that it wrote."""
    environment = {**os.environ, "CDK_OUTDIR": str(outdir), "CDK_CONTEXT_JSON": json.dumps(context)}
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=example, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return outdir


def template_of(assembly: Path, stack: str) -> dict[str, Any]:
    """Reads a stack's template."""
    return json.loads((assembly / f"{stack}.template.json").read_text())
