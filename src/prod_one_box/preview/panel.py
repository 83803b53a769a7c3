"""The panel: what the preview does, and what the developer does with it.

Who may ask the preview: only those who call this machine by its own name.
"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web

from .preview import Preview
from .release import ReleaseError

LOOPBACK: Final = "127.0.0.1"


@web.middleware
async def known_hosts_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answers only who asked for this machine by name: another site's name may be made to lead here, too."""
    name = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    if name in (LOOPBACK, "localhost") or name.endswith(".localhost"):
        return await handler(request)
    return web.Response(status=421, text="The preview answers to 127.0.0.1 and localhost alone.\n")


PANEL_HEADER: Final = "X-Prod-One-Box-Panel"
"""Every change must carry it: a page of another site cannot send it without asking first, and is never allowed to."""

_PAGE: Final = Path(__file__).parent / "panel.html"


def panel_app(preview: Preview) -> web.Application:
    """The panel's page, its state and the changes that it makes."""
    app = web.Application(middlewares=[known_hosts_only])
    app.router.add_get("/", _page)
    app.router.add_get("/state", _state(preview))
    for name, change in (("begin", preview.begin), ("promote", preview.promote), ("abort", preview.abort)):
        app.router.add_post(f"/{name}", _changing(preview, _without_words(change)))
    app.router.add_post("/share", _changing(preview, _change_share(preview)))
    return app


async def _page(_: web.Request) -> web.Response:
    headers = {"Content-Security-Policy": "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'"}
    return web.Response(text=_PAGE.read_text("utf-8"), content_type="text/html", headers=headers)


def _state(preview: Preview) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def state(_: web.Request) -> web.Response:
        return web.json_response(preview.report(), headers={"Cache-Control": "no-store"})

    return state


def _changing(
    preview: Preview, change: Callable[[web.Request], Awaitable[None]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def changed(request: web.Request) -> web.Response:
        if PANEL_HEADER not in request.headers:
            return web.json_response({"error": f"A change needs the header {PANEL_HEADER}."}, status=403)
        try:
            await change(request)
        except (ReleaseError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.json_response(preview.report())

    return changed


def _without_words(change: Callable[[], None]) -> Callable[[web.Request], Awaitable[None]]:
    async def changed(_: web.Request) -> None:
        change()

    return changed


def _change_share(preview: Preview) -> Callable[[web.Request], Awaitable[None]]:
    async def changed(request: web.Request) -> None:
        try:
            said = json.loads(await request.read())
        except RecursionError as error:
            raise ValueError("what was sent is nested too deeply") from error
        share = said.get("share") if isinstance(said, dict) else None
        if isinstance(share, bool) or not isinstance(share, (int, float)):
            raise ValueError(f"share: got {share!r}; allowed: a number from 0 to 100")
        preview.share.change(share)

    return changed
