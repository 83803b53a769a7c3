"""Newer development requirements are proposed in one pull request, which holds them and nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("git") and "CI" not in os.environ, reason="git is missing")

PROPOSE = Path(__file__).parents[2] / ".ci" / "propose-requirements"
FILES = [".ci/publib/requirements.txt", "requirements-dev.txt"]
GH = """#!/bin/sh
echo "$1 $2" >> asked
case "$1 $2" in
"pr create") touch open ;;
"pr list") [ -e open ] && echo 1 || echo 0 ;;
esac
"""


class Repository:
    """A clone with requirements, the repository that it was cloned from, and a stand-in for GitHub's command."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "clone"
        tools = folder / "tools"
        tools.mkdir()
        (tools / "gh").write_text(GH, "utf-8")
        (tools / "gh").chmod(0o755)
        path = os.pathsep.join([str(tools), os.environ["PATH"]])
        self.environment = {**os.environ, "PATH": path, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
        self.run("git", "init", "--quiet", "--bare", "--initial-branch", "main", "origin", folder=folder)
        self.run("git", "clone", "--quiet", "origin", "clone", folder=folder)
        self.run("git", "switch", "--quiet", "--create", "main")
        self.resolve("shoes==1")
        (self.clone / "README.md").write_text("Shoes\n", "utf-8")
        self.run("git", "add", ".")
        self.run(
            "git", "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "--message", "Shoes"
        )

    def run(self, *command: str | Path, folder: Path | None = None) -> list[str]:
        where = folder or self.clone
        done = subprocess.run(command, cwd=where, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.splitlines()

    def resolve(self, found: str) -> None:
        for name in FILES:
            (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
            (self.clone / name).write_text(f"{found}\n", "utf-8")

    def propose(self, found: str) -> list[str]:
        """Proposes what was found, and says what was asked of GitHub."""
        self.run("git", "switch", "--quiet", "main")
        self.resolve(found)
        (self.clone / "asked").write_text("", "utf-8")
        self.run(PROPOSE)
        return (self.clone / "asked").read_text("utf-8").splitlines()

    def proposed(self) -> list[str]:
        """The lines that the pull request changes."""
        changed = self.run("git", "diff", "--unified=0", "origin/requirements^", "origin/requirements")
        return [line for line in changed if line.startswith(("+", "-"))]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def changed_to(found: str) -> list[str]:
    return [line for name in FILES for line in (f"--- a/{name}", f"+++ b/{name}", "-shoes==1", f"+{found}")]


def test_nothing_newer_is_no_proposal(repository: Repository) -> None:
    assert repository.propose("shoes==1") == []
    assert repository.run("git", "branch", "--all", "--list", "*requirements") == []


def test_newer_requirements_are_proposed_and_nothing_else(repository: Repository) -> None:
    (repository.clone / "README.md").write_text("Hats\n", "utf-8")
    assert repository.propose("shoes==2") == ["auth setup-git", "pr list", "pr create"]
    assert repository.proposed() == changed_to("shoes==2")


def test_an_open_proposal_is_brought_up_to_date(repository: Repository) -> None:
    repository.propose("shoes==2")
    assert repository.propose("shoes==3") == ["auth setup-git", "pr list"]
    assert repository.proposed() == changed_to("shoes==3")
