"""The deployed code of both runtimes sends a visitor to any partition: by bucket, by chance, or as testers choose."""

import asyncio
from bisect import bisect_right
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from edge.deployed import FOUR_WAVES, TESTER_DIGEST, TESTER_SECRET, synthesize

from preview.sites import Answers, get, page
from prod_one_box import EdgeRuntime
from prod_one_box.preview.edge.edge_calls import EdgeFunctions
from prod_one_box.preview.edge.request_flow import Edge
from prod_one_box.preview.release import Release, Share
from prod_one_box.preview.site.site import read_site
from prod_one_box.vocabulary import BUCKETS, TESTER_COOKIE, bucket_bounds, partition_names

PARTITIONS = partition_names(len(FOUR_WAVES))

Ask = Callable[[str], Awaitable[str]]


@pytest.fixture(scope="module", params=list(EdgeRuntime), ids=[runtime.value for runtime in EdgeRuntime])
def folder(request) -> Path:
    return synthesize(request.param, shares=FOUR_WAVES, tester_secret_digest=TESTER_DIGEST)[1]["assets"]


@asynccontextmanager
async def edge_of(folder: Path, *, sticky: bool = True) -> AsyncIterator[tuple[Share, Ask]]:
    """The shares of a site, and what asks for a page with a cookie and returns the partition that was asked."""
    release, functions = Release(read_site(folder), None), EdgeFunctions()
    share = Share(release, sticky=sticky, seed=1)
    edge = Edge(release, Answers(page()), share, functions=functions)

    async def ask(cookie: str) -> str:
        answer = await edge.answer(get(cookie=cookie))
        assert answer.status == 200
        (partition,) = answer.values("x-req-partition")
        assert edge.origins.asked[-1][1].values("x-req-partition") == [partition]
        return partition

    yield share, ask
    await functions.close()


def test_a_visitor_is_in_the_partition_of_their_bucket_whatever_the_shares(folder: Path) -> None:
    random = Random(1)

    async def play() -> None:
        async with edge_of(folder) as (share, ask):
            for waves in (FOUR_WAVES, *(_cut(random) for _ in range(20))):
                for name in PARTITIONS[:-1]:
                    share.change(0, partition=name)
                for name, percent in zip(PARTITIONS, waves, strict=False):
                    share.change(percent, partition=name)
                bounds = bucket_bounds(waves)
                ends = {bucket for bound in (0, *bounds, BUCKETS) for bucket in (bound - 1, bound)}
                for bucket in ends & set(range(BUCKETS)):
                    expected = PARTITIONS[bisect_right(bounds, bucket)]
                    assert await ask(f"__Host-one-box-bucket={bucket}") == expected

    asyncio.run(play())


def _cut(random: Random) -> list[float]:
    """Draw the shares of four waves, some of them empty."""
    cuts = sorted(random.choice([0, BUCKETS, random.randrange(BUCKETS)]) for _ in FOUR_WAVES)
    return [(end - begin) / 100 for begin, end in zip([0, *cuts], cuts, strict=False)]


@pytest.mark.parametrize("sticky", [True, False])
def test_a_tester_chooses_any_partition(folder: Path, sticky: bool) -> None:
    async def play() -> None:
        async with edge_of(folder, sticky=sticky) as (share, ask):
            for partition in PARTITIONS:
                tester = f"{TESTER_COOKIE}={partition}.{TESTER_SECRET}; __Host-one-box-bucket=5"
                assert await ask(tester) == partition
                share.change(0)
                assert await ask(tester) == partition

    asyncio.run(play())


def test_without_stickiness_partitions_are_drawn_by_their_shares(folder: Path) -> None:
    async def play() -> None:
        async with edge_of(folder, sticky=False) as (_, ask):
            drawn = Counter([await ask("__Host-one-box-bucket=5") for _ in range(400)])
            assert list(dict(drawn.most_common())) == list(reversed(PARTITIONS))
            assert drawn[PARTITIONS[-1]] / 4 == pytest.approx(50, abs=10)

    asyncio.run(play())
