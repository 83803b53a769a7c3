"""A visitor's pages live before, during and after a release, because all that a page needs is of its own release."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext

from e2e.agents import agent_in
from e2e.browser import PARTITION, VERSION, Visit, visit, visitor
from e2e.preview_process import Preview, preview_of
from e2e.shop import BUILT, PARTITIONS
from prod_one_box.vocabulary import BACKEND, ONE_BOX, REGULAR

PAGES = 40


def check_assets(opened: Visit, release: str, *, retained: bool) -> None:
    """Each script, style and picture is, byte by byte, the one of the page's release."""
    assert {Path(urlsplit(answer.url).path).suffix for answer in opened.assets} == {".js", ".css", ".svg"}
    for answer in opened.assets:
        assert answer.status == 200, answer.url
        assert answer.body() == (BUILT / release / urlsplit(answer.url).path[1:]).read_bytes(), answer.url
        of_page = [None, None] if retained else [opened.partition, opened.says("version")]
        assert [answer.headers.get(PARTITION), answer.headers.get(VERSION)] == of_page, answer.url


def check_visit(context: BrowserContext, preview: Preview, partition: str, release: str, *, retained: bool) -> None:
    """The page comes alive, and is in all of its parts what the partition serves at this time."""
    opened = visit(context.new_page(), preview.site)
    opened.come_alive()
    assert (opened.partition, opened.says("partition"), opened.says("release")) == (partition, partition, release)
    check_assets(opened, release, retained=retained)
    opened.open_details()
    opened.page.get_by_role("button", name="Order").click()
    opened.page.wait_for_selector(f"#details[data-release={release}][data-state=ordered]")
    versions = preview.versions()
    assert opened.headers[VERSION] == opened.says("version") == versions[partition]
    assert [(answer.status, answer.headers[VERSION]) for answer in opened.calls] == [
        (200, versions[BACKEND]),
        (201, versions[BACKEND]),
    ]
    opened.page.close()


@pytest.mark.parametrize("retained", [False, True], ids=["assets in the partitions", "assets in the bucket"])
def test_visitors_of_each_partition_get_pages_that_live_at_every_time_of_a_release(
    browser: Browser, shop_of: Callable[..., Path], retained: bool
) -> None:
    new, old = (shop_of(release, retained=retained) for release in ("two", "one"))
    with preview_of(new, "--against", old) as preview, ExitStack() as stack:
        visitors = {partition: stack.enter_context(visitor(browser, agent_in(partition))) for partition in PARTITIONS}

        def all_visit(*, one_box: str, regular: str) -> str:
            for partition, release in ((ONE_BOX, one_box), (REGULAR, regular)):
                check_visit(visitors[partition], preview, partition, release, retained=retained)
            return preview.versions()[BACKEND]

        backend = all_visit(one_box="one", regular="one")
        preview.start_release()
        assert all_visit(one_box="two", regular="one") != backend
        preview.abort()
        assert all_visit(one_box="one", regular="one") == backend
        preview.start_release()
        all_visit(one_box="two", regular="one")
        preview.promote()
        assert all_visit(one_box="two", regular="two") != backend


def dead_pages(browser: Browser, preview: Preview, pages: int) -> int:
    """Opens pages, each in a browser of its own, up to the first that stays dead for want of its script."""
    for number in range(pages):
        with visitor(browser, f"agent {number}") as context:
            opened = visit(context.new_page(), preview.site)
            script = next(answer for answer in opened.assets if answer.url.endswith(".js"))
            if script.status == 404:
                opened.page.wait_for_timeout(1000)
                assert not opened.is_alive()
                assert opened.page.locator("#products[data-state=loading]").count() == 1
                return 1
            opened.come_alive()
    return 0


@pytest.mark.parametrize(("options", "dead"), [([], 0), (["--without", "stickiness"], 1)], ids=["sticky", "not sticky"])
def test_without_stickiness_the_same_page_stays_dead(
    browser: Browser, shop_of: Callable[..., Path], options: list[str], dead: int
) -> None:
    with preview_of(shop_of("two"), "--against", shop_of("one"), *options) as preview:
        preview.start_release()
        # At a share of 50 % a page and its script are drawn apart half of the time: all of 40 pages live by chance
        # once in 2 ** 40 runs.
        preview.set_share(50)
        assert dead_pages(browser, preview, PAGES if dead else PAGES // 4) == dead
