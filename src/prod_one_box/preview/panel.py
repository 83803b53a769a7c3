"""The panel: it shows what the preview does, and lets the developer release, promote, abort and set the shares."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web

from ..vocabulary import ONE_BOX
from .preview import Preview
from .release import ReleaseError

LOOPBACK: Final = "127.0.0.1"

PANEL_HEADER: Final = "X-Prod-One-Box-Panel"
"""The header that each change needs: another site's page may send it only after a CORS preflight, which fails."""

_PAGE: Final = Path(__file__).parent / "panel.html"


@web.middleware
async def known_hosts_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse requests for any host but this machine, since DNS can make another site's name lead here."""
    name = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    if name in (LOOPBACK, "localhost") or name.endswith(".localhost"):
        return await handler(request)
    return web.Response(status=421, text="The preview answers to 127.0.0.1 and localhost alone.\n")


def panel_app(preview: Preview) -> web.Application:
    """Return the application that serves the panel's page and state, and makes changes."""
    steps = {
        "start": preview.begin,
        "advance": preview.advance,
        "promote": preview.promote,
        "abort": preview.abort,
    }

    async def page(_: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'"}
        return web.Response(text=_PAGE.read_text("utf-8"), content_type="text/html", headers=headers)

    async def state(_: web.Request) -> web.Response:
        return web.json_response(preview.report(), headers={"Cache-Control": "no-store"})

    async def change(request: web.Request) -> web.Response:
        if PANEL_HEADER not in request.headers:
            return web.json_response({"error": f"A change needs the header {PANEL_HEADER}."}, status=403)
        step = request.path.removeprefix("/")
        try:
            if step == "share":
                share, partition = _read_share(await request.read())
                preview.share.change(share, partition=partition)
            else:
                steps[step]()
        except (ReleaseError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.json_response(preview.report())

    app = web.Application(middlewares=[known_hosts_only])
    app.router.add_get("/", page)
    app.router.add_get("/state", state)
    for step in (*steps, "share"):
        app.router.add_post(f"/{step}", change)
    return app


def _read_share(body: bytes) -> tuple[float, str]:
    """Return a share and its partition, by default the one-box."""
    try:
        message = json.loads(body)
    except RecursionError as error:
        raise ValueError("the request is nested too deeply") from error
    said = message if isinstance(message, dict) else {}
    share = said.get("share")
    if isinstance(share, bool) or not isinstance(share, (int, float)):
        raise ValueError(f"share: got {share!r}; allowed: a number from 0 to 100")
    return share, str(said.get("partition", ONE_BOX))
