"""A request in the shape in which Lambda@Edge sees it, and back.

CloudFront developer guide, 'Lambda@Edge event structure'.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from .cloudfront_event import edge_context
from .http_message import Fields, HttpRequest, HttpResponse

Message: TypeAlias = "dict[str, object]"


@dataclass(frozen=True, kw_only=True)
class EdgeOrigin:
    """Where origin-request sends a request.

    Attributes:
        domain: The origin's domain name.
        path: What is put before the request's path.
        fields: The origin's custom headers.
    """

    domain: str
    path: str = ""
    fields: Fields = ()


def lambda_edge_event(
    kind: str,
    request: HttpRequest,
    response: HttpResponse | None = None,
    origin: EdgeOrigin | None = None,
    *,
    request_id: str | None = None,
) -> Message:
    """Builds the event of a Lambda@Edge function.

    Args:
        kind: When CloudFront calls it, such as `origin-request`.
        request: The request at that moment.
        response: The answer at that moment; for the two responses alone.
        origin: Where the request goes; for the two origin events alone.
        request_id: What tells this request from others; default: None, which means that it is made of the request.
    """
    sent: Message = {
        "clientIp": request.address,
        "method": request.method,
        "uri": request.path,
        "querystring": request.query,
        "headers": _headers(request.fields),
    }
    if origin is not None:
        sent["origin"] = {"custom": _origin(origin)}
    record: Message = {"config": edge_context(kind, request, request_id), "request": sent}
    if response is not None:
        record["response"] = {
            "status": str(response.status),
            "statusDescription": "",
            "headers": _headers(response.fields),
        }
    return {"Records": [{"cf": record}]}


def lambda_edge_request(result: Mapping[str, object], sent: HttpRequest) -> HttpRequest:
    """Reads the request that a function returned."""
    return replace(
        sent,
        path=str(result.get("uri", sent.path)),
        query=str(result.get("querystring", sent.query)),
        fields=_plain(result.get("headers")),
    )


def lambda_edge_origin(result: Mapping[str, object], sent: EdgeOrigin) -> EdgeOrigin:
    """Reads where origin-request sends the request; where it says nothing of a custom origin: where it went before."""
    custom = cast("Mapping[str, Mapping[str, object]]", result.get("origin") or {}).get("custom")
    if custom is None:
        return sent
    return EdgeOrigin(
        domain=str(custom["domainName"]), path=str(custom.get("path", "")), fields=_plain(custom.get("customHeaders"))
    )


def lambda_edge_response(result: Mapping[str, object], sent: HttpResponse | None = None) -> HttpResponse:
    """Reads an answer that a function returned; its body stays unless the function gives another."""
    body = sent.body if sent else b""
    if "body" in result:
        text = str(result["body"])
        body = base64.b64decode(text) if result.get("bodyEncoding") == "base64" else text.encode()
    return HttpResponse(status=int(str(result["status"])), fields=_plain(result.get("headers")), body=body)


def _origin(origin: EdgeOrigin) -> Message:
    return {
        "domainName": origin.domain,
        "path": origin.path,
        "customHeaders": _headers(origin.fields),
        "port": 443,
        "protocol": "https",
    }


def _headers(fields: Fields) -> dict[str, list[dict[str, str]]]:
    headers: dict[str, list[dict[str, str]]] = {}
    for name, value in fields:
        headers.setdefault(name, []).append({"key": name, "value": value})
    return headers


def _plain(headers: object) -> Fields:
    fields = cast("Mapping[str, list[Mapping[str, object]]]", headers or {})
    return tuple((name.lower(), str(one["value"])) for name, several in fields.items() for one in several)
