"""The preview's two servers on loopback: the site and the panel."""

import errno
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from multidict import CIMultiDict

from ..http_message import HOP_BY_HOP, HttpRequest, HttpResponse, text_response, without
from ..template.cloud_assembly import AssemblyError
from .edge.request_flow import Edge
from .panel import LOOPBACK, known_hosts_only, panel_app
from .preview import Preview

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[^\r\n\0]*")
_NOT_PASSED_ON: Final = (*HOP_BY_HOP, "content-length")

_LARGEST_BODY: Final = 10 * 1024 * 1024
"""API Gateway's limit (API Gateway developer guide, 'Quotas')."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The ports of the servers.

    Attributes:
        site: The site's port.
        panel: The panel's port.
    """

    site: int
    panel: int


@asynccontextmanager
async def serving(preview: Preview, ports: Ports) -> AsyncIterator[Ports]:
    """Serve a preview while the context lasts, and yield the ports in use; port 0 stands for any free one.

    Raises:
        AssemblyError: If a port is not available.
    """
    site = await _started(site_app(preview.edge), ports.site, "--port")
    try:
        panel = await _started(panel_app(preview), ports.panel, "--panel-port")
        try:
            yield Ports(site=_port(site), panel=_port(panel))
        finally:
            await panel.cleanup()
    finally:
        await site.cleanup()
        await preview.close()


def site_app(edge: Edge) -> web.Application:
    """Return the application that passes every path to the distribution."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if not request.raw_path.startswith("/"):
            return _to_aiohttp(text_response(400, "The preview is no proxy: ask for a path."))
        return _to_aiohttp(await edge.answer(await _from_aiohttp(request)))

    app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[known_hosts_only])
    app.router.add_route("*", "/{path:.*}", answer)
    return app


async def _from_aiohttp(request: web.Request) -> HttpRequest:
    path, _, query = request.raw_path.partition("?")
    fields = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.raw_headers)
    return HttpRequest(
        address=str(request.transport.get_extra_info("peername")[0]) if request.transport else "",
        method=request.method,
        path=path,
        query=query,
        fields=without(fields, _NOT_PASSED_ON),
        body=await request.read(),
    )


def _to_aiohttp(response: HttpResponse) -> web.Response:
    if not all(_NAME.fullmatch(name) and _VALUE.fullmatch(value) for name, value in response.fields):
        response = text_response(502, "The answer has a header that HTTP cannot carry: an odd name, or a line break.")
    headers = CIMultiDict(without(response.fields, _NOT_PASSED_ON))
    return web.Response(status=response.status, headers=headers, body=response.body)


async def _started(app: web.Application, port: int, option: str) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, auto_decompress=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
    except OSError as error:
        await runner.cleanup()
        why = "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise AssemblyError(f"{option} {port}: {why}; choose another, or 0 for any that is free") from error
    return runner


def _port(runner: web.AppRunner) -> int:
    return int(runner.addresses[0][1])
