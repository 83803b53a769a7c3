"""What of a viewer's request travels to the origin (CloudFront developer guide, 'Control origin requests')."""

from dataclasses import replace

from ..assembly.http_message import Fields, HttpRequest, without
from .distribution import Behavior
from .origin import Origin


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
