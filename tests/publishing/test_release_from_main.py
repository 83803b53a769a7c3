"""A release is made of what is on main, and of nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.skipif(not shutil.which("git") and "CI" not in os.environ, reason="git is missing")

RELEASE = Path(__file__).parents[2] / ".github" / "workflows" / "release.yml"
REFUSED = "::error::The tag is not on main. Merge, then tag.\n"


@pytest.fixture
def step() -> str:
    """The step of the workflow that looks where the tag is."""
    steps = yaml.safe_load(RELEASE.read_text("utf-8"))["jobs"]["notes"]["steps"]
    assert steps[0]["with"]["fetch-depth"] == 0
    return steps[1]["run"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose main has two commits, and another branch one more."""
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", "origin")
    for branch, commit in (("main", "first"), ("main", "second"), ("later", "third")):
        git(tmp_path / "origin", "checkout", "--quiet", "-B", branch)
        git(tmp_path / "origin", "commit", "--quiet", "--allow-empty", "--message", commit)
        git(tmp_path / "origin", "tag", commit)
    git(tmp_path, "clone", "--quiet", "origin", "clone")
    return tmp_path / "clone"


def git(folder: Path, *arguments: str) -> None:
    anybody = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "advice.detachedHead=false")
    subprocess.run(["git", *anybody, *arguments], cwd=folder, check=True)


@pytest.mark.parametrize(("tag", "result"), [("first", (0, "")), ("second", (0, "")), ("third", (1, REFUSED))])
def test_only_a_commit_of_main_is_released(step: str, clone: Path, tag: str, result: tuple[int, str]) -> None:
    git(clone, "checkout", "--quiet", tag)
    done = subprocess.run(["bash", "-e", "-c", step], cwd=clone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == result
