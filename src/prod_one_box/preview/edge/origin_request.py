"""What of a viewer's request travels to the origin (CloudFront developer guide, 'Control origin requests').

What a function URL with IAM authorization refuses.

CloudFront developer guide, 'Restrict access to an AWS Lambda function URL origin': whoever sends a PUT or a POST must
send the SHA-256 of its body in `x-amz-content-sha256`, since Lambda takes no unsigned payloads.
"""

import hashlib
from dataclasses import replace
from typing import Final

from ...http_message import Fields, HttpRequest, HttpResponse, without
from ..origins.origin import FUNCTION_URL, Origin
from ..served_site import Site
from .cache import OriginAnswer
from .distribution import Behavior


def origin_request(behavior: Behavior, origin: Origin, request: HttpRequest) -> HttpRequest:
    """Builds the request to the origin, but for the origin's custom headers.

    Args:
        behavior: What is forwarded: all that is in the cache key, and what the origin request policy adds.
        origin: Where it goes.
        request: The viewer's request, as viewer-request left it.
    """
    return replace(request, query=_query(behavior, request), fields=_fields(behavior, origin, request))


def with_custom_headers(request: HttpRequest, custom: Fields) -> HttpRequest:
    """Adds an origin's custom headers, which replace the viewer's of the same name."""
    return replace(request, fields=without(request.fields, [name for name, _ in custom]) + custom)


def forwards_cookies(behavior: Behavior) -> bool:
    """Whether the origin gets any cookies; if not, its own `Set-Cookie` does not reach the viewer either."""
    return any(parts.cookies.behavior != "none" for parts in (behavior.cache.parts, behavior.forwarded))


def _fields(behavior: Behavior, origin: Origin, request: HttpRequest) -> Fields:
    encoding = behavior.cache.encoding(request)
    apart = {"cookie", "x-forwarded-for", *(["accept-encoding"] if encoding is not None else [])}
    fields = tuple(field for field in request.fields if field[0] not in apart and _taken(behavior, field[0]))
    own = {"host": origin.domain, "user-agent": "Amazon CloudFront"}
    fields += tuple((name, value) for name, value in own.items() if not _taken(behavior, name))
    fields += (("x-forwarded-for", ", ".join([*request.values("x-forwarded-for"), request.address])),)
    if encoding:
        fields += (("accept-encoding", encoding),)
    cookies = _cookies(behavior, request)
    return fields + ((("cookie", cookies),) if cookies else ())


def _taken(behavior: Behavior, name: str) -> bool:
    return behavior.cache.parts.headers.takes(name) or behavior.forwarded.headers.takes(name)


def _cookies(behavior: Behavior, request: HttpRequest) -> str:
    kept, added = behavior.cache.parts.of_cookies(request), behavior.forwarded.of_cookies(request)
    whole = added if len(added) >= len(kept) else kept
    return "; ".join(f"{name}={value}" for name, value in [*whole, *(pair for pair in kept if pair not in whole)])


def _query(behavior: Behavior, request: HttpRequest) -> str:
    parts = (behavior.cache.parts.queries, behavior.forwarded.queries)
    named = [part for part in request.query.split("&") if any(each.takes(part.partition("=")[0]) for each in parts)]
    return "&".join(named)


_FORBIDDEN: Final = 403
_HASHED: Final = frozenset({"POST", "PUT"})
_HEADER: Final = "x-amz-content-sha256"


def refused_by_url(site: Site, origin: Origin, request: HttpRequest) -> OriginAnswer | None:
    """Answer for a function URL that does not accept a request's signature; None if it does.

    Args:
        site: The site whose distribution stands.
        origin: Where the request goes.
        request: The viewer's request.
    """
    urls = [place for place in origin.places[:1] if site.links.resource(place).type == FUNCTION_URL]
    if not any(site.properties(url).get("AuthType") == "AWS_IAM" for url in urls):
        return None
    if not origin.signs:
        return _refusal(f"{origin.name} has AuthType AWS_IAM, and its origin has no origin access control that signs.")
    if request.method not in _HASHED:
        return None
    given = request.values(_HEADER)
    if not given:
        return _refusal(f"{origin.name} is signed: a {request.method} needs {_HEADER}, the SHA-256 of its body.")
    if given != [hashlib.sha256(request.body).hexdigest()]:
        return _refusal(f"{origin.name} is signed: {_HEADER} is not the SHA-256 of the body, in lower-case digits.")
    return None


def _refusal(text: str) -> OriginAnswer:
    fields = (("content-type", "text/plain; charset=utf-8"),)
    return OriginAnswer(
        response=HttpResponse(status=_FORBIDDEN, fields=fields, body=f"{text}\n".encode()), status=_FORBIDDEN
    )
