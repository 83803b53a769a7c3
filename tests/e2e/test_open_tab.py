"""A tab that was left open over a release asks for files of the release before it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from e2e.agents import agent_in
from e2e.browser import Visit, visit, visitor
from e2e.preview_process import Preview, preview_of
from e2e.shop import PARTITIONS
from prod_one_box.vocabulary import ONE_BOX

FOUND = '#details[data-release="{}"][data-state="open"]'


@contextmanager
def shop(shop_of: Callable[..., Path], *, retained: bool) -> Iterator[Preview]:
    with preview_of(shop_of("two", retained=retained), "--against", shop_of("one", retained=retained)) as preview:
        yield preview


def chunk_of(tab: Visit) -> int:
    """The status of the lazily loaded script."""
    (status,) = [answer.status for answer in tab.answers if "/assets/Details-" in answer.url]
    return status


@pytest.mark.parametrize("partition", PARTITIONS)
def test_with_retained_assets_it_loads_a_chunk_after_the_whole_release(
    browser: Browser, shop_of: Callable[..., Path], partition: str
) -> None:
    with shop(shop_of, retained=True) as preview, visitor(browser, agent_in(partition)) as context:
        tab = visit(context.new_page(), preview.site)
        tab.come_alive()
        preview.start_release()
        preview.promote()
        tab.open_details()
        assert tab.page.locator(FOUND.format("one")).count() == 1
        assert chunk_of(tab) == 200


@pytest.mark.parametrize("partition", PARTITIONS)
def test_without_them_that_part_of_the_page_fails(
    browser: Browser, shop_of: Callable[..., Path], partition: str
) -> None:
    with shop(shop_of, retained=False) as preview, visitor(browser, agent_in(partition)) as context:
        tab = visit(context.new_page(), preview.site)
        tab.come_alive()
        preview.start_release()
        preview.promote()
        tab.open_details()
        assert "cannot be loaded" in tab.page.inner_text("[role=alert]")
        assert chunk_of(tab) == 404


@pytest.mark.parametrize(("retained", "status"), [(True, 200), (False, 404)])
def test_a_tab_of_a_release_that_was_aborted_is_no_worse_off(
    browser: Browser, shop_of: Callable[..., Path], retained: bool, status: int
) -> None:
    with shop(shop_of, retained=retained) as preview, visitor(browser, agent_in(ONE_BOX)) as context:
        preview.start_release()
        tab = visit(context.new_page(), preview.site)
        tab.come_alive()
        assert tab.says("release") == "two"
        preview.abort()
        tab.open_details()
        assert chunk_of(tab) == status
        assert tab.page.locator(FOUND.format("two")).count() == (status == 200)
