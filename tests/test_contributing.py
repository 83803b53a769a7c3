"""What contributors are told to run is all that can be run, and what is run for them."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
TOOLS = {"njs", "chromium"}
"""Targets that other targets ask for, and nobody by hand."""


def test_the_table_of_commands_names_every_target_of_make() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    table = re.findall(r"^\| `make ([\w-]+)` \|", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(table) == sorted(set(phony.split()) - TOOLS)


def test_the_checks_of_a_change_are_the_script_that_contributors_run() -> None:
    checks = yaml.safe_load((ROOT / ".github" / "workflows" / "checks.yml").read_text("utf-8"))
    assert checks["jobs"]["everything"]["steps"][-1] == {"run": ".ci/run"}


def test_the_script_runs_the_tests_as_the_readme_says_and_fails_with_them() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert "set -euo pipefail" in script
    assert "make test" in script
    assert "    make test " in (ROOT / "README.md").read_text("utf-8")
