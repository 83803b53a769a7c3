"""The README's example is the one that the tests synthesize, and the rehearsal in the docs runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_readme_shows_the_smallest_example_as_it_is() -> None:
    (_, example, *_) = (ROOT / "README.md").read_text("utf-8").split("```")
    assert example.removeprefix("python\n") == (ROOT / "examples" / "minimal" / "app.py").read_text("utf-8")


def test_every_relative_link_leads_somewhere() -> None:
    examples = (page for page in (ROOT / "examples").rglob("*.md") if "node_modules" not in page.parts)
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *examples):
        targets = [part.split(")")[0] for part in page.read_text("utf-8").split("](")[1:]]
        for target in targets:
            if not target.startswith("http"):
                assert (page.parent / target).exists(), (page.name, target)


def test_the_docs_own_rehearsal_runs(
    assembly_of: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cdk.out").symlink_to(assembly_of("storefront"))
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "rehearsing.md").read_text("utf-8")
    snippet: dict[str, Callable[[], None]] = {}
    exec(page.split("```python")[1].split("```")[0], snippet)
    snippet["test_a_bad_front_end_reaches_few"]()
    assert not [name for name in ("rehearse", "Fault", "Limits") if name not in snippet]
