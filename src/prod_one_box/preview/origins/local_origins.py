"""What stands behind an origin: a partition's own code on this machine, a bucket's files, or a local server."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from ...http_message import HttpRequest, HttpResponse, without
from ...sandbox.confined_node import EngineMissingError
from ...sandbox.local_function import FunctionFailedError, LocalFunction
from ...template.cloud_assembly import AssemblyError, listing
from ...template.links import Place
from ..edge.cache import OriginAnswer
from ..release import Release
from ..served_site import Site
from .api import Target, find_target
from .api_event import (
    MalformedAnswerError,
    answer_version_1,
    answer_version_2,
    decoded_path,
    event_version_1,
    event_version_2,
)
from .bucket import Buckets
from .local_code import function_names, read_function, version_of
from .origin import BUCKET, FUNCTION_URL, HTTP_API, REST_API, Origin

HOP_BY_HOP: Final = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
_LENGTHS: Final = ("content-length",)


class Origins:
    """Answers as the origins do; a function is started when it is first asked."""

    def __init__(self, release: Release, buckets: Buckets, urls: Mapping[str, str]) -> None:
        """Asks nothing yet.

        Args:
            release: Which code serves.
            buckets: The files in the site's buckets.
            urls: Local servers that stand for origins: their URL by the partition's name, by a name of what is
                behind the origin, by the origin's id, or by the name of a function behind an API.
        """
        self._release = release
        self._buckets = buckets
        self._urls = urls
        self._functions: dict[tuple[Path, Place], LocalFunction] = {}
        self._client: aiohttp.ClientSession | None = None
        self.notes: list[str] = []

    async def ask(self, origin: Origin, request: HttpRequest) -> OriginAnswer:
        """Sends a request to an origin, its path in front of the request's.

        An origin that does not answer in time is answered for, as CloudFront does.
        """
        asked = replace(request, path=origin.path + request.path)
        url = self._url(origin)
        try:
            if url is not None:
                return OriginAnswer(response=await asyncio.wait_for(self._over_http(url, asked), origin.seconds))
            return await asyncio.wait_for(self._on_this_machine(origin, asked), origin.seconds)
        except asyncio.TimeoutError:
            return OriginAnswer(
                response=message(504, f"The origin {origin.name} took longer than {origin.seconds:g} s.")
            )
        except (AssemblyError, EngineMissingError) as error:
            return OriginAnswer(response=message(502, str(error)))

    async def close(self) -> None:
        """Ends all functions."""
        for function in self._functions.values():
            await function.close()
        if self._client is not None:
            await self._client.close()

    def _url(self, origin: Origin) -> str | None:
        names = (origin.partition, *origin.names, origin.id)
        return next((self._urls[name] for name in names if name in self._urls), None)

    async def _on_this_machine(self, origin: Origin, request: HttpRequest) -> OriginAnswer:
        for place in origin.places[:1]:
            kind = self._release.edge.links.resource(place).type
            if kind == BUCKET:
                return OriginAnswer(response=self._buckets.answer(place, request))
            if kind in (HTTP_API, REST_API, FUNCTION_URL):
                return await self._through_api(place, request, origin.domain, rest=kind == REST_API)
        name = origin.partition or origin.name
        raise AssemblyError(f"the origin {origin.name} is nothing that runs here: give --origin {name}=URL")

    async def _through_api(self, api: Place, request: HttpRequest, domain: str, *, rest: bool) -> OriginAnswer:
        target = find_target(self._release.edge, api, request)
        if target is None:
            status, text = (403, "Missing Authentication Token") if rest else (404, "Not Found")
            return OriginAnswer(response=_api_message(status, text))
        if target.place is None:
            name = self._release.edge.links.resource(api).name
            raise AssemblyError(f"{name}: the route {target.route.key} leads to no function; give --origin {name}=URL")
        site, place = self._function_at(target.place)
        url = next((self._urls[name] for name in function_names(site, place) if name in self._urls), None)
        if url is not None:
            asked = replace(request, path=target.route.path)
            return OriginAnswer(
                response=await self._over_http(url, asked), version=version_of(site.links.resource(place))
            )
        return await self._called(self._function(site, place), api, request, target, domain)

    async def _called(
        self, function: LocalFunction, api: Place, request: HttpRequest, target: Target, domain: str
    ) -> OriginAnswer:
        kind = self._release.edge.links.resource(api).type
        try:
            if kind == REST_API:
                binary = [str(each) for each in listing(self._release.edge.properties(api).get("BinaryMediaTypes"))]
                answer = await function.run(event_version_1(request, target.route, domain, binary))
                response = answer_version_1(answer, request, ["*/*"] if function.streams else binary)
            else:
                asked = replace(request, path=decoded_path(request.path)) if kind == HTTP_API else request
                response = answer_version_2(await function.run(event_version_2(asked, target.route, domain)))
        except (FunctionFailedError, MalformedAnswerError) as error:
            print(error, file=sys.stderr, flush=True)  # the function's log
            why = function.code.why_failed(str(error))
            if why:
                raise AssemblyError(f"{error}; {why}") from error
            rest = kind == REST_API
            response = (
                _api_message(502, "Internal server error") if rest else _api_message(500, "Internal Server Error")
            )
        if function.streams:
            self._note(f"{function.code.name}: it streams its answers, which are passed on here when they are whole")
        return OriginAnswer(response=response, version=function.code.version)

    def _note(self, line: str) -> None:
        if line not in self.notes:
            self.notes.append(line)

    def _function_at(self, target: Place) -> tuple[Site, Place]:
        site = self._release.site_of(target)
        function = site.function_of(target)
        if function is None:
            resource = site.resource(target)
            name = target.logical_id if resource is None else resource.name
            raise AssemblyError(f"{name} leads to no function of {site.folder}")
        return site, function

    def _function(self, site: Site, place: Place) -> LocalFunction:
        key = (site.folder, place)
        if key not in self._functions:
            self._functions[key] = LocalFunction(read_function(site, place))
        return self._functions[key]

    async def _over_http(self, url: str, request: HttpRequest) -> HttpResponse:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=["User-Agent", "Accept-Encoding"],
            )
        target = URL(url.rstrip("/") + request.path + (f"?{request.query}" if request.query else ""), encoded=True)
        headers = CIMultiDict(without(request.fields, [*HOP_BY_HOP, *_LENGTHS, "host"]))
        try:
            async with self._client.request(
                request.method, target, headers=headers, data=request.body or None, allow_redirects=False
            ) as answer:
                fields = tuple((name.lower(), value) for name, value in answer.headers.items())
                return HttpResponse(
                    status=answer.status, fields=without(fields, [*HOP_BY_HOP, *_LENGTHS]), body=await answer.read()
                )
        except aiohttp.ClientError as error:
            return message(502, f"{url} does not answer: {error}")


def message(status: int, text: str) -> HttpResponse:
    """An answer of the edge's own."""
    return HttpResponse(
        status=status, fields=(("content-type", "text/plain; charset=utf-8"),), body=f"{text}\n".encode()
    )


def _api_message(status: int, text: str) -> HttpResponse:
    return HttpResponse(
        status=status, fields=(("content-type", "application/json"),), body=f'{{"message":"{text}"}}'.encode()
    )
