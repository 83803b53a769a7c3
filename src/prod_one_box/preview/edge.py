"""A request's way through the distribution: edge code, cache, origin and back."""

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Final, Protocol

from ..assembly.cloud_assembly import AssemblyError
from ..assembly.cloudfront_event import cloudfront_event, cloudfront_request, cloudfront_response
from ..assembly.confined_node import EngineMissingError
from ..assembly.http_message import HttpRequest, HttpResponse, without
from ..assembly.lambda_edge_event import (
    EdgeOrigin,
    lambda_edge_event,
    lambda_edge_origin,
    lambda_edge_request,
    lambda_edge_response,
)
from ..vocabulary import PARTITION_HEADER
from .cache import Cache, OriginAnswer
from .distribution import Behavior, Distribution, Origin
from .edge_code import EdgeFunctions, RunningFunction
from .edge_process import EdgeCodeError
from .freshness import ERROR, seconds_to_keep
from .journal import Entry, Journal
from .origin_request import forwards_cookies, origin_request, with_custom_headers
from .origins import message
from .release import Release
from .site import Site
from .stickiness import Share

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

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Answers a viewer. What the preview knows of the answer stands in `x-cache` and `x-preview-…` headers."""
        entry = self.journal.begin(request.method, request.path + (f"?{request.query}" if request.query else ""))
        try:
            response = await _Trip(self, request, entry).go()
        except (EdgeCodeError, KeyError, TypeError, ValueError) as error:
            entry.cache = "Error"
            response = message(503, f"The edge's code failed: {error!r}")
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
        self.buckets = self.edge.share.buckets()
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
        return answer.response if answer.failed else await self._viewer_response(answer.response)

    async def _viewer_request(self) -> HttpRequest | HttpResponse:
        """The request as viewer-request leaves it, or the function's own answer."""
        found = self._function("viewer-request")
        sent = self.request
        if found is not None:
            build = lambda_edge_event if found.at_lambda else cloudfront_event
            result = await found.process.run(build("viewer-request", self.request), self.buckets)
            self.entry.bucket = result.bucket
            if found.at_lambda and "status" in result.message:
                return lambda_edge_response(result.message)
            if not found.at_lambda and "statusCode" in result.message:
                return cloudfront_response(result.message)
            read = lambda_edge_request if found.at_lambda else cloudfront_request
            sent = read(result.message, self.request)
            self.origin = self.distribution.origins[result.origin_id or self.origin.id]
        return replace(sent, path=f"/{self.distribution.root}") if sent.path == "/" and self.distribution.root else sent

    async def _through_cache(self, sent: HttpRequest) -> OriginAnswer:
        if sent.method not in self.behavior.kept_methods:
            return await self._from_origin(sent)
        key = (self.distribution.logical_id, *self.behavior.cache.key(sent))
        copy = self.edge.cache.fresh(key)
        if copy is not None:
            self.entry.cache = "Hit"
            return _unchanged(copy, sent)
        answer = await self._from_origin(sent)
        seconds = self._seconds(answer)
        old = self.edge.cache.stale(key)
        if old is not None and not old.failed and answer.failed and answer.response.status >= _SERVER_ERROR:
            # CloudFront goes on with what it has while the origin fails ('How CloudFront processes HTTP 4xx and 5xx').
            self.entry.cache, answer = "Hit", old
        self.edge.cache.keep(key, answer, seconds)
        return answer

    def _seconds(self, answer: OriginAnswer) -> float:
        minimum = self.distribution.error(answer.status).seconds
        return seconds_to_keep(
            self.behavior.cache,
            replace(answer.response, status=answer.status),
            error_seconds=minimum,
            now=datetime.now(timezone.utc),
        )

    async def _from_origin(self, sent: HttpRequest) -> OriginAnswer:
        forwarded = origin_request(self.behavior, self.origin, sent)
        forwarded, origin = await self._origin_request(forwarded)
        answer = await self.edge.origins.ask(origin, with_custom_headers(forwarded, origin.fields))
        response = await self._origin_response(forwarded, answer.response)
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

    async def _origin_request(self, forwarded: HttpRequest) -> tuple[HttpRequest, Origin]:
        found = self._function("origin-request")
        if found is None:
            return forwarded, self.origin
        place = EdgeOrigin(domain=self.origin.domain, path=self.origin.path, fields=self.origin.fields)
        plain = replace(forwarded, fields=without(forwarded.fields, [name for name, _ in place.fields]))
        result = await found.process.run(lambda_edge_event("origin-request", plain, origin=place), self.buckets)
        chosen = lambda_edge_origin(result.message, place)
        return lambda_edge_request(result.message, plain), self._at(chosen)

    def _at(self, place: EdgeOrigin) -> Origin:
        """The origin that edge code means: one of the distribution's, or one that it learned of from custom headers."""
        known = [each for each in self.distribution.origins.values() if each.domain == place.domain]
        origin = known[0] if known else self._learned(place.domain)
        self.entry.origin = origin.name
        return replace(origin, path=place.path, fields=place.fields)

    def _learned(self, domain: str) -> Origin:
        resources = self.origin.travelling.get(domain, ())
        partition = self.entry.partition
        return Origin(id=domain, domain=domain, path="", fields=(), resources=resources, partition=partition)

    async def _origin_response(self, forwarded: HttpRequest, response: HttpResponse) -> HttpResponse:
        found = self._function("origin-response")
        if found is None:
            return response
        result = await found.process.run(lambda_edge_event("origin-response", forwarded, response), self.buckets)
        return lambda_edge_response(result.message, response)

    async def _viewer_response(self, response: HttpResponse) -> HttpResponse:
        found = self._function("viewer-response")
        if found is None:
            return response
        build = lambda_edge_event if found.at_lambda else cloudfront_event
        result = await found.process.run(build("viewer-response", self.request, response), self.buckets)
        read = lambda_edge_response if found.at_lambda else cloudfront_response
        return read(result.message, response)

    def _function(self, event: str) -> RunningFunction | None:
        name = self.behavior.functions.get(event)
        return None if name is None else self.edge.functions.find(self.site, name, event)


def _unchanged(copy: OriginAnswer, sent: HttpRequest) -> OriginAnswer:
    """A copy that the viewer has already is not sent again."""
    tags = [tag.strip() for tag in ",".join(sent.values("if-none-match")).split(",")]
    if copy.response.status == _OK and any(tag in tags for tag in copy.response.values("etag")):
        return replace(copy, response=replace(copy.response, status=304, body=b""))
    return copy
