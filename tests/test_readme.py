"""The README's example is the one that the tests synthesize."""

from pathlib import Path

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
                assert (page.parent / target.split("#")[0]).exists(), (page.name, target)
