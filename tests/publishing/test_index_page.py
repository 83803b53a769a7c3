"""On the package index the README's links lead to the repository; the README itself names no repository."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.example/shop/hats"
WORKFLOW = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "shop/hats"}
TARGETS = re.compile(r"\]\(([^)]+)\)")


def metadata(**workflow: str) -> dict[str, Any]:
    elsewhere = {name: value for name, value in os.environ.items() if name not in WORKFLOW}
    command = [sys.executable, "-m", "hatchling", "metadata"]
    done = subprocess.run(command, cwd=ROOT, env=elsewhere | workflow, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_page_built_by_a_workflow_has_the_links_of_the_readme_at_the_release_s_tag() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    built = metadata(**WORKFLOW)
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme)
    places = {
        target: f"{REPOSITORY}/{'raw' if target in pictures else 'blob'}/v{built['version']}/{target}"
        for target in TARGETS.findall(readme)
        if not target.startswith("http")
    }
    assert places
    assert TARGETS.findall(built["readme"]["text"]) == [
        places.get(target, target) for target in TARGETS.findall(readme)
    ]
    assert built["urls"]["Source"] == REPOSITORY


def test_a_page_built_elsewhere_is_the_readme_and_invents_no_address() -> None:
    built = metadata()
    assert built["readme"]["text"] == (ROOT / "README.md").read_text("utf-8")
    assert "urls" not in built
