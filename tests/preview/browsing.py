"""A browser before the preview's servers, and its panel."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
from yarl import URL

from prod_one_box.preview.panel import LOOPBACK, PANEL_HEADER
from prod_one_box.preview.preview import Preview
from prod_one_box.preview.server import Ports, serving

ANY = Ports(site=0, panel=0)
ONE_BOX = {"Cookie": "__Host-one-box-bucket=5"}
REGULAR = {"Cookie": "__Host-one-box-bucket=9000"}
CHANGE = {PANEL_HEADER: "1"}


class Browser:
    """Asks the site and the panel."""

    def __init__(self, client: aiohttp.ClientSession, ports: Ports) -> None:
        self.client, self.ports = client, ports

    async def get(self, path: str = "/", **headers: str) -> tuple[aiohttp.ClientResponse, str]:
        url = URL(f"http://{LOOPBACK}:{self.ports.site}{path}", encoded=True)
        async with self.client.get(url, headers=headers, allow_redirects=False) as answer:
            return answer, await answer.text()

    async def release_of(self, headers: dict[str, str]) -> str:
        _, text = await self.get("/", **headers)
        return next(name for name in ("one", "two") if f"release {name}" in text or f"release <!-- -->{name}" in text)

    async def panel(self, step: str, words: object = None, **headers: str) -> tuple[int, dict[str, Any]]:
        url = f"http://{LOOPBACK}:{self.ports.panel}/{step}"
        method = "GET" if step == "state" else "POST"
        async with self.client.request(method, url, json=words, headers=headers or CHANGE) as answer:
            return answer.status, await answer.json(content_type=None)


def play(visit: Callable[[Browser], Coroutine[Any, Any, None]], *words: object, **named: object) -> None:
    async def run() -> None:
        async with serving(Preview(*words, **named), ANY) as ports, aiohttp.ClientSession() as client:
            await visit(Browser(client, ports))

    asyncio.run(run())
