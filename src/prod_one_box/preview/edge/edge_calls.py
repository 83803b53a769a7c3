"""What a behavior's edge functions make of a request and of its answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

from ...http_message import Fields, HttpRequest, HttpResponse, without
from ...sandbox.edge_events import (
    EdgeOrigin,
    cloudfront_event,
    cloudfront_request,
    cloudfront_response,
    lambda_edge_event,
    lambda_edge_origin,
    lambda_edge_request,
    lambda_edge_response,
)
from ...sandbox.edge_headers import broken_restriction, is_disallowed
from ...sandbox.edge_process import InvalidEdgeResultError
from ..served_site import Site
from .distribution import Behavior
from .edge_programs import EdgeFunctions, RunningFunction


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What viewer-request made of a request.

    Attributes:
        request: The request that goes on, or the function's own answer.
        origin_id: The origin that it selected; None: the behavior's.
        bucket: The visitor's bucket, by the code's own arithmetic; None: it computes none.
    """

    request: HttpRequest | HttpResponse
    origin_id: str | None = None
    bucket: int | None = None


@dataclass(frozen=True, kw_only=True)
class EdgeCalls:
    """The edge functions of a behavior, for one request.

    Attributes:
        functions: What runs them.
        site: The site whose distribution stands.
        behavior: The behavior.
        buckets: How many buckets are the one-box's; None: as many as the code says.
        request_id: What tells the request from others.
    """

    functions: EdgeFunctions
    site: Site
    behavior: Behavior
    buckets: int | None
    request_id: str = field(default_factory=lambda: uuid4().hex)

    async def viewer_request(self, request: HttpRequest) -> Sent:
        """Calls the viewer-request function, if there is one."""
        found = self._function("viewer-request")
        if found is None:
            return Sent(request=request)
        build = lambda_edge_event if found.at_lambda else cloudfront_event
        shown = replace(request, fields=_exposed(request.fields))
        result = await found.process.run(build("viewer-request", shown, request_id=self.request_id), self.buckets)
        with _reading(found):
            made: HttpRequest | HttpResponse
            if found.at_lambda and "status" in result.message:
                made = lambda_edge_response(result.message)
            elif not found.at_lambda and "statusCode" in result.message:
                made = cloudfront_response(result.message)
            else:
                read = lambda_edge_request if found.at_lambda else cloudfront_request
                made = read(result.message, shown)
            made = _checked_request(found, "viewer-request", request, made)
            return Sent(request=made, origin_id=result.origin_id, bucket=result.bucket)

    async def origin_request(
        self, forwarded: HttpRequest, place: EdgeOrigin
    ) -> tuple[HttpRequest | HttpResponse, EdgeOrigin]:
        """Calls the origin-request function, if there is one; it may answer instead of the origin."""
        found = self._function("origin-request")
        if found is None:
            return forwarded, place
        plain = replace(forwarded, fields=without(forwarded.fields, [name for name, _ in place.fields]))
        shown = replace(plain, fields=_exposed(plain.fields))
        result = await found.process.run(
            lambda_edge_event("origin-request", shown, origin=place, request_id=self.request_id), self.buckets
        )
        with _reading(found):
            if "status" in result.message:
                made: HttpRequest | HttpResponse = lambda_edge_response(result.message)
            else:
                made = lambda_edge_request(result.message, shown)
                place = lambda_edge_origin(result.message, place)
            return _checked_request(found, "origin-request", plain, made), place

    async def origin_response(self, forwarded: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Calls the origin-response function, if there is one."""
        found = self._function("origin-response")
        if found is None:
            return response
        event = lambda_edge_event("origin-response", *_shown(forwarded, response), request_id=self.request_id)
        result = await found.process.run(event, self.buckets)
        with _reading(found):
            made = lambda_edge_response(result.message, response)
            return replace(made, fields=_checked(found, "origin-response", response.fields, made.fields))

    async def viewer_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Calls the viewer-response function, if there is one."""
        found = self._function("viewer-response")
        if found is None:
            return response
        build = lambda_edge_event if found.at_lambda else cloudfront_event
        event = build("viewer-response", *_shown(request, response), request_id=self.request_id)
        result = await found.process.run(event, self.buckets)
        with _reading(found):
            read = lambda_edge_response if found.at_lambda else cloudfront_response
            made = read(result.message, response)
            return replace(made, fields=_checked(found, "viewer-response", response.fields, made.fields))

    def _function(self, event: str) -> RunningFunction | None:
        place = self.behavior.functions.get(event)
        return None if place is None else self.functions.find(self.site, place)


def _exposed(fields: Fields) -> Fields:
    return tuple(field for field in fields if not is_disallowed(field[0]))


def _shown(request: HttpRequest, response: HttpResponse) -> tuple[HttpRequest, HttpResponse]:
    return replace(request, fields=_exposed(request.fields)), replace(response, fields=_exposed(response.fields))


def _checked_request(
    found: RunningFunction, event: str, before: HttpRequest, made: HttpRequest | HttpResponse
) -> HttpRequest | HttpResponse:
    """What a request function made, unless CloudFront refuses it; an answer of its own has no header yet."""
    given = before.fields if isinstance(made, HttpRequest) else ()
    return replace(made, fields=_checked(found, event, given, made.fields))


def _checked(found: RunningFunction, event: str, before: Fields, after: Fields) -> Fields:
    """The fields that a function returned, with those that are hidden from it, unless CloudFront refuses them."""
    broken = broken_restriction(event, _exposed(before), after, at_lambda=found.at_lambda)
    if broken:
        raise InvalidEdgeResultError(f"the result of {found.process.name} failed validation: {broken}")
    return after + tuple(field for field in before if is_disallowed(field[0]))


@contextmanager
def _reading(found: RunningFunction) -> Iterator[None]:
    """What edge code returns can be anything."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidEdgeResultError(f"{found.process.name} returned what CloudFront cannot read: {error!r}") from error
