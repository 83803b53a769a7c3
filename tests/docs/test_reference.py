"""The reference has every public name and what it leads to, and the navigation every page."""

import re

import prod_one_box
from docs.pages import ROOT
from public.documented import reached_objects

REFERENCE = sorted((ROOT / "docs" / "reference").glob("*.md"))
SHOWN = [name for page in REFERENCE for name in re.findall(r"^::: prod_one_box\.([\w.]+)$", page.read_text(), re.M)]


def test_every_public_name_is_in_the_reference_once() -> None:
    assert sorted(name for name in SHOWN if "." not in name) == sorted(prod_one_box.__all__)


def test_what_public_names_lead_to_is_in_the_reference_once() -> None:
    reached = [path.removeprefix("prod_one_box.") for path in reached_objects()]
    assert sorted(name for name in SHOWN if "." in name) == sorted(reached)


def test_every_page_is_in_the_navigation() -> None:
    listed = re.findall(r"^ +- [^\n]*?([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.M)
    pages = [str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")]
    assert sorted(listed) == sorted(pages)


def test_every_picture_is_readable_by_day_and_night() -> None:
    for picture in (ROOT / "docs" / "pictures").glob("*.svg"):
        drawn = picture.read_text("utf-8")
        assert "prefers-color-scheme: dark" in drawn, picture.name
        assert "<title>" in drawn, picture.name
