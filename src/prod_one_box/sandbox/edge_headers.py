"""The headers that edge functions must leave alone.

CloudFront developer guide, 'Restrictions on all edge functions': a function that adds a disallowed header, or adds,
changes or deletes a read-only one, fails validation, and the viewer gets 502.
"""

import re
from collections.abc import Mapping
from typing import Final

from ..http_message import Fields

_DISALLOWED: Final = frozenset(
    {
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "trailer",
        "upgrade",
        "x-accel-buffering",
        "x-accel-charset",
        "x-accel-limit-rate",
        "x-accel-redirect",
        "x-amzn-auth",
        "x-amzn-cf-billing",
        "x-amzn-cf-id",
        "x-amzn-cf-xff",
        "x-amzn-errortype",
        "x-amzn-fle-profile",
        "x-amzn-header-count",
        "x-amzn-header-order",
        "x-amzn-lambda-integration-tag",
        "x-amzn-requestid",
        "x-cache",
        "x-forwarded-proto",
        "x-real-ip",
    }
)
_DISALLOWED_PREFIXES: Final = ("x-amz-cf-", "x-edge-")

_READ_ONLY: Final[Mapping[str, frozenset[str]]] = {
    "viewer-request": frozenset({"cdn-loop", "content-length", "host", "transfer-encoding", "via"}),
    "origin-request": frozenset(
        {
            "accept-encoding",
            "cdn-loop",
            "content-length",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "transfer-encoding",
            "via",
        }
    ),
    "origin-response": frozenset({"transfer-encoding", "via"}),
    "viewer-response": frozenset({"via", "warning"}),
}
_READ_ONLY_AT_LAMBDA: Final[Mapping[str, frozenset[str]]] = {
    # 'Restrictions on Lambda@Edge': a viewer-request function that adds this header fails validation.
    "viewer-request": frozenset({"cloudfront-viewer-country"}),
    "viewer-response": frozenset({"content-encoding", "content-length", "transfer-encoding"}),
}


def read_only_headers(event: str, *, at_lambda: bool) -> frozenset[str]:
    """Return the headers that a function must not add, change or delete."""
    return _READ_ONLY[event] | (_READ_ONLY_AT_LAMBDA.get(event, frozenset()) if at_lambda else frozenset())


def is_disallowed(name: str) -> bool:
    """Return whether a header is hidden from edge functions, which cannot add it either."""
    return name in _DISALLOWED or name.startswith(_DISALLOWED_PREFIXES)


def restricted_headers(event: str, *, at_lambda: bool) -> "re.Pattern[str]":
    """Return a pattern, for Python and JavaScript, of the lower-case names that `broken_restriction` checks."""
    names = sorted(_DISALLOWED | read_only_headers(event, at_lambda=at_lambda))
    return re.compile(f"^({'|'.join(names)}|({'|'.join(_DISALLOWED_PREFIXES)}).*)$")


def broken_restriction(event: str, before: Fields, after: Fields, *, at_lambda: bool) -> str:
    """Say which header a function should have left alone; return "" if there is none.

    `before` and `after` are the header fields that the function was given and that it returned; `before` is empty if it
    returned a new response.
    """
    read_only = read_only_headers(event, at_lambda=at_lambda)
    kept, returned = _values(before, read_only), _values(after, read_only)
    for name in sorted(kept.keys() | returned.keys()):
        if kept.get(name) != returned.get(name):
            did = "deleted" if name not in returned else "added" if name not in kept else "changed"
            return f"it {did} {name}, which is read-only in {event} functions"
    added = next((name for name, _ in after if is_disallowed(name.lower())), None)
    return f"it added {added}, which CloudFront disallows" if added else ""


def _values(fields: Fields, names: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        if name.lower() in names:
            found.setdefault(name.lower(), []).append(value)
    return found
