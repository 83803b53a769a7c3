"""Write requests and responses as edge functions get them, and read what the functions return.

CloudFront developer guide, 'CloudFront Functions event structure' and 'Lambda@Edge event structure'.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from ..http_message import Fields, HttpRequest, HttpResponse, cookie_pairs, without

Field: TypeAlias = "dict[str, object]"
Message: TypeAlias = "dict[str, object]"


def cloudfront_event(
    kind: str, request: HttpRequest, response: HttpResponse | None = None, *, request_id: str | None = None
) -> Message:
    """Return the event of a CloudFront Function; without `request_id`, it is a hash of the request."""
    event: Message = {
        "version": "1.0",
        "context": edge_context(kind, request, request_id),
        "viewer": {"ip": request.address},
        "request": _request(request),
    }
    if response is not None:
        event["response"] = _response(response)
    return event


def edge_context(kind: str, request: HttpRequest, request_id: str | None) -> dict[str, str]:
    """Return an event's context, with the distribution of AWS's examples."""
    return {
        "distributionDomainName": "d111111abcdef8.cloudfront.net",
        "distributionId": "EDFDVBD6EXAMPLE",
        "eventType": kind,
        "requestId": request_id or hash_of(request),
    }


def hash_of(request: HttpRequest) -> str:
    """Return a hash of a request, as an identifier."""
    return hashlib.blake2b(repr(request).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def cloudfront_request(result: Mapping[str, object], sent: HttpRequest) -> HttpRequest:
    """Return the request that a viewer-request function returned; what it did not change stays as it was written."""
    # Of many thousands of results, a rehearsal keeps only the headers.
    before = _request(sent) if result.keys() & {"cookies", "querystring"} else {}
    fields = _grouped_fields(result.get("headers"))
    if result.get("cookies") == before.get("cookies"):
        fields += tuple(field for field in sent.fields if field[0] == "cookie")
    elif result.get("cookies"):
        cookies = _grouped_fields(result["cookies"])
        fields += (("cookie", "; ".join(f"{name}={value}" for name, value in cookies)),)
    query = sent.query
    if result.get("querystring") != before.get("querystring"):
        query = "&".join(f"{name}={value}" for name, value in _grouped_fields(result.get("querystring")))
    return replace(sent, path=str(result.get("uri", sent.path)), query=query, fields=fields)


def cloudfront_response(result: Mapping[str, object], sent: HttpResponse | None = None) -> HttpResponse:
    """Return the response that a function returned; the body stays unless the result has another."""
    body = sent.body if sent else b""
    return HttpResponse(
        status=int(cast("int", result["statusCode"])),
        fields=_grouped_fields(result.get("headers")) + _set_cookies(result.get("cookies")),
        body=_body(result["body"]) if "body" in result else body,
    )


def _request(request: HttpRequest) -> Message:
    headers = [(name, {"value": value}) for name, value in without(request.fields, ["cookie"])]
    cookies = [(name, {"value": value}) for name, value in cookie_pairs(request.values("cookie"))]
    parameters = [part.partition("=") for part in request.query.split("&") if part]
    return {
        "method": request.method,
        "uri": request.path,
        "querystring": _grouped((name, {"value": value}) for name, _, value in parameters),
        "headers": _grouped(headers),
        "cookies": _grouped(cookies),
    }


def _response(response: HttpResponse) -> Message:
    headers = [(name, {"value": value}) for name, value in without(response.fields, ["set-cookie"])]
    return {
        "statusCode": response.status,
        "headers": _grouped(headers),
        "cookies": _grouped(_parsed(line) for line in response.values("set-cookie")),
    }


def _parsed(line: str) -> tuple[str, dict[str, str]]:
    pair, _, attributes = line.partition(";")
    name, _, value = pair.partition("=")
    return name.strip(), {"value": value, "attributes": attributes.strip()}


def _grouped(pairs: Iterable[tuple[str, dict[str, str]]]) -> dict[str, Field]:
    """Group pairs by name; a name that occurs several times has all its values in `multiValue`, too."""
    grouped: dict[str, Field] = {}
    for name, value in pairs:
        if name not in grouped:
            grouped[name] = dict(value)
        else:
            listed = grouped[name].setdefault("multiValue", [dict(grouped[name])])
            cast("list[dict[str, str]]", listed).append(value)
    return grouped


def _each(field: object) -> list[Field]:
    whole = cast("Field", field)
    return cast("list[Field]", whole.get("multiValue", [whole]))


def _grouped_fields(grouped: object) -> Fields:
    fields = cast("Mapping[str, object]", grouped or {})
    return tuple((name, str(one["value"])) for name, field in fields.items() for one in _each(field))


def _set_cookies(cookies: object) -> Fields:
    lines: list[tuple[str, str]] = []
    for name, field in cast("Mapping[str, object]", cookies or {}).items():
        for one in _each(field):
            attributes = f"; {one['attributes']}" if one.get("attributes") else ""
            lines.append(("set-cookie", f"{name}={one['value']}{attributes}"))
    return tuple(lines)


def _body(body: object) -> bytes:
    """Read a body, which a function returns as text or as `{encoding, data}`."""
    if isinstance(body, dict):
        data = str(body.get("data", ""))
        return base64.b64decode(data) if body.get("encoding") == "base64" else data.encode()
    return str(body).encode()


@dataclass(frozen=True, kw_only=True)
class EdgeOrigin:
    """The origin to which origin-request sends a request.

    Attributes:
        domain: The origin's domain name.
        path: The prefix of the request's path.
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
    """Return the event of a Lambda@Edge function; without `request_id`, it is a hash of the request."""
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
    """Return the request that a function returned."""
    return replace(
        sent,
        path=str(result.get("uri", sent.path)),
        query=str(result.get("querystring", sent.query)),
        fields=_lambda_fields(result.get("headers")),
    )


def lambda_edge_origin(result: Mapping[str, object], sent: EdgeOrigin) -> EdgeOrigin:
    """Return the origin that an origin-request function chose; the former one if it names no custom origin."""
    custom = cast("Mapping[str, Mapping[str, object]]", result.get("origin") or {}).get("custom")
    if custom is None:
        return sent
    return EdgeOrigin(
        domain=str(custom["domainName"]),
        path=str(custom.get("path", "")),
        fields=_lambda_fields(custom.get("customHeaders")),
    )


def lambda_edge_response(result: Mapping[str, object], sent: HttpResponse | None = None) -> HttpResponse:
    """Return the response that a function returned; its body stays unless the result has another."""
    body = sent.body if sent else b""
    if "body" in result:
        text = str(result["body"])
        body = base64.b64decode(text) if result.get("bodyEncoding") == "base64" else text.encode()
    return HttpResponse(status=int(str(result["status"])), fields=_lambda_fields(result.get("headers")), body=body)


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


def _lambda_fields(headers: object) -> Fields:
    fields = cast("Mapping[str, list[Mapping[str, object]]]", headers or {})
    return tuple((name.lower(), str(one["value"])) for name, several in fields.items() for one in several)
