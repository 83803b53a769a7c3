"""The request that CloudFront sends to an origin, and what a signed function URL refuses.

CloudFront developer guide, 'Control origin requests with a policy' and 'Restrict access to an AWS Lambda function URL
origin'.
"""

import hashlib
from dataclasses import replace
from typing import Final

from ...http_message import Fields, HttpRequest, text_response, without
from ..site.distribution import Behavior
from ..site.origin import FUNCTION_URL, Origin, OriginResponse
from ..site.site import ServedSite

_HASH_HEADER: Final = "x-amz-content-sha256"


def origin_request(behavior: Behavior, origin: Origin, request: HttpRequest) -> HttpRequest:
    """Build the request to an origin from the viewer's request as the viewer-request function left it.

    It contains what the behavior forwards, but not the origin's custom headers.
    """
    queries = (behavior.cache.parts.queries, behavior.forwarded.queries)
    named = [part for part in request.query.split("&") if any(each.takes(part.partition("=")[0]) for each in queries)]
    return replace(request, query="&".join(named), fields=_fields(behavior, origin, request))


def with_custom_headers(request: HttpRequest, custom: Fields) -> HttpRequest:
    """Add an origin's custom headers, replacing the viewer's headers of the same name."""
    return replace(request, fields=without(request.fields, [name for name, _ in custom]) + custom)


def forwards_cookies(behavior: Behavior) -> bool:
    """Return whether the origin gets any cookies; if not, CloudFront removes its `Set-Cookie` headers."""
    return any(parts.cookies.behavior != "none" for parts in (behavior.cache.parts, behavior.forwarded))


def _fields(behavior: Behavior, origin: Origin, request: HttpRequest) -> Fields:
    encoding = behavior.cache.encoding(request)
    special = {"cookie", "x-forwarded-for", *(["accept-encoding"] if encoding is not None else [])}
    fields = tuple(field for field in request.fields if field[0] not in special and _forwards(behavior, field[0]))
    own = {"host": origin.domain, "user-agent": "Amazon CloudFront"}
    fields += tuple((name, value) for name, value in own.items() if not _forwards(behavior, name))
    fields += (("x-forwarded-for", ", ".join([*request.values("x-forwarded-for"), request.address])),)
    if encoding:
        fields += (("accept-encoding", encoding),)
    cookies = _cookies(behavior, request)
    return fields + ((("cookie", cookies),) if cookies else ())


def _forwards(behavior: Behavior, header: str) -> bool:
    return behavior.cache.parts.headers.takes(header) or behavior.forwarded.headers.takes(header)


def _cookies(behavior: Behavior, request: HttpRequest) -> str:
    kept, added = behavior.cache.parts.of_cookies(request), behavior.forwarded.of_cookies(request)
    whole = added if len(added) >= len(kept) else kept
    return "; ".join(f"{name}={value}" for name, value in [*whole, *(pair for pair in kept if pair not in whole)])


def refused_by_url(site: ServedSite, origin: Origin, request: HttpRequest) -> OriginResponse | None:
    """Return the response of a function URL with IAM authorization that refuses a request; None if it accepts it.

    A POST or PUT must carry the SHA-256 of its body, since Lambda does not accept unsigned payloads.
    """
    urls = [place for place in origin.places[:1] if site.links.resource(place).type == FUNCTION_URL]
    if not any(site.properties(url).get("AuthType") == "AWS_IAM" for url in urls):
        return None
    text = ""
    given = request.values(_HASH_HEADER)
    if not origin.signs:
        text = f"{origin.name} has AuthType AWS_IAM, and its origin has no origin access control that signs."
    elif request.method in ("POST", "PUT") and not given:
        text = f"{origin.name} is signed: a {request.method} needs {_HASH_HEADER}, the SHA-256 of its body."
    elif request.method in ("POST", "PUT") and given != [hashlib.sha256(request.body).hexdigest()]:
        text = f"{origin.name} is signed: {_HASH_HEADER} is not the SHA-256 of the body, in lower-case digits."
    return OriginResponse(response=text_response(403, text)) if text else None
