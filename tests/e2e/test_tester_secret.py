"""Who knows the testers' secret chooses a partition; nobody else can, or notices."""

import io
import secrets
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from e2e.agents import agent_in
from e2e.browser import PARTITION, visit, visitor
from e2e.front_ends import with_pages
from e2e.preview_process import Preview, preview_of
from e2e.shop import PARTITIONS, synthesize_shop
from prod_one_box.vocabulary import ONE_BOX, REGULAR, TESTER_COOKIE

CACHED = "{ ...answer, headers: { ...answer.headers, 'cache-control': 'public, max-age=600' } }"
UNCACHED = "private, no-store"


@pytest.fixture(scope="module")
def cached_shop_of(tester_secret: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The shop with pages that may be cached."""

    def shop(release: str) -> Path:
        folder = tmp_path_factory.mktemp(release)
        pages = with_pages(release, folder, CACHED)
        return synthesize_shop(folder / "out", pages=pages, tester_secret=tester_secret)

    return shop


@pytest.fixture(scope="module")
def preview(cached_shop_of: Callable[[str], Path]) -> Iterator[Preview]:
    """The shop in the middle of a release; each test has a page of its own, so that it is not cached before."""
    with preview_of(cached_shop_of("two"), "--against", cached_shop_of("one")) as preview:
        preview.start_release()
        yield preview


def choose(context: BrowserContext, preview: Preview, value: str) -> None:
    """Sets the cookie as a tester does."""
    page = context.new_page()
    said = {"name": TESTER_COOKIE, "value": value, "url": preview.site, "secure": True, "httpOnly": True}
    assert context.new_cdp_session(page).send("Network.setCookie", said) == {"success": True}
    page.close()


def but_for_the_moment(told: tuple[dict[str, str], str]) -> tuple[dict[str, str], str]:
    """An answer without the headers that differ from one answer to the next: the time, and whether it was a copy."""
    return {name: value for name, value in told[0].items() if name not in ("date", "x-cache")}, told[1]


def answered(context: BrowserContext, address: str) -> tuple[dict[str, str], str]:
    """The headers and the body of a page's answer."""
    opened = visit(context.new_page(), address)
    assert opened.document is not None
    told = opened.headers, opened.document.text()
    opened.page.close()
    return told


@pytest.mark.parametrize("chosen", PARTITIONS)
@pytest.mark.parametrize("own", PARTITIONS)
def test_the_secret_chooses_the_partition_whatever_the_bucket(
    browser: Browser, preview: Preview, tester_secret: str, own: str, chosen: str
) -> None:
    with visitor(browser, agent_in(own)) as context:
        choose(context, preview, f"{chosen}.{tester_secret}")
        opened = visit(context.new_page(), preview.site)
        opened.come_alive()
        assert (opened.partition, opened.says("partition")) == (chosen, chosen)
        assert {answer.headers[PARTITION] for answer in opened.assets} == {chosen}
        assert opened.headers["cache-control"] == UNCACHED


@pytest.mark.parametrize("own", PARTITIONS)
def test_a_wrong_secret_is_answered_like_none(browser: Browser, preview: Preview, tester_secret: str, own: str) -> None:
    address = f"{preview.site}/?wrong-{own}"
    other = REGULAR if own == ONE_BOX else ONE_BOX
    digest = sha256(tester_secret.encode()).hexdigest()
    with visitor(browser, agent_in(own)) as context:
        without = but_for_the_moment(answered(context, address))
    for wrong in (secrets.token_urlsafe(32), tester_secret[:-1], tester_secret + "x", digest, ""):
        with visitor(browser, agent_in(own)) as context:
            choose(context, preview, f"{other}.{wrong}")
            told = answered(context, address)
            assert told[0][PARTITION] == own
            assert but_for_the_moment(told) == without


def test_a_chosen_partition_is_cached_for_nobody_else(browser: Browser, preview: Preview, tester_secret: str) -> None:
    address = f"{preview.site}/?cached"
    with visitor(browser, agent_in(REGULAR)) as tester, visitor(browser, agent_in(REGULAR)) as other:
        choose(tester, preview, f"{ONE_BOX}.{tester_secret}")
        headers, page = answered(tester, address)
        assert (headers[PARTITION], headers["cache-control"]) == (ONE_BOX, UNCACHED)
        assert "release two" in page
        headers, page = answered(other, address)
        assert (headers[PARTITION], headers["x-cache"]) == (REGULAR, "Miss from preview")
        assert headers["cache-control"] == "public, max-age=600"
        assert "release one" in page
        # The distribution's copy is that of everybody in the one-box; a tester's browser keeps none.
        headers, _ = answered(tester, address)
        assert (headers["x-cache"], headers["cache-control"]) == ("Hit from preview", UNCACHED)
        tester.clear_cookies(name=TESTER_COOKIE)
        headers, page = answered(tester, address)
        assert headers[PARTITION] == REGULAR
        assert "release one" in page


def test_the_assembly_does_not_hold_the_secret_but_its_digest(shop_of: Callable[..., Path], tester_secret: str) -> None:
    files = [file.read_bytes() for file in shop_of("one", retained=True).rglob("*") if file.is_file()]
    for content in list(files):
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                files.extend(archive.read(name) for name in archive.namelist())
    assert not [content[:80] for content in files if tester_secret.encode() in content]
    digest = sha256(tester_secret.encode()).hexdigest().encode()
    assert [content for content in files if digest in content]
