"""What a behavior's edge functions make of a request and of its answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

from ..assembly.cloudfront_event import cloudfront_event, cloudfront_request, cloudfront_response
from ..assembly.http_message import HttpRequest, HttpResponse, without
from ..assembly.lambda_edge_event import (
    EdgeOrigin,
    lambda_edge_event,
    lambda_edge_origin,
    lambda_edge_request,
    lambda_edge_response,
)
from .distribution import Behavior
from .edge_code import EdgeFunctions, RunningFunction
from .edge_process import EdgeCodeError
from .site import Site


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
        result = await found.process.run(build("viewer-request", request, request_id=self.request_id), self.buckets)
        with _reading(found):
            made: HttpRequest | HttpResponse
            if found.at_lambda and "status" in result.message:
                made = lambda_edge_response(result.message)
            elif not found.at_lambda and "statusCode" in result.message:
                made = cloudfront_response(result.message)
            else:
                read = lambda_edge_request if found.at_lambda else cloudfront_request
                made = read(result.message, request)
            return Sent(request=made, origin_id=result.origin_id, bucket=result.bucket)

    async def origin_request(
        self, forwarded: HttpRequest, place: EdgeOrigin
    ) -> tuple[HttpRequest | HttpResponse, EdgeOrigin]:
        """Calls the origin-request function, if there is one; it may answer instead of the origin."""
        found = self._function("origin-request")
        if found is None:
            return forwarded, place
        plain = replace(forwarded, fields=without(forwarded.fields, [name for name, _ in place.fields]))
        result = await found.process.run(
            lambda_edge_event("origin-request", plain, origin=place, request_id=self.request_id), self.buckets
        )
        with _reading(found):
            if "status" in result.message:
                return lambda_edge_response(result.message), place
            return lambda_edge_request(result.message, plain), lambda_edge_origin(result.message, place)

    async def origin_response(self, forwarded: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Calls the origin-response function, if there is one."""
        found = self._function("origin-response")
        if found is None:
            return response
        result = await found.process.run(
            lambda_edge_event("origin-response", forwarded, response, request_id=self.request_id), self.buckets
        )
        with _reading(found):
            return lambda_edge_response(result.message, response)

    async def viewer_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Calls the viewer-response function, if there is one."""
        found = self._function("viewer-response")
        if found is None:
            return response
        build = lambda_edge_event if found.at_lambda else cloudfront_event
        result = await found.process.run(
            build("viewer-response", request, response, request_id=self.request_id), self.buckets
        )
        with _reading(found):
            read = lambda_edge_response if found.at_lambda else cloudfront_response
            return read(result.message, response)

    def _function(self, event: str) -> RunningFunction | None:
        place = self.behavior.functions.get(event)
        return None if place is None else self.functions.find(self.site, place)


@contextmanager
def _reading(found: RunningFunction) -> Iterator[None]:
    """What edge code returns can be anything."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EdgeCodeError(f"{found.process.name} returned what CloudFront cannot read: {error!r}") from error
