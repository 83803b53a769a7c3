"""A release says what the changelog says of it, and is refused when tag, version and changelog disagree."""

import subprocess
import sys
from pathlib import Path

import pytest

RELEASE_NOTES = Path(__file__).parents[2] / ".ci" / "release-notes"
CHANGELOG = """# Changelog

## [Unreleased]

- Not yet.

## [1.10.0] - 2026-11-30

### Added

- Hats, as in [docs](docs/hats.md).

## [1.1.0] - 2026-11-02

- Shoes.

## [1.0.0] - 2026-11-01

[1.1.0]: https://example.com/compare
"""


def release_notes(folder: Path, version: str, tag: str) -> subprocess.CompletedProcess[str]:
    (folder / "pyproject.toml").write_text(f'[project]\nname = "shop"\nversion = "{version}"\n', "utf-8")
    (folder / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    return subprocess.run([sys.executable, RELEASE_NOTES, tag], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("version", "notes"),
    [("1.10.0", "### Added\n\n- Hats, as in [docs](docs/hats.md).\n"), ("1.1.0", "- Shoes.\n")],
)
def test_the_notes_are_the_changelog_s_section(tmp_path: Path, version: str, notes: str) -> None:
    told = release_notes(tmp_path, version, f"v{version}")
    assert (told.returncode, told.stdout, told.stderr) == (0, notes, "")


@pytest.mark.parametrize(
    ("version", "tag", "reason"),
    [
        ("1.10.0", "v1.1.0", "the tag is v1.1.0, but the version in pyproject.toml is 1.10.0"),
        ("1.10.0", "1.10.0", "the tag is 1.10.0, but"),
        ("1.2.0", "v1.2.0", "CHANGELOG.md says nothing of 1.2.0"),
        ("1.0.0", "v1.0.0", "CHANGELOG.md says nothing of 1.0.0"),
    ],
)
def test_a_release_that_disagrees_with_itself_is_refused(tmp_path: Path, version: str, tag: str, reason: str) -> None:
    told = release_notes(tmp_path, version, tag)
    assert (told.returncode, told.stdout) == (1, "")
    assert reason in told.stderr
    assert told.stderr.count("\n") == 1
