"""The reference has every public name, and the navigation every page."""

import re

import prod_one_box
from docs.pages import ROOT

REFERENCE = sorted((ROOT / "docs" / "reference").glob("*.md"))


def test_every_public_name_is_in_the_reference_once() -> None:
    shown = [name for page in REFERENCE for name in re.findall(r"^::: prod_one_box\.(\w+)$", page.read_text(), re.M)]
    assert sorted(shown) == sorted(prod_one_box.__all__)


def test_every_page_is_in_the_navigation() -> None:
    listed = re.findall(r"^ +- [^\n]*?([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.M)
    pages = [str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")]
    assert sorted(listed) == sorted(pages)


def test_every_picture_is_readable_by_day_and_night() -> None:
    for picture in (ROOT / "docs" / "pictures").glob("*.svg"):
        drawn = picture.read_text("utf-8")
        assert "prefers-color-scheme: dark" in drawn, picture.name
        assert "<title>" in drawn, picture.name
