"""What API Gateway makes of a request and of a function's answer: its event formats 2.0 and 1.0.

API Gateway developer guide, 'Working with AWS Lambda proxy integrations for HTTP APIs' and 'Lambda proxy
integrations in API Gateway'.

Which bodies API Gateway takes for text, and which it hands over in base64.
"""

import base64
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias, cast
from urllib.parse import parse_qsl, unquote

from ...http_message import HttpRequest, HttpResponse, cookie_pairs
from .stand_in import ACCOUNT

# AWS says that binary content is encoded, and not which that is. These are the types that an application load balancer
# does not encode (Elastic Load Balancing guide, 'Lambda functions as targets'); others measured the same for HTTP APIs.
_TEXT: Final = frozenset({"application/json", "application/javascript", "application/xml"})


def is_text(request: HttpRequest) -> bool:
    """Whether an HTTP API or a function URL takes a request's body for text."""
    kind = _first(request, "content-type")
    return kind.startswith("text/") or kind in _TEXT


def is_sent_binary(request: HttpRequest, binary: Sequence[str]) -> bool:
    """Whether a REST API takes a request's body for binary: by its `Content-Type`.

    Args:
        request: The request.
        binary: The API's binary media types (API Gateway developer guide, 'Binary media types for REST APIs').
    """
    return _is_one_of(_first(request, "content-type"), binary)


def is_asked_binary(request: HttpRequest, binary: Sequence[str]) -> bool:
    """Whether a REST API decodes the answer to a request: by the first type in its `Accept`.

    Args:
        request: The request.
        binary: The API's binary media types.
    """
    return _is_one_of(_first(request, "accept"), binary)


def _first(request: HttpRequest, name: str) -> str:
    return next(iter(request.values(name)), "").partition(",")[0].partition(";")[0].strip().lower()


def _is_one_of(kind: str, binary: Sequence[str]) -> bool:
    """`image/*` stands for every image; in templates a slash may be written `~1`."""
    wanted = {each.replace("~1", "/").lower() for each in binary}
    return bool(wanted & {"*/*", kind, f"{kind.partition('/')[0]}/*"})


Event: TypeAlias = "dict[str, object]"


# An answer below 200 is not the last one to its request; nobody knows what API Gateway makes of it.
_LEAST_STATUS: Final = 200
_MOST_STATUS: Final = 599


class MalformedAnswerError(Exception):
    """A function's answer that API Gateway cannot read."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """The route that took a request.

    Attributes:
        key: Its name: `$default` or `ANY /{proxy+}` in an HTTP API, the resource's path in a REST API.
        parameters: What stood for the path's parameters.
        stage: The stage's name.
        path: The request's path without a REST API's stage.
    """

    key: str
    parameters: dict[str, str]
    stage: str
    path: str


def decoded_path(path: str) -> str:
    """The path as an HTTP API hands it over: decoded, and cut off at what was an encoded question mark.

    AWS does not document it. Measured by others: github.com/middleapi/standard-server, pull request 93, and
    github.com/honojs/hono, issue 2156. Function URLs and REST APIs leave paths encoded.
    """
    return unquote(path, errors="replace").partition("?")[0]


def event_version_2(request: HttpRequest, route: Route, domain: str) -> Event:
    """The event of an HTTP API, whose request has a decoded path, or of a function URL."""
    cookies = [f"{name}={value}" for name, value in cookie_pairs(request.values("cookie"))]
    body, encoded = _body(request, binary=not is_text(request))
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
    query = _several(parse_qsl(request.query, keep_blank_values=True))
    optional: Event = {
        "cookies": cookies,
        "queryStringParameters": {name: ",".join(values) for name, values in query.items()},
        "pathParameters": route.parameters,
        "body": body,
    }
    return {**event, **{name: value for name, value in optional.items() if value}}


def event_version_1(request: HttpRequest, route: Route, domain: str, binary: Sequence[str]) -> Event:
    """The event of a REST API, which has some binary media types."""
    headers = _several(request.fields)
    query = _several(parse_qsl(request.query, keep_blank_values=True))
    encoded = bool(request.body) and is_sent_binary(request, binary)
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


def answer_version_2(answer: object) -> HttpResponse:
    """Reads an answer to format 2.0, in which what has no status code is the body itself."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        body = answer if isinstance(answer, str) else json.dumps(answer)
        return HttpResponse(status=200, fields=(("content-type", "application/json"),), body=body.encode())
    response = _proxied(answer)
    cookies = tuple(("set-cookie", str(cookie)) for cookie in answer.get("cookies") or ())
    return HttpResponse(status=response.status, fields=response.fields + cookies, body=response.body)


def answer_version_1(answer: object, request: HttpRequest, binary: Sequence[str]) -> HttpResponse:
    """Reads an answer to format 1.0.

    Args:
        answer: What the function returned.
        request: The request that it answers.
        binary: The API's binary media types: what is asked for as text stays in base64.

    Raises:
        MalformedAnswerError: If it has no status code.
    """
    if not isinstance(answer, dict) or "statusCode" not in answer:
        raise MalformedAnswerError("the answer has no statusCode")
    return _proxied(answer, decodes=is_asked_binary(request, binary))


def _proxied(answer: Mapping[str, object], *, decodes: bool = True) -> HttpResponse:
    try:
        several = cast("Mapping[str, list[object]]", answer.get("multiValueHeaders") or {})
        single = cast("Mapping[str, object]", answer.get("headers") or {})
        fields = [(name.lower(), str(value)) for name, values in several.items() for value in values]
        named = {name for name, _ in fields}
        fields += [(name.lower(), _written(value)) for name, value in single.items() if name.lower() not in named]
        if not any(name == "content-type" for name, _ in fields):
            fields.append(("content-type", "application/json"))
        text = answer.get("body")
        body = b"" if text is None else text.encode() if isinstance(text, str) else json.dumps(text).encode()
        if decodes and answer.get("isBase64Encoded") is True:
            body = base64.b64decode(body)
        status = int(str(answer["statusCode"]))
        if not _LEAST_STATUS <= status <= _MOST_STATUS:
            raise ValueError(f"its statusCode is {status}")
        return HttpResponse(status=status, fields=tuple(fields), body=body)
    except (ValueError, TypeError, AttributeError) as error:
        raise MalformedAnswerError(f"the answer cannot be read: {error}") from error


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _context(request: HttpRequest, domain: str, route: Route) -> Event:
    return {
        "accountId": ACCOUNT,
        "apiId": domain.partition(".")[0],
        "domainName": domain,
        "requestId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{time.time_ns()}{request.path}")),
        "stage": route.stage,
    }


def _several(pairs: "list[tuple[str, str]] | tuple[tuple[str, str], ...]") -> dict[str, list[str]]:
    several: dict[str, list[str]] = {}
    for name, value in pairs:
        several.setdefault(name, []).append(value)
    return several


def _body(request: HttpRequest, *, binary: bool) -> tuple[str, bool]:
    """The body, and whether it is in base64, as it also is if it cannot be read as text."""
    with suppress(UnicodeDecodeError):
        if not binary:
            return request.body.decode("utf-8"), False
    return base64.b64encode(request.body).decode(), bool(request.body)
