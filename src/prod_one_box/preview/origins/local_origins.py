"""What answers for an origin: the partition's own code on this machine, a bucket's files, or a local server."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from ...http_message import HOP_BY_HOP, HttpRequest, HttpResponse, text_response, without
from ...sandbox.local_function import FunctionFailedError, LocalFunction
from ...template.cloud_assembly import AssemblyError, listing
from ...template.links import Place
from ..release import Release
from ..site.origin import BUCKET, FUNCTION_URL, HTTP_API, REST_API, Origin, OriginResponse
from ..site.site import ServedSite
from .api_event import (
    MalformedResponseError,
    decoded_path,
    event_version_1,
    event_version_2,
    response_version_1,
    response_version_2,
)
from .api_routes import Target, find_target
from .bucket import Buckets
from .function_code import function_names, read_function, version_of

_NOT_FORWARDED = (*HOP_BY_HOP, "content-length")


class Origins:
    """Answers for the origins of a site; a function starts with its first request.

    Attributes:
        notes: What differs from Lambda in the responses so far.
    """

    def __init__(self, release: Release, buckets: Buckets, urls: Mapping[str, str]) -> None:
        """Start nothing yet.

        `urls` are those of local servers that replace origins, by the partition's name, a name of the resource behind
        the origin, the origin's id, or the name of a function behind an API.
        """
        self._release = release
        self._buckets = buckets
        self._urls = urls
        self._functions: dict[tuple[Path, Place], LocalFunction] = {}
        self._client: aiohttp.ClientSession | None = None
        self.notes: list[str] = []

    async def ask(self, origin: Origin, request: HttpRequest) -> OriginResponse:
        """Send a request to an origin, its path prefixed with the origin path.

        An origin that does not respond within its timeout gets a 504, as from CloudFront.
        """
        prefixed = replace(request, path=origin.path + request.path)
        url = self._url(origin.partition, *origin.names, origin.id)
        try:
            answer = self._over_http(url, prefixed) if url is not None else self._on_this_machine(origin, prefixed)
            return await asyncio.wait_for(answer, origin.seconds)
        except asyncio.TimeoutError:
            response = text_response(504, f"The origin {origin.name} took longer than {origin.seconds:g} s.")
        except AssemblyError as error:
            response = text_response(502, str(error))
        return OriginResponse(response=response)

    async def close(self) -> None:
        """Stop all functions and close all connections."""
        for function in self._functions.values():
            await function.close()
        if self._client is not None:
            await self._client.close()

    def _url(self, *names: str) -> str | None:
        return next((self._urls[name] for name in names if name in self._urls), None)

    async def _on_this_machine(self, origin: Origin, request: HttpRequest) -> OriginResponse:
        for place in origin.places[:1]:
            kind = self._release.current.links.resource(place).type
            if kind == BUCKET:
                return OriginResponse(response=self._buckets.answer(place, request))
            if kind in (HTTP_API, REST_API, FUNCTION_URL):
                return await self._through_api(place, kind, request, origin.domain)
        name = origin.partition or origin.name
        raise AssemblyError(f"the origin {origin.name} is nothing that runs here: give --origin {name}=URL")

    async def _through_api(self, api: Place, kind: str, request: HttpRequest, domain: str) -> OriginResponse:
        site = self._release.current
        target = find_target(site, api, request)
        if target is None:
            rest = kind == REST_API
            status, text = (403, "Missing Authentication Token") if rest else (404, "Not Found")
            return OriginResponse(response=_api_message(status, text))
        if target.place is None:
            name = site.links.resource(api).name
            raise AssemblyError(f"{name}: the route {target.route.key} leads to no function; give --origin {name}=URL")
        site, place = self._function_at(target.place)
        url = self._url(*function_names(site, place))
        if url is not None:
            answer = await self._over_http(url, replace(request, path=target.route.path))
            return replace(answer, version=version_of(site.links.resource(place)))
        return await self._call(self._function(site, place), api, request, target, domain)

    async def _call(
        self, function: LocalFunction, api: Place, request: HttpRequest, target: Target, domain: str
    ) -> OriginResponse:
        site = self._release.current
        kind = site.links.resource(api).type
        try:
            if kind == REST_API:
                binary = [str(each) for each in listing(site.properties(api).get("BinaryMediaTypes"))]
                answer = await function.run(event_version_1(request, target.route, domain, binary))
                response = response_version_1(answer, request, ["*/*"] if function.streams else binary)
            else:
                decoded = replace(request, path=decoded_path(request.path)) if kind == HTTP_API else request
                response = response_version_2(await function.run(event_version_2(decoded, target.route, domain)))
        except (FunctionFailedError, MalformedResponseError) as error:
            print(error, file=sys.stderr, flush=True)  # the function's log
            why = function.code.why_failed(str(error))
            if why:
                raise AssemblyError(f"{error}; {why}") from error
            rest = kind == REST_API
            response = _api_message(*((502, "Internal server error") if rest else (500, "Internal Server Error")))
        note = f"{function.code.name}: it streams its answers, which are passed on here when they are whole"
        if function.streams and note not in self.notes:
            self.notes.append(note)
        return OriginResponse(response=response, version=function.code.version)

    def _function_at(self, target: Place) -> tuple[ServedSite, Place]:
        site = self._release.site_of(target)
        function = site.function_of(target)
        if function is None:
            resource = site.resource(target)
            name = target.logical_id if resource is None else resource.name
            raise AssemblyError(f"{name} leads to no function of {site.folder}")
        return site, function

    def _function(self, site: ServedSite, place: Place) -> LocalFunction:
        key = (site.folder, place)
        if key not in self._functions:
            self._functions[key] = LocalFunction(read_function(site, place))
        return self._functions[key]

    async def _over_http(self, url: str, request: HttpRequest) -> OriginResponse:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=["User-Agent", "Accept-Encoding"],
            )
        target = URL(url.rstrip("/") + request.path + (f"?{request.query}" if request.query else ""), encoded=True)
        headers = CIMultiDict(without(request.fields, [*_NOT_FORWARDED, "host"]))
        try:
            async with self._client.request(
                request.method, target, headers=headers, data=request.body or None, allow_redirects=False
            ) as answer:
                fields = tuple((name.lower(), value) for name, value in answer.headers.items())
                fields = without(fields, _NOT_FORWARDED)
                response = HttpResponse(status=answer.status, fields=fields, body=await answer.read())
        except aiohttp.ClientError as error:
            response = text_response(502, f"{url} does not answer: {error}")
        return OriginResponse(response=response)


def _api_message(status: int, text: str) -> HttpResponse:
    fields = (("content-type", "application/json"),)
    return HttpResponse(status=status, fields=fields, body=f'{{"message":"{text}"}}'.encode())
