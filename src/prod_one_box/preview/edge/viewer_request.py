"""A request's way through the distribution: edge code, cache, origin and back."""

import asyncio
import sys
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Final, Protocol

from ...http_message import HttpRequest, HttpResponse, without
from ...sandbox.confined_node import EngineMissingError
from ...sandbox.edge_events import EdgeOrigin
from ...sandbox.edge_process import EdgeCodeError, InvalidEdgeResultError
from ...template.cache_policies import CacheKey
from ...template.cloud_assembly import AssemblyError
from ...vocabulary import PARTITION_HEADER
from ..journal import Entry, Journal
from ..origins.local_origins import message
from ..origins.origin import Origin
from ..release import Release
from ..served_site import Site
from .cache import ERROR, Cache, Lifetime, OriginAnswer, lifetime
from .distribution import Behavior, Distribution
from .edge_calls import EdgeCalls
from .edge_programs import EdgeFunctions
from .origin_request import forwards_cookies, origin_request, refused_by_url, with_custom_headers
from .shares import Share

_OK: Final = 200
_SERVER_ERROR: Final = 500


class AsksOrigins(Protocol):
    """Whatever answers for origins."""

    async def ask(self, origin: Origin, request: HttpRequest) -> OriginAnswer:
        """Sends a request to an origin."""


class Edge:
    """Answers viewers as the distribution that stands does."""

    def __init__(
        self,
        release: Release,
        origins: AsksOrigins,
        share: Share,
        *,
        functions: EdgeFunctions,
        journal: Journal | None = None,
        cache: Cache | None = None,
    ) -> None:
        """Serves nothing yet.

        Args:
            release: Which distribution stands.
            origins: What answers for its origins.
            share: The share of visitors in the one-box.
            functions: The edge functions.
            journal: Where requests are noted; default: a new one.
            cache: Where copies are kept; default: an empty one.
        """
        self.release = release
        self.origins = origins
        self.share = share
        self.functions = functions
        self.journal = journal or Journal()
        self.cache = cache or Cache()
        self.refreshing: dict[CacheKey, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """Ends what is under way in the background."""
        tasks = list(self.refreshing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Answers a viewer. What the preview knows of the answer stands in `x-cache` and `x-preview-…` headers."""
        entry = self.journal.begin(request.method, request.path + (f"?{request.query}" if request.query else ""))
        try:
            response = await _Trip(self, request, entry).go()
        except InvalidEdgeResultError as error:
            entry.cache = "Error"
            response = message(502, f"CloudFront refuses the edge's answer: {error}.")
        except EdgeCodeError as error:
            entry.cache = "Error"
            response = message(503, f"The edge's code failed: {error}")
        except (AssemblyError, EngineMissingError) as error:
            entry.cache = "Error"
            response = message(502, str(error))
        self.journal.end(entry, response.status)
        return replace(response, fields=response.fields + _known(entry))


def _known(entry: Entry) -> tuple[tuple[str, str], ...]:
    known = [("x-cache", f"{entry.cache} from preview")]
    if entry.version:
        known.append(("x-preview-version", entry.version))
    if entry.bucket is not None:
        known.append(("x-preview-bucket", str(entry.bucket)))
    return tuple(known)


@dataclass
class _Trip:
    """One request on its way."""

    edge: Edge
    request: HttpRequest
    entry: Entry

    def __post_init__(self) -> None:
        self.site: Site = self.edge.release.edge
        self.distribution: Distribution = self.site.distribution
        self.behavior: Behavior = self.distribution.behavior(self.request.path)
        self.calls = EdgeCalls(
            functions=self.edge.functions, site=self.site, behavior=self.behavior, buckets=self.edge.share.buckets()
        )
        self.origin: Origin = self.distribution.origins[self.behavior.origin_id]

    async def go(self) -> HttpResponse:
        if self.request.method not in self.behavior.methods:
            self.entry.cache = "Error"
            return message(403, f"{self.request.method} is not among the behavior's allowed methods.")
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
        """The request as viewer-request leaves it, or the function's own answer."""
        sent = await self.calls.viewer_request(self.request)
        self.entry.bucket = sent.bucket
        if isinstance(sent.request, HttpResponse):
            return sent.request
        if sent.origin_id is not None:
            self.origin = self._selected(sent.origin_id)
        root = self.distribution.root
        return replace(sent.request, path=f"/{root}") if sent.request.path == "/" and root else sent.request

    def _selected(self, origin_id: str) -> Origin:
        if origin_id not in self.distribution.origins:
            raise EdgeCodeError(f"it selected the origin {origin_id}, which the distribution does not have")
        return self.distribution.origins[origin_id]

    async def _through_cache(self, sent: HttpRequest) -> OriginAnswer:
        if sent.method not in self.behavior.kept_methods:
            return await self._from_origin(sent)
        key = (self.distribution.logical_id, *self.behavior.cache.key(sent))
        kept = self.edge.cache.fresh(key)
        if kept is not None:
            self.entry.cache = "Hit"
            return _unchanged(kept, sent)
        stale = self.edge.cache.revalidated(key)
        if stale is not None and not stale.failed:
            self.entry.cache = "Hit"
            self._refresh_later(key, sent)
            return _unchanged(stale, sent)
        return await self._fetched(key, sent)

    def _refresh_later(self, key: CacheKey, sent: HttpRequest) -> None:
        """Asks the origin in the background, if that is not under way."""
        if key not in self.edge.refreshing:
            trip = copy(self)
            trip.entry = replace(self.entry)
            self.edge.refreshing[key] = asyncio.create_task(trip._refresh(key, sent))

    async def _refresh(self, key: CacheKey, sent: HttpRequest) -> None:
        try:
            await self._fetched(key, sent)
        except (EdgeCodeError, AssemblyError, EngineMissingError) as error:
            print(f"A copy could not be refreshed: {error}", file=sys.stderr, flush=True)
        finally:
            del self.edge.refreshing[key]

    async def _fetched(self, key: CacheKey, sent: HttpRequest) -> OriginAnswer:
        answer = await self._from_origin(sent)
        kept = self._lifetime(answer)
        old = self.edge.cache.on_error(key)
        if old is not None and not old.failed and answer.status >= _SERVER_ERROR:
            # CloudFront goes on with what it has while the origin fails ('How CloudFront processes HTTP 4xx and 5xx').
            self.entry.cache = "Hit"
            self.edge.cache.postpone(key, kept.fresh)
            return old
        self.edge.cache.keep(key, answer, kept)
        return answer

    def _lifetime(self, answer: OriginAnswer) -> Lifetime:
        minimum = self.distribution.error(answer.status).seconds
        return lifetime(
            self.behavior.cache,
            replace(answer.response, status=answer.status),
            error_seconds=minimum,
            now=datetime.now(timezone.utc),
        )

    async def _from_origin(self, sent: HttpRequest) -> OriginAnswer:
        forwarded = origin_request(self.behavior, self.origin, sent)
        place = EdgeOrigin(domain=self.origin.domain, path=self.origin.path, fields=self.origin.fields)
        asked, chosen = await self.calls.origin_request(forwarded, place)
        if isinstance(asked, HttpResponse):
            return OriginAnswer(response=asked, status=asked.status)
        origin = self.origin if chosen == place else self._at(chosen)
        answer = refused_by_url(self.site, origin, self.request) or await self.edge.origins.ask(
            origin, with_custom_headers(asked, origin.fields)
        )
        response = await self.calls.origin_response(asked, answer.response)
        if not forwards_cookies(self.behavior):
            response = replace(response, fields=without(response.fields, ["set-cookie"]))
        answer = replace(answer, response=response, status=response.status)
        return await self._error_page(answer) if answer.failed else answer

    async def _error_page(self, answer: OriginAnswer) -> OriginAnswer:
        """The distribution's own page for an error, from the behavior that takes the page's path."""
        rule = self.distribution.error(answer.status)
        if rule.page is None:
            return answer
        behavior = self.distribution.behavior(rule.page)
        origin = self.distribution.origins[behavior.origin_id]
        asked = HttpRequest(address=self.request.address, path=rule.page, fields=self.request.fields)
        forwarded = with_custom_headers(origin_request(behavior, origin, asked), origin.fields)
        page = await self.edge.origins.ask(origin, forwarded)
        if page.response.status >= ERROR:
            return answer
        return replace(answer, response=replace(page.response, status=rule.status or answer.status))

    def _at(self, place: EdgeOrigin) -> Origin:
        """The origin that edge code means: one of the distribution's, or one that it learned of from custom headers."""
        known = [each for each in self.distribution.origins.values() if each.domain == place.domain]
        origin = known[0] if known else self._learned(place.domain)
        self.entry.origin = origin.name
        return replace(origin, path=place.path, fields=place.fields)

    def _learned(self, domain: str) -> Origin:
        learned = self.origin.travelling.get(domain, Origin(id=domain, domain=domain, path="", fields=()))
        return replace(learned, partition=self.entry.partition)


def _unchanged(kept: OriginAnswer, sent: HttpRequest) -> OriginAnswer:
    """A copy that the viewer has already is not sent again."""
    tags = [tag.strip() for tag in ",".join(sent.values("if-none-match")).split(",")]
    if kept.response.status == _OK and any(tag in tags for tag in kept.response.values("etag")):
        return replace(kept, response=replace(kept.response, status=304, body=b""))
    return kept
