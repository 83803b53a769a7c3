"""Which bodies API Gateway takes for text, and which it hands over in base64."""

from collections.abc import Sequence
from typing import Final

from ..assembly.http_message import HttpRequest

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
