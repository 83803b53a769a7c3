"""Pictures of the storefront in both partitions, and of the panel, as the docs show them.

They go into build/pictures; with PICTURES=docs/pictures, as `make pictures` says, into the docs.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from e2e.browser import SECONDS, visit, visitor
from e2e.preview_process import Preview, preview_of
from e2e.shop import PARTITIONS
from prod_one_box.vocabulary import ONE_BOX
from synthesized import EXAMPLES, synthesize

ROOT = EXAMPLES.parent
LARGEST = 150 * 1024
"""Bytes of a picture: they are part of the repository."""


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """The storefront as it is, with release two on the one-box."""
    folder = tmp_path_factory.mktemp("pictures")
    for name, release in (("deployed.out", "one"), ("cdk.out", "two")):
        synthesize(EXAMPLES / "storefront", folder / name, release=release)
    # The panel shows the words of the command, so they are those of the docs.
    with preview_of(Path("cdk.out"), "--against", "deployed.out", folder=folder) as preview:
        preview.start_release()
        yield preview


@pytest.fixture(scope="module")
def save() -> Callable[..., None]:
    """Saves a picture of a page, as wide as the window and as high as the page or less."""
    folder = ROOT / os.environ.get("PICTURES", "build/pictures")
    folder.mkdir(parents=True, exist_ok=True)

    def saved(page: Page, name: str, *, most: int) -> None:
        height = min(most, int(page.evaluate("document.body.getBoundingClientRect().bottom + 24")))
        page.set_viewport_size({"width": 1000, "height": height})
        file = folder / f"{name}.png"
        page.screenshot(path=file)
        assert file.stat().st_size < LARGEST

    return saved


def open_in(browser: Browser, preview: Preview, partition: str, then: Callable[[Page], None]) -> None:
    """Opens the shop as a visitor of a partition, whichever agent that takes."""
    for number in range(200):
        with visitor(browser, f"agent {number}") as context:
            opened = visit(context.new_page(), preview.site)
            if opened.partition == partition:
                opened.come_alive()
                then(opened.page)
                return
    raise AssertionError(f"no agent of 200 is in the {partition} partition")


def test_the_storefront_in_each_partition(browser: Browser, preview: Preview, save: Callable[..., None]) -> None:
    for partition in PARTITIONS:
        open_in(browser, preview, partition, lambda page, name=partition: save(page, f"storefront-{name}", most=800))


def test_the_panel(browser: Browser, preview: Preview, save: Callable[..., None]) -> None:
    open_in(browser, preview, ONE_BOX, lambda page: page.reload(wait_until="networkidle"))
    context = browser.new_context(viewport={"width": 1000, "height": 800}, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(SECONDS * 1000)
    panel = context.new_page()
    panel.goto(f"{preview.panel}/")
    panel.wait_for_selector("#requests tr:nth-child(8)")
    assert "A release is under way" in panel.inner_text("#stage")
    assert panel.inner_text("#version-one-box") != panel.inner_text("#version-regular")
    save(panel, "panel", most=700)
    context.close()
