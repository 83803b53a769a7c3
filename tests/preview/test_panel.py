"""Who may change what through the panel."""

import pytest

from preview.browsing import CHANGE, Browser, play
from prod_one_box.preview.panel import LOOPBACK, PANEL_HEADER


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1.example.com", "localhost.example.com:8080", "nobody"])
def test_a_request_for_another_host_name_is_refused(one, host):
    async def visit(browser: Browser) -> None:
        assert (await browser.get("/", Host=host))[0].status == 421
        for method, step in (("GET", "state"), ("GET", ""), ("POST", "start")):
            url = f"http://{LOOPBACK}:{browser.ports.panel}/{step}"
            async with browser.client.request(method, url, headers={**CHANGE, "Host": host}) as answer:
                assert answer.status == 421

    play(visit, one)


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1", "shop.localhost:8080"])
def test_this_machines_own_names_are_answered(one, host):
    async def visit(browser: Browser) -> None:
        assert (await browser.get("/", Host=host))[0].status == 200

    play(visit, one)


def test_no_page_of_another_site_can_show_the_panel_in_a_frame(one):
    async def visit(browser: Browser) -> None:
        async with browser.client.get(f"http://{LOOPBACK}:{browser.ports.panel}/") as answer:
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]

    play(visit, one)


@pytest.mark.parametrize("kind", ["application/json; charset=foo", "text/plain; charset=\x80", "image/png"])
def test_a_change_is_read_whatever_its_type_is_called(one, kind):
    async def visit(browser: Browser) -> None:
        for body, status in ((b'{"share": 50}', 200), (b"\xff", 409), (b"[" * 100_000, 409)):
            url = f"http://{LOOPBACK}:{browser.ports.panel}/share"
            headers = {**CHANGE, "Content-Type": kind}
            async with browser.client.post(url, data=body, headers=headers) as answer:
                assert answer.status == status

    play(visit, one)


def test_a_change_without_the_panels_own_header_is_refused(one, two):
    async def visit(browser: Browser) -> None:
        status, said = await browser.panel("start", Origin="http://127.0.0.1:9")
        assert (status, PANEL_HEADER in said["error"]) == (403, True)
        assert (await browser.panel("state"))[1]["stage"] == "stable"

    play(visit, two, against=one)


@pytest.mark.parametrize(
    "words",
    [
        {"share": 101},
        {"share": -1},
        {"share": 0.001},
        {"share": "20"},
        {"share": True},
        {"share": 5, "partition": "wave-9"},
        {"share": 5, "partition": []},
        [],
        {},
    ],
)
def test_an_invalid_share_changes_nothing(one, words):
    async def visit(browser: Browser) -> None:
        before = (await browser.panel("state"))[1]["shares"]
        status, said = await browser.panel("share", words)
        assert status == 409
        assert said["error"]
        assert (await browser.panel("state"))[1]["shares"] == before

    play(visit, one)


def test_a_step_out_of_turn_is_refused_with_its_reason(one):
    async def visit(browser: Browser) -> None:
        for step, reason in (
            ("start", "--against"),
            *((step, "no release") for step in ("advance", "promote", "abort")),
        ):
            status, said = await browser.panel(step)
            assert (status, reason in said["error"]) == (409, True)

    play(visit, one)
