"""The edge functions of a site: found, started in a process of their own, and called for a request."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeAlias
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
from ...sandbox.edge_runner import EdgeCodeError, EdgeProcess, EdgeResult, InvalidEdgeResultError
from ...sandbox.local_function import FunctionFailedError, LocalFunction
from ...template.cloud_assembly import AssemblyError
from ...template.edge_functions import code_of
from ...template.links import Place
from ..origins.function_code import read_function
from ..site.distribution import Behavior
from ..site.site import ServedSite


class _UserEdgeProcess:
    """A Lambda@Edge function of the user's own, in any language that runs here."""

    def __init__(self, function: LocalFunction) -> None:
        self.name = function.code.name
        self._function = function

    async def run(self, event: Mapping[str, object], _: Sequence[int] | None) -> EdgeResult:
        try:
            result = await self._function.run(dict(event))
        except FunctionFailedError as error:
            raise EdgeCodeError(str(error)) from error
        if not isinstance(result, dict):
            raise InvalidEdgeResultError(f"{self.name} returned {result!r}")
        return EdgeResult(message=result, origin_id=None, bucket=None)

    async def close(self) -> None:
        await self._function.close()


_Process: TypeAlias = "EdgeProcess | _UserEdgeProcess"


@dataclass(frozen=True, kw_only=True)
class RunningFunction:
    """An edge function with its process.

    Attributes:
        at_lambda: Whether it is a Lambda@Edge function; otherwise it is a CloudFront function.
        process: The process that runs it.
    """

    at_lambda: bool
    process: _Process


class EdgeFunctions:
    """The edge functions of a site, started when first needed; functions with the same code share a process."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._running: dict[object, _Process] = {}

    def find(self, site: ServedSite, place: Place) -> RunningFunction:
        """Return the function that a behavior of a site's distribution names.

        Raises:
            AssemblyError: If its code is not in the assembly.
        """
        resource = site.resource(place)
        if resource is not None and resource.type == "AWS::CloudFront::Function":
            return RunningFunction(at_lambda=False, process=self._confined(site, place, at_lambda=False))
        function = site.function_of(place) if resource is not None else None
        if function is None:
            raise AssemblyError(f"{place.logical_id}: the edge function is not in this assembly")
        ours = "EdgeFunction" in site.links.resource(function).role
        process = self._confined(site, function, at_lambda=True) if ours else self._unconfined(site, function)
        return RunningFunction(at_lambda=True, process=process)

    async def close(self) -> None:
        """Stop all processes."""
        for process in self._running.values():
            await process.close()

    def _confined(self, site: ServedSite, place: Place, *, at_lambda: bool) -> _Process:
        code = code_of(site.links.resource(place), site.assets)
        if code not in self._running:
            self._running[code] = EdgeProcess(site.links.resource(place).name, code, at_lambda=at_lambda)
        return self._running[code]

    def _unconfined(self, site: ServedSite, place: Place) -> _Process:
        key = (site.folder, place)
        if key not in self._running:
            self._running[key] = _UserEdgeProcess(LocalFunction(read_function(site, place)))
        return self._running[key]


@dataclass(frozen=True, kw_only=True)
class ViewerRequestResult:
    """What the viewer-request function made of a request.

    Attributes:
        message: The request that continues, or the function's own response.
        origin_id: The origin that it selected; None: the behavior's.
        bucket: The visitor's bucket as the code computed it; None if it computes none.
    """

    message: HttpRequest | HttpResponse
    origin_id: str | None = None
    bucket: int | None = None


@dataclass(frozen=True, kw_only=True)
class EdgeCalls:
    """The calls of a behavior's edge functions for one request.

    Attributes:
        functions: The running functions.
        site: The site whose distribution is in place.
        behavior: The behavior.
        bounds: For each partition but the regular one, the first bucket that belongs to a later one; None: as
            configured in the code.
        request_id: The id of the request.
    """

    functions: EdgeFunctions
    site: ServedSite
    behavior: Behavior
    bounds: Sequence[int] | None
    request_id: str = field(default_factory=lambda: uuid4().hex)

    async def viewer_request(self, request: HttpRequest) -> ViewerRequestResult:
        """Call the viewer-request function, if there is one."""
        function = self._function("viewer-request")
        if function is None:
            return ViewerRequestResult(message=request)
        build = lambda_edge_event if function.at_lambda else cloudfront_event
        shown = _shown(request)
        result = await function.process.run(build("viewer-request", shown, request_id=self.request_id), self.bounds)
        with _reading(function):
            if function.at_lambda:
                message = _lambda_edge_message(result, shown)
            elif "statusCode" in result.message:
                message = cloudfront_response(result.message)
            else:
                message = cloudfront_request(result.message, shown)
            message = _checked_message(function, "viewer-request", request, message)
            return ViewerRequestResult(message=message, origin_id=result.origin_id, bucket=result.bucket)

    async def origin_request(
        self, forwarded: HttpRequest, origin: EdgeOrigin
    ) -> tuple[HttpRequest | HttpResponse, EdgeOrigin]:
        """Call the origin-request function, if there is one; it may respond instead of the origin."""
        function = self._function("origin-request")
        if function is None:
            return forwarded, origin
        plain = replace(forwarded, fields=without(forwarded.fields, [name for name, _ in origin.fields]))
        shown = _shown(plain)
        event = lambda_edge_event("origin-request", shown, origin=origin, request_id=self.request_id)
        result = await function.process.run(event, self.bounds)
        with _reading(function):
            message = _lambda_edge_message(result, shown)
            if isinstance(message, HttpRequest):
                origin = lambda_edge_origin(result.message, origin)
            return _checked_message(function, "origin-request", plain, message), origin

    async def origin_response(self, forwarded: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Call the origin-response function, if there is one."""
        return await self._response("origin-response", forwarded, response)

    async def viewer_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Call the viewer-response function, if there is one."""
        return await self._response("viewer-response", request, response)

    async def _response(self, event: str, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        function = self._function(event)
        if function is None:
            return response
        build = lambda_edge_event if function.at_lambda else cloudfront_event
        shown = replace(response, fields=_visible(response.fields))
        result = await function.process.run(
            build(event, _shown(request), shown, request_id=self.request_id), self.bounds
        )
        with _reading(function):
            read = lambda_edge_response if function.at_lambda else cloudfront_response
            message = read(result.message, response)
            return replace(message, fields=_checked(function, event, response.fields, message.fields))

    def _function(self, event: str) -> RunningFunction | None:
        place = self.behavior.functions.get(event)
        return None if place is None else self.functions.find(self.site, place)


def _lambda_edge_message(result: EdgeResult, shown: HttpRequest) -> HttpRequest | HttpResponse:
    if "status" in result.message:
        return lambda_edge_response(result.message)
    return lambda_edge_request(result.message, shown)


def _visible(fields: Fields) -> Fields:
    return tuple(field for field in fields if not is_disallowed(field[0]))


def _shown(request: HttpRequest) -> HttpRequest:
    return replace(request, fields=_visible(request.fields))


def _checked_message(
    function: RunningFunction, event: str, before: HttpRequest, message: HttpRequest | HttpResponse
) -> HttpRequest | HttpResponse:
    """Return a message with its checked headers; a generated response starts without any."""
    given = before.fields if isinstance(message, HttpRequest) else ()
    return replace(message, fields=_checked(function, event, given, message.fields))


def _checked(function: RunningFunction, event: str, before: Fields, after: Fields) -> Fields:
    """Return the headers that a function returned plus those hidden from it; raise if CloudFront refuses them."""
    broken = broken_restriction(event, _visible(before), after, at_lambda=function.at_lambda)
    if broken:
        raise InvalidEdgeResultError(f"the result of {function.process.name} failed validation: {broken}")
    return after + tuple(field for field in before if is_disallowed(field[0]))


@contextmanager
def _reading(function: RunningFunction) -> Iterator[None]:
    """Turn errors from a malformed result of edge code into `InvalidEdgeResultError`."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        name = function.process.name
        raise InvalidEdgeResultError(f"{name} returned what CloudFront cannot read: {error!r}") from error
