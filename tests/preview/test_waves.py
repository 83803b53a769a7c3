"""A site of four partitions on loopback: a release that reaches one after the other."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from preview.browsing import ANY, Browser, play
from preview.templates import split_site
from prod_one_box.preview.panel import LOOPBACK
from prod_one_box.preview.preview import Preview
from prod_one_box.preview.server import serving
from template.assemblies import write

SHARES = {"one-box": 1.0, "wave-2": 4.0, "wave-3": 15.0, "regular": 80.0}
BUCKETS = {"one-box": (0, 99), "wave-2": (100, 499), "wave-3": (500, 1999), "regular": (2000, 9999)}


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    return assembly(tmp_path, "old")


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    return assembly(tmp_path, "new")


def assembly(folder: Path, text: str, shares: dict[str, float] = SHARES) -> Path:
    (folder / text).mkdir()
    return write(folder / text, Shop=split_site(text, shares))


async def releases(browser: Browser) -> dict[str, str]:
    """Return the release that each partition and the backend is on, asked from both ends of a partition's buckets."""
    seen = {}
    for name, buckets in BUCKETS.items():
        texts = {(await browser.get(f"/?{bucket}"))[1] for bucket in buckets}
        assert {text.partition(", ")[2] for text in texts} == {name}
        (seen[name],) = {text.partition(", ")[0] for text in texts}
    return {**seen, "backend": (await browser.get("/backend/"))[1].partition(", ")[0]}


def test_a_release_reaches_one_partition_after_the_other(deployed, candidate):
    async def visit(browser: Browser) -> None:
        seen = []
        for step in ("start", "advance", "advance", "advance"):
            status, state = await browser.panel(step)
            assert status == 200
            served = await releases(browser)
            seen.append((state["stage"], state["next"], *served.values()))
            assert len({state["versions"][name][0] for name in served}) == len(served)
        assert seen == [
            ("one-box", "wave-2", "new", "old", "old", "old", "new"),
            ("wave-2", "wave-3", "new", "new", "old", "old", "new"),
            ("wave-3", "regular", "new", "new", "new", "old", "new"),
            ("stable", None, "new", "new", "new", "new", "new"),
        ]

    play(visit, candidate, against=deployed)


@pytest.mark.parametrize(("end", "text"), [("promote", "new"), ("abort", "old")])
def test_a_promotion_or_an_abort_in_the_second_wave_is_for_all_partitions(deployed, candidate, end, text):
    async def visit(browser: Browser) -> None:
        for step in ("start", "advance", end):
            await browser.panel(step)
        assert set((await releases(browser)).values()) == {text}

    play(visit, candidate, against=deployed)


def test_the_panel_lists_partitions_in_the_order_of_a_release(deployed, candidate):
    async def visit(browser: Browser) -> None:
        _, state = await browser.panel("state")
        assert list(state["versions"]) == [*SHARES, "backend"]
        assert (list(state["shares"].items()), state["notes"]) == (list(SHARES.items()), [])
        assert state["can"] == {"start": True, "advance": False, "promote": False, "abort": False}
        _, state = await browser.panel("start")
        assert state["can"] == {"start": False, "advance": True, "promote": True, "abort": True}

    play(visit, candidate, against=deployed)


def test_the_share_of_any_wave_can_be_set(deployed):
    async def visit(browser: Browser) -> None:
        status, state = await browser.panel("share", {"partition": "wave-2", "share": 10})
        assert (status, state["shares"]["wave-2"], state["shares"]["regular"]) == (200, 10, 74)
        asked = {bucket: (await browser.get(f"/?{bucket}"))[1] for bucket in (99, 100, 1099, 1100, 2599, 2600)}
        assert [text.partition(", ")[2] for text in asked.values()] == [
            "one-box",
            "wave-2",
            "wave-2",
            "wave-3",
            "wave-3",
            "regular",
        ]
        status, said = await browser.panel("share", {"partition": "wave-3", "share": 99})
        assert (status, said["error"]) == (409, "1 + 10 + 99 is more than 100")

    play(visit, deployed)


def test_without_stickiness_a_visitor_meets_all_partitions(tmp_path: Path) -> None:
    async def visit(browser: Browser) -> None:
        seen = {(await browser.get("/?5"))[1].partition(", ")[2] for _ in range(60)}
        assert seen == set(BUCKETS)

    folder = assembly(tmp_path, "even", dict.fromkeys(BUCKETS, 25.0))
    play(visit, folder, sticky=False)


def test_a_local_server_can_stand_for_a_wave(deployed):
    async def from_afar(_: web.Request) -> web.Response:
        return web.Response(text="from afar")

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/", from_afar)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, 0).start()
        urls = {"wave-2": f"http://{LOOPBACK}:{runner.addresses[0][1]}"}
        async with serving(Preview(deployed, origins=urls), ANY) as ports, aiohttp.ClientSession() as client:
            asked = [await Browser(client, ports).get(f"/?{bucket}") for bucket in (0, 100, 500, 2000)]
            assert [text for _, text in asked] == ["old, one-box", "from afar", "old, wave-3", "old, regular"]
        await runner.cleanup()

    asyncio.run(run())


def test_a_candidate_that_changes_the_split_is_noted(tmp_path, deployed):
    async def visit(browser: Browser) -> None:
        (note,) = (await browser.panel("state"))[1]["notes"]
        assert "(one-box 1 %, wave-2 4 %, wave-3 15 %, regular 80 %; one-box 20 %, regular 80 %)" in note
        assert "in an update of its own" in note

    play(visit, assembly(tmp_path, "two", {"one-box": 20.0, "regular": 80.0}), against=deployed)
