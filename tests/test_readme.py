"""Pages read well as files: the example is there as the tests synthesize it, and no link leads to what is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = (page for page in (ROOT / "examples").rglob("*.md") if "node_modules" not in page.parts)
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *EXAMPLES]

_PYTHON = re.compile(r"^```python.*?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "docs/index.md", "docs/tutorial.md"])
def test_a_page_shows_the_smallest_example_as_it_is(page: str) -> None:
    first, *_ = _PYTHON.findall((ROOT / page).read_text("utf-8"))
    assert first == (ROOT / "examples" / "minimal" / "app.py").read_text("utf-8")


def test_no_page_but_the_changelogs_leaves_its_text_to_the_site() -> None:
    assert [page.name for page in PAGES if "--8<--" in page.read_text("utf-8")] == ["changelog.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = _CODE.sub("", page.read_text("utf-8"))
    relative = [target for target in _LINK.findall(text) if not target.startswith("http")]
    assert [target for target in relative if not _is_there(page, *target.partition("#"))] == []


def test_a_link_to_a_heading_that_is_not_there_is_noticed() -> None:
    page = ROOT / "README.md"
    assert _is_there(page, "docs/unverified.md", "#", "how-to-verify-it")
    assert not _is_there(page, "docs/unverified.md", "#", "how-to-verify-that")
    assert not _is_there(page, "docs/no-such-page.md", "", "")


def _is_there(page: Path, file: str, _: str, anchor: str) -> bool:
    target = page.parent / file if file else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """The headings of a page as links name them: GitHub and MkDocs agree on these letters."""
    headings = _HEADING.findall(re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL))
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}
