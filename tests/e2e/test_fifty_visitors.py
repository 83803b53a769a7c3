"""Fifty browsers are split as their buckets say, and stay where they are."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from e2e.agents import agent_in, bucket_of_agent
from e2e.browser import Visit, visit, visitor, visitor_without_cookies
from e2e.preview_process import Preview, preview_of
from e2e.shop import PARTITIONS, SHARE
from prod_one_box.vocabulary import ONE_BOX, REGULAR, buckets_of_share

AGENTS = [f"agent {number}" for number in range(50)]


@pytest.fixture
def preview(shop_of: Callable[..., Path]) -> Iterator[Preview]:
    """The shop in the middle of a release: the one-box serves another than the regular partition."""
    with preview_of(shop_of("two"), "--against", shop_of("one")) as preview:
        preview.start_release()
        yield preview


def look(tab: Page, preview: Preview, *, agent: str | None = None) -> Visit:
    """Visits the shop; the page must be its partition's, to the header and to the eye."""
    opened = visit(tab, preview.site, agent=agent)
    if agent is not None and opened.document is not None:
        assert opened.document.request.all_headers()["user-agent"] == agent
    release = "two" if opened.partition == ONE_BOX else "one"
    assert (opened.says("partition"), opened.says("release")) == (opened.partition, release)
    return opened


def in_one_box(visits: list[Visit]) -> set[int]:
    """Which of the visitors are in the one-box."""
    return {number for number, opened in enumerate(visits) if opened.partition == ONE_BOX}


def below(buckets: list[int], share: float) -> set[int]:
    return {number for number, bucket in enumerate(buckets) if bucket < buckets_of_share(share)}


def test_they_split_by_their_cookie_stay_when_they_return_and_move_only_into_the_one_box(
    browser: Browser, preview: Preview
) -> None:
    with ExitStack() as stack:
        tabs = [stack.enter_context(visitor(browser, agent, scripts=False)).new_page() for agent in AGENTS]
        first = [look(tab, preview) for tab in tabs]
        buckets = [opened.bucket for opened in first]
        assert buckets == [bucket_of_agent(agent) for agent in AGENTS]
        assert in_one_box(first) == below(buckets, SHARE)
        assert 0 < len(in_one_box(first)) < len(AGENTS) / 2
        # From now on the cookie counts, so a browser may be updated.
        again = [look(tab, preview, agent="a newer one") for tab in tabs]
        assert [opened.bucket for opened in again] == buckets
        assert in_one_box(again) == in_one_box(first)
        preview.set_share(50)
        raised = [look(tab, preview) for tab in tabs]
        assert [opened.bucket for opened in raised] == buckets
        assert in_one_box(raised) == below(buckets, 50) > in_one_box(first)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_one_without_cookies_stays_as_long_as_their_address_and_agent_do(
    browser: Browser, preview: Preview, tmp_path: Path, partition: str
) -> None:
    with visitor_without_cookies(browser, tmp_path) as context:
        own, another = agent_in(partition), agent_in(REGULAR if partition == ONE_BOX else ONE_BOX)
        tab = context.new_page()
        assert {look(tab, preview, agent=own).partition for _ in range(5)} == {partition}
        assert look(tab, preview, agent=another).partition != partition
        assert context.cookies() == []
