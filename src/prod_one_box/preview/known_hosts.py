"""Who may ask the preview: only those who call this machine by its own name."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

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
