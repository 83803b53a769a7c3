"""What the checks and a publication install is pinned, most of it by digest, and something looks for newer versions."""

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
NPM_FOLDERS = sorted(
    manifest.parent.relative_to(ROOT).as_posix()
    for where in (".ci/*", "tests/*", "examples/*/frontend")
    for manifest in ROOT.glob(f"{where}/package.json")
)


@pytest.mark.parametrize("folder", NPM_FOLDERS)
def test_what_npm_installs_is_pinned_by_digest_and_without_addresses(folder: str) -> None:
    declared = json.loads((ROOT / folder / "package.json").read_text("utf-8"))
    packages = json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))["packages"]
    locked = packages.pop("")
    for kind in ("dependencies", "devDependencies"):
        assert locked.get(kind) == declared.get(kind)
    assert [name for name, package in packages.items() if "integrity" not in package or "resolved" in package] == []


@pytest.mark.parametrize("folder", NPM_FOLDERS)
def test_npm_writes_no_addresses_when_it_locks_anew(folder: str) -> None:
    assert (ROOT / folder / ".npmrc").read_text("utf-8") == "omit-lockfile-registry-resolved=true\n"


def test_dependabot_looks_after_every_folder_of_npm_and_leaves_python_to_make_requirements() -> None:
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))["updates"]
    folders = {update["package-ecosystem"]: update.get("directories", [update.get("directory")]) for update in updates}
    assert folders == {"npm": [f"/{folder}" for folder in NPM_FOLDERS], "github-actions": ["/"]}


@pytest.mark.parametrize("file", ["requirements-dev.txt", ".ci/publib/requirements.txt"])
def test_what_pip_installs_is_pinned_and_without_addresses(file: str) -> None:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith(("#", "    --hash="))]
    assert [line for line in pins if not re.match(r"[\w.\[\]-]+==[\w.]+", line) or "://" in line] == []


def test_what_publishes_is_pinned_by_digest() -> None:
    requirements = (ROOT / ".ci" / "publib" / "requirements.txt").read_text("utf-8")
    pinned = re.findall(r"^[\w.\[\]-]+==.*", requirements, re.MULTILINE)
    hashed = re.findall(r"^[\w.\[\]-]+==.*\\\n    --hash=sha256:[0-9a-f]{64}", requirements, re.MULTILINE)
    assert len(hashed) == len(pinned) > 0
