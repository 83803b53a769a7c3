"""The storefront on loopback: its partitions, their caches, a release."""

import asyncio
import socket
from bisect import bisect_right

import aiohttp
import pytest
from aiohttp import web

from preview.browsing import ANY, ONE_BOX, REGULAR, Browser, play
from prod_one_box.preview.panel import LOOPBACK
from prod_one_box.preview.preview import Preview
from prod_one_box.preview.server import serving
from prod_one_box.vocabulary import bucket_bounds, bucket_of, partition_names
from synthesized import EXAMPLES, synthesize

SALT = "Storefront/Site/Edge"
PARTITIONS = partition_names(waves=3)
BOUNDS = bucket_bounds([5, 15, 30])


def test_a_visitor_gets_the_bucket_of_their_address_and_agent_and_keeps_it(one):
    async def visit(browser: Browser) -> None:
        for agent in ("A", "B", "C"):
            bucket = bucket_of(SALT, [LOOPBACK, agent])
            answer, text = await browser.get("/", **{"User-Agent": agent})
            partition = PARTITIONS[bisect_right(BOUNDS, bucket)]
            assert answer.headers["X-Req-Partition"] == partition
            assert f"{partition} partition" in text.replace("<!-- -->", "")
            assert answer.headers["Set-Cookie"].startswith(f"__Host-one-box-bucket={bucket}; ")
            again, _ = await browser.get("/", **{"User-Agent": "moved", "Cookie": f"__Host-one-box-bucket={bucket}"})
            assert again.headers["X-Req-Partition"] == partition
            assert "Set-Cookie" not in again.headers

    play(visit, one)


def test_another_loopback_address_is_another_visitor(one):
    async def run() -> None:
        connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
        async with serving(Preview(one), ANY) as ports, aiohttp.ClientSession(connector=connector) as client:
            answer, _ = await Browser(client, ports).get("/", **{"User-Agent": "A"})
            assert answer.headers["x-preview-bucket"] == str(bucket_of(SALT, ["127.0.0.2", "A"]))

    asyncio.run(run())


def test_a_release_reaches_the_one_box_first_and_goes_back_or_on(one, two):
    async def visit(browser: Browser) -> None:
        seen = [(await browser.release_of(ONE_BOX), await browser.release_of(REGULAR))]
        for step in ("start", "abort", "start", "promote"):
            status, _ = await browser.panel(step)
            assert status == 200
            seen.append((await browser.release_of(ONE_BOX), await browser.release_of(REGULAR)))
        assert seen == [("one", "one"), ("two", "one"), ("one", "one"), ("two", "one"), ("two", "two")]

    play(visit, two, against=one)


def test_each_asset_comes_from_the_release_of_its_page(one, two):
    async def visit(browser: Browser) -> None:
        await browser.panel("start")
        for visitor, stranger in ((ONE_BOX, REGULAR), (REGULAR, ONE_BOX)):
            _, text = await browser.get("/", **visitor)
            script = text.split('src="')[1].split('"')[0]
            assert (await browser.get(script, **visitor))[0].status == 200
            # Not the other partition's: the bucket's, where a release that has begun adds to the former one's files.
            assert (await browser.get(script, **stranger))[0].status == 200

    play(visit, two, against=one)


def test_without_stickiness_each_request_draws_a_new_bucket(one):
    async def visit(browser: Browser) -> None:
        # The last first, so that the shares are never more than 100.
        for partition in ("wave-3", "wave-2", "one-box"):
            await browser.panel("share", {"partition": partition, "share": 25})
        partitions = {(await browser.get("/", **ONE_BOX))[0].headers["X-Req-Partition"] for _ in range(60)}
        assert partitions == set(PARTITIONS)

    play(visit, one, sticky=False)


def test_raising_the_share_only_moves_visitors_into_the_one_box(one):
    async def visit(browser: Browser) -> None:
        cookies = [{"Cookie": f"__Host-one-box-bucket={bucket}"} for bucket in (0, 499, 500, 1999, 2000, 5499, 9999)]
        seen = []
        for share in (5, 20, 55, 0):
            assert (await browser.panel("share", {"share": share}))[0] == 200
            answers = [await browser.get("/", **cookie) for cookie in cookies]
            seen.append(sum(answer.headers["X-Req-Partition"] == "one-box" for answer, _ in answers))
        assert seen == [2, 4, 6, 0]

    play(visit, one)


def test_the_api_is_answered_by_the_backend_and_scripts_by_the_cache(one):
    async def visit(browser: Browser) -> None:
        answer, text = await browser.get("/api/products")
        assert (answer.status, "kettle" in text) == (200, True)
        _, page = await browser.get("/", **REGULAR)
        script = page.split('src="')[1].split('"')[0]
        words = [(await browser.get(script, **REGULAR))[0].headers["x-cache"] for _ in range(2)]
        assert words == ["Miss from preview", "Hit from preview"]
        _, state = await browser.panel("state")
        last = state["requests"][0]
        assert (last["cache"], last["status"], "Bucket" in last["origin"]) == ("Hit", 200, True)
        assert (state["count"], state["hits"]) == (4, 1)

    play(visit, one)


def test_a_local_server_can_stand_for_a_partitions_origin(one):
    async def run() -> None:
        asked = []

        async def own(request: web.Request) -> web.Response:
            asked.append(request)
            return web.Response(status=302, text="from afar", headers=[("Location", "/x"), ("Set-Cookie", "a=1")])

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", own)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, 0).start()
        urls = {"one-box": f"http://{LOOPBACK}:{runner.addresses[0][1]}"}
        async with serving(Preview(one, origins=urls), ANY) as ports, aiohttp.ClientSession() as client:
            browser = Browser(client, ports)
            answer, text = await browser.get("/cup%20a?n=%31&n=2", **ONE_BOX)
            assert (answer.status, text, answer.headers["Set-Cookie"]) == (302, "from afar", "a=1")
            assert asked[0].raw_path == "/cup%20a?n=%31&n=2"
            assert asked[0].headers["X-Forwarded-Host"] == f"{LOOPBACK}:{ports.site}"
            assert await browser.release_of(REGULAR) == "one"
            await runner.cleanup()
            answer, text = await browser.get("/gone", **ONE_BOX)
            assert (answer.status, "does not answer" in text) == (502, True)

    asyncio.run(run())


def test_only_this_machine_can_send_requests(one):
    async def visit(browser: Browser) -> None:
        for port in (browser.ports.site, browser.ports.panel):
            with socket.socket() as caller, pytest.raises(ConnectionRefusedError):
                caller.connect(("127.0.0.2", port))

    play(visit, one)


def test_with_lambda_at_edge_each_partition_is_answered_by_its_own_function(assembly_of) -> None:
    async def visit(browser: Browser) -> None:
        for bucket, partition in zip((0, *BOUNDS), PARTITIONS, strict=True):
            answer, text = await browser.get("/", Cookie=f"__Host-one-box-bucket={bucket}")
            assert (answer.status, answer.headers["X-Req-Partition"]) == (200, partition)
            assert f"{partition} partition" in text.replace("<!-- -->", "")
            last = (await browser.panel("state"))[1]["requests"][0]
            assert last["origin"] == f"Storefront/Frontend/{partition.title().replace('-', '')}/Api"

    play(visit, assembly_of("storefront", "lambda-at-edge"))


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET http://localhost/ HTTP/1.1", b"400"),
        (b"TRACE / HTTP/1.1", b"403"),
        (b"GET /%zz%?%=%zz&__proto__=1 HTTP/1.1\r\nCookie: __proto__=5\r\nConstructor: \xe4\xff", b"200"),
        (b"GET / HTTP/1.1\r\nX-Req-Partition: one-box\r\nX-Req-Partition: none", b"200"),
        (b"POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", b"200"),
    ],
)
def test_odd_requests_are_answered_and_the_next_one_too(one, line, status):
    async def visit(browser: Browser) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, browser.ports.site)
        head, _, rest = line.partition(b"\r\n")
        writer.write(head + b"\r\nHost: localhost\r\nConnection: close\r\n" + rest + (b"\r\n\r\n" if rest else b"\r\n"))
        assert (await reader.readline()).split()[1] == status
        writer.close()
        assert await browser.release_of(REGULAR) == "one"

    play(visit, one)


def test_lambda_at_edge_of_another_region_is_found_in_its_own_stack(tmp_path, monkeypatch):
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-1")
    far = synthesize(EXAMPLES / "storefront", tmp_path, edgeRuntime="lambda-at-edge")

    async def visit(browser: Browser) -> None:
        for visitor, partition in ((ONE_BOX, "one-box"), (REGULAR, "regular")):
            answer, _ = await browser.get("/", **visitor)
            assert (answer.status, answer.headers["X-Req-Partition"]) == (200, partition)

    play(visit, far)
