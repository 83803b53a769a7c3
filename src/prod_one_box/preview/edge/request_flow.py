"""A request's way through the distribution: edge functions, cache, origin, error page, and back to the viewer."""

import asyncio
import sys
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Final

from ...http_message import HttpRequest, HttpResponse, text_response, without
from ...sandbox.edge_events import EdgeOrigin
from ...sandbox.edge_runner import EdgeCodeError, InvalidEdgeResultError
from ...template.cache_policies import CacheKey
from ...template.cloud_assembly import AssemblyError
from ...vocabulary import PARTITION_HEADER
from ..origins.local_origins import Origins
from ..release import Release, Share
from ..request_log import LogEntry, RequestLog
from ..site.origin import Origin, OriginResponse
from .cache import Cache, lifetime
from .edge_calls import EdgeCalls, EdgeFunctions
from .origin_request import forwards_cookies, origin_request, refused_by_url, with_custom_headers

_OK: Final = 200
_ERROR: Final = 400
_SERVER_ERROR: Final = 500


class Edge:
    """Answers viewers as the distribution in place does."""

    def __init__(
        self,
        release: Release,
        origins: Origins,
        share: Share,
        *,
        functions: EdgeFunctions,
        log: RequestLog | None = None,
        cache: Cache | None = None,
    ) -> None:
        """Create an edge for a release; the request log and the cache default to new ones."""
        self.release = release
        self.origins = origins
        self.share = share
        self.functions = functions
        self.cache = cache or Cache()
        self.refreshing: dict[CacheKey, asyncio.Task[None]] = {}
        self._log = log or RequestLog()

    async def close(self) -> None:
        """Cancel the refreshes in the background."""
        tasks = list(self.refreshing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the response to a viewer; the headers `x-cache` and `x-preview-…` tell how it came about."""
        entry = self._log.arrived(request.method, request.path + (f"?{request.query}" if request.query else ""))
        try:
            response = await _Exchange(self, request, entry).response()
        except (EdgeCodeError, AssemblyError) as error:
            entry.cache = "Error"
            response = _failure(error)
        self._log.answered(entry, response.status)
        known = [("x-cache", f"{entry.cache} from preview")]
        if entry.version:
            known.append(("x-preview-version", entry.version))
        if entry.bucket is not None:
            known.append(("x-preview-bucket", str(entry.bucket)))
        return replace(response, fields=(*response.fields, *known))


def _failure(error: Exception) -> HttpResponse:
    if isinstance(error, InvalidEdgeResultError):
        return text_response(502, f"CloudFront refuses the edge's answer: {error}.")
    if isinstance(error, EdgeCodeError):
        return text_response(503, f"The edge's code failed: {error}")
    return text_response(502, str(error))


@dataclass
class _Exchange:
    """One request and its response."""

    edge: Edge
    request: HttpRequest
    entry: LogEntry

    def __post_init__(self) -> None:
        self.site = self.edge.release.current
        self.distribution = self.site.distribution
        self.behavior = self.distribution.behavior_for(self.request.path)
        self.calls = EdgeCalls(
            functions=self.edge.functions, site=self.site, behavior=self.behavior, bounds=self.edge.share.bounds()
        )
        self.origin = self.distribution.origins[self.behavior.origin_id]

    async def response(self) -> HttpResponse:
        if self.request.method not in self.behavior.methods:
            self.entry.cache = "Error"
            return text_response(403, f"{self.request.method} is not among the behavior's allowed methods.")
        sent = await self._viewer_request()
        if isinstance(sent, HttpResponse):
            self.entry.cache = "FunctionGeneratedResponse"
            return sent
        self.entry.origin = self.origin.name
        self.entry.partition = next(iter(sent.values(PARTITION_HEADER.lower())), "")
        answer = await self._through_cache(sent)
        self.entry.version = answer.version
        # CloudFront calls no viewer-response function when the origin answers 400 or more.
        return answer.response if answer.failed else await self.calls.viewer_response(self.request, answer.response)

    async def _viewer_request(self) -> HttpRequest | HttpResponse:
        """Return the request as the viewer-request function leaves it, or the function's own response."""
        result = await self.calls.viewer_request(self.request)
        self.entry.bucket = result.bucket
        if isinstance(result.message, HttpResponse):
            return result.message
        if result.origin_id is not None:
            if result.origin_id not in self.distribution.origins:
                raise EdgeCodeError(f"it selected the origin {result.origin_id}, which the distribution does not have")
            self.origin = self.distribution.origins[result.origin_id]
        root = self.distribution.root
        return replace(result.message, path=f"/{root}") if result.message.path == "/" and root else result.message

    async def _through_cache(self, sent: HttpRequest) -> OriginResponse:
        if sent.method not in self.behavior.cached_methods:
            return await self._from_origin(sent)
        key = (self.distribution.logical_id, *self.behavior.cache.key(sent))
        kept = self.edge.cache.fresh(key)
        if kept is None:
            kept = self.edge.cache.stale_while_revalidate(key)
            if kept is None:
                return await self._fetched(key, sent)
            self._refresh_later(key, sent)
        self.entry.cache = "Hit"
        return _unless_unchanged(kept, sent)

    def _refresh_later(self, key: CacheKey, sent: HttpRequest) -> None:
        """Ask the origin in the background, unless that is already under way."""
        if key not in self.edge.refreshing:
            exchange = copy(self)
            exchange.entry = replace(self.entry)
            self.edge.refreshing[key] = asyncio.create_task(exchange._refresh(key, sent))

    async def _refresh(self, key: CacheKey, sent: HttpRequest) -> None:
        try:
            await self._fetched(key, sent)
        except (EdgeCodeError, AssemblyError) as error:
            print(f"A copy could not be refreshed: {error}", file=sys.stderr, flush=True)
        finally:
            del self.edge.refreshing[key]

    async def _fetched(self, key: CacheKey, sent: HttpRequest) -> OriginResponse:
        answer = await self._from_origin(sent)
        kept = lifetime(
            self.behavior.cache,
            replace(answer.response, status=answer.status),
            error_seconds=self.distribution.error_response(answer.status).seconds,
            now=datetime.now(timezone.utc),
        )
        old = self.edge.cache.stale_if_error(key)
        if old is not None and not old.failed and answer.status >= _SERVER_ERROR:
            # CloudFront serves its copy while the origin fails ('How CloudFront processes HTTP 4xx and 5xx').
            self.entry.cache = "Hit"
            self.edge.cache.postpone(key, kept.fresh)
            return old
        self.edge.cache.store(key, answer, kept)
        return answer

    async def _from_origin(self, sent: HttpRequest) -> OriginResponse:
        default = EdgeOrigin(domain=self.origin.domain, path=self.origin.path, fields=self.origin.fields)
        message, chosen = await self.calls.origin_request(origin_request(self.behavior, self.origin, sent), default)
        if isinstance(message, HttpResponse):
            return OriginResponse(response=message, status=message.status)
        origin = self.origin if chosen == default else self._origin_at(chosen)
        answer = refused_by_url(self.site, origin, self.request) or await self.edge.origins.ask(
            origin, with_custom_headers(message, origin.fields)
        )
        response = await self.calls.origin_response(message, answer.response)
        if not forwards_cookies(self.behavior):
            response = replace(response, fields=without(response.fields, ["set-cookie"]))
        answer = replace(answer, response=response, status=response.status)
        return await self._error_page(answer) if answer.failed else answer

    async def _error_page(self, answer: OriginResponse) -> OriginResponse:
        """Return the distribution's own page for an error, from the behavior that matches the page's path."""
        rule = self.distribution.error_response(answer.status)
        if rule.page is None:
            return answer
        behavior = self.distribution.behavior_for(rule.page)
        origin = self.distribution.origins[behavior.origin_id]
        request = HttpRequest(address=self.request.address, path=rule.page, fields=self.request.fields)
        forwarded = with_custom_headers(origin_request(behavior, origin, request), origin.fields)
        page = await self.edge.origins.ask(origin, forwarded)
        if page.response.status >= _ERROR:
            return answer
        return replace(answer, response=replace(page.response, status=rule.status or answer.status))

    def _origin_at(self, chosen: EdgeOrigin) -> Origin:
        """Return the origin that edge code chose: one of the distribution's, or one named in its custom headers."""
        domain = chosen.domain
        unknown = Origin(id=domain, domain=domain, path="", fields=())
        in_header = replace(self.origin.header_origins.get(domain, unknown), partition=self.entry.partition)
        origin = next((each for each in self.distribution.origins.values() if each.domain == domain), in_header)
        self.entry.origin = origin.name
        return replace(origin, path=chosen.path, fields=chosen.fields)


def _unless_unchanged(kept: OriginResponse, sent: HttpRequest) -> OriginResponse:
    """Return a copy, or a 304 without its body if the viewer has it already."""
    tags = [tag.strip() for tag in ",".join(sent.values("if-none-match")).split(",")]
    if kept.response.status == _OK and any(tag in tags for tag in kept.response.values("etag")):
        return replace(kept, response=replace(kept.response, status=304, body=b""))
    return kept
