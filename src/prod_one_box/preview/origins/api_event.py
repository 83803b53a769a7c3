"""Lambda's event and response formats 2.0 and 1.0, as API Gateway and function URLs use them.

API Gateway developer guide, 'Working with AWS Lambda proxy integrations for HTTP APIs' and 'Lambda proxy
integrations in API Gateway'.
"""

import base64
import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias, cast
from urllib.parse import parse_qsl, unquote

from ...http_message import HttpRequest, HttpResponse, cookie_pairs
from ...template.stand_in import ACCOUNT

Event: TypeAlias = "dict[str, object]"

_TEXT: Final = frozenset({"application/json", "application/javascript", "application/xml"})
"""The types that are not encoded, besides `text/*`.

AWS does not document which content is binary. These are the types that an application load balancer does not encode
(Elastic Load Balancing guide, 'Lambda functions as targets'); measurements by others agree for HTTP APIs.
"""

_STATUSES: Final = range(200, 600)
"""A status below 200 does not complete a request; what API Gateway does with it is not documented."""


class MalformedResponseError(Exception):
    """A function's response that API Gateway cannot read."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """The route that matched a request.

    Attributes:
        key: `$default` or `ANY /{proxy+}` in an HTTP API, the resource's path in a REST API.
        parameters: The values of the path parameters.
        stage: The stage's name.
        path: The request's path without the stage.
    """

    key: str
    parameters: dict[str, str]
    stage: str
    path: str


def decoded_path(path: str) -> str:
    """Return a path as an HTTP API passes it on: decoded, and cut off at an encoded question mark.

    AWS does not document it. Measured by others: github.com/middleapi/standard-server, pull request 93, and
    github.com/honojs/hono, issue 2156. Function URLs and REST APIs leave paths encoded.
    """
    return unquote(path, errors="replace").partition("?")[0]


def event_version_2(request: HttpRequest, route: Route, domain: str) -> Event:
    """Build the event of a function URL, or of an HTTP API, whose request has a decoded path."""
    body, encoded = _encoded_body(request)
    query = _grouped(parse_qsl(request.query, keep_blank_values=True))
    event: Event = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": {name: ",".join(request.values(name)) for name, _ in request.fields if name != "cookie"},
        "requestContext": {
            **_context(request, domain, route),
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.address,
                "userAgent": next(iter(request.values("user-agent")), ""),
            },
            "routeKey": route.key,
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": encoded,
    }
    optional: Event = {
        "cookies": [f"{name}={value}" for name, value in cookie_pairs(request.values("cookie"))],
        "queryStringParameters": {name: ",".join(values) for name, values in query.items()},
        "pathParameters": route.parameters,
        "body": body,
    }
    return {**event, **{name: value for name, value in optional.items() if value}}


def event_version_1(request: HttpRequest, route: Route, domain: str, binary: Sequence[str]) -> Event:
    """Build the event of a REST API with some binary media types.

    A body is binary if its `Content-Type` is (API Gateway developer guide, 'Binary media types for REST APIs').
    """
    headers = _grouped(request.fields)
    query = _grouped(parse_qsl(request.query, keep_blank_values=True))
    encoded = bool(request.body) and _matches(_media_type(request, "content-type"), binary)
    body = base64.b64encode(request.body).decode() if encoded else request.body.decode("utf-8", "replace")
    return {
        "resource": route.key,
        "path": route.path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": route.parameters or None,
        "stageVariables": None,
        "requestContext": {
            **_context(request, domain, route),
            "httpMethod": request.method,
            "path": request.path,
            "resourcePath": route.key,
            "protocol": "HTTP/1.1",
            "identity": {
                "sourceIp": request.address,
                "userAgent": next(iter(request.values("user-agent")), None),
            },
        },
        "body": body or None,
        "isBase64Encoded": encoded,
    }


def response_version_2(result: object) -> HttpResponse:
    """Read a response in format 2.0; a result without a status code is the body itself.

    Raises:
        MalformedResponseError: If it cannot be read.
    """
    if not isinstance(result, dict) or "statusCode" not in result:
        body = result if isinstance(result, str) else json.dumps(result)
        return HttpResponse(status=200, fields=(("content-type", "application/json"),), body=body.encode())
    response = _response(result, decode=True)
    cookies = tuple(("set-cookie", str(cookie)) for cookie in result.get("cookies") or ())
    return HttpResponse(status=response.status, fields=response.fields + cookies, body=response.body)


def response_version_1(result: object, request: HttpRequest, binary: Sequence[str]) -> HttpResponse:
    """Read a function's result in format 1.0.

    With `binary`, the API's binary media types, a REST API decodes a response only if the first type in the request's
    `Accept` is binary.

    Raises:
        MalformedResponseError: If it cannot be read or has no status code.
    """
    if not isinstance(result, dict) or "statusCode" not in result:
        raise MalformedResponseError("the answer has no statusCode")
    return _response(result, decode=_matches(_media_type(request, "accept"), binary))


def _response(result: Mapping[str, object], *, decode: bool) -> HttpResponse:
    try:
        several = cast("Mapping[str, list[object]]", result.get("multiValueHeaders") or {})
        single = cast("Mapping[str, object]", result.get("headers") or {})
        fields = [(name.lower(), str(value)) for name, values in several.items() for value in values]
        named = {name for name, _ in fields}
        fields += [(name.lower(), _header_value(value)) for name, value in single.items() if name.lower() not in named]
        if not any(name == "content-type" for name, _ in fields):
            fields.append(("content-type", "application/json"))
        text = result.get("body")
        body = b"" if text is None else text.encode() if isinstance(text, str) else json.dumps(text).encode()
        if decode and result.get("isBase64Encoded") is True:
            body = base64.b64decode(body)
        status = int(str(result["statusCode"]))
        if status not in _STATUSES:
            raise ValueError(f"its statusCode is {status}")
        return HttpResponse(status=status, fields=tuple(fields), body=body)
    except (ValueError, TypeError, AttributeError) as error:
        raise MalformedResponseError(f"the answer cannot be read: {error}") from error


def _header_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _context(request: HttpRequest, domain: str, route: Route) -> Event:
    return {
        "accountId": ACCOUNT,
        "apiId": domain.partition(".")[0],
        "domainName": domain,
        "requestId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{time.time_ns()}{request.path}")),
        "stage": route.stage,
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _encoded_body(request: HttpRequest) -> tuple[str, bool]:
    """Return the body in format 2.0, and whether it is in base64: if it is binary, or no valid UTF-8."""
    kind = _media_type(request, "content-type")
    with suppress(UnicodeDecodeError):
        if kind.startswith("text/") or kind in _TEXT:
            return request.body.decode("utf-8"), False
    return base64.b64encode(request.body).decode(), bool(request.body)


def _media_type(request: HttpRequest, name: str) -> str:
    return next(iter(request.values(name)), "").partition(",")[0].partition(";")[0].strip().lower()


def _matches(kind: str, binary: Sequence[str]) -> bool:
    """Return whether a media type is among an API's binary ones, which may be `image/*` and write a slash as `~1`."""
    wanted = {each.replace("~1", "/").lower() for each in binary}
    return bool(wanted & {"*/*", kind, f"{kind.partition('/')[0]}/*"})
