"""HTTP requests and responses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

Fields: TypeAlias = "tuple[tuple[str, str], ...]"
"""Header fields in their order, with names in lower case; a name may occur several times."""

HOP_BY_HOP: Final = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
"""Headers that concern one connection and are not forwarded (RFC 9110, 7.6.1)."""


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """A request.

    Attributes:
        address: The viewer's IP address.
        method: Its method.
        path: Its path as it was sent, percent-encoded.
        query: Its query string, without the question mark.
        fields: Its header fields.
        body: Its body.
    """

    address: str
    method: str = "GET"
    path: str = "/"
    query: str = ""
    fields: Fields = ()
    body: bytes = b""

    def values(self, name: str) -> list[str]:
        """Return all values of a header."""
        return values(self.fields, name)


@dataclass(frozen=True, kw_only=True)
class HttpResponse:
    """A response.

    Attributes:
        status: Its status code.
        fields: Its header fields.
        body: Its body.
    """

    status: int
    fields: Fields = ()
    body: bytes = b""

    def values(self, name: str) -> list[str]:
        """Return all values of a header."""
        return values(self.fields, name)


def values(fields: Fields, name: str) -> list[str]:
    """Return all values of a header."""
    return [value for each, value in fields if each == name]


def without(fields: Fields, names: Iterable[str]) -> Fields:
    """Return the fields except those of some names."""
    left_out = frozenset(names)
    return tuple(field for field in fields if field[0] not in left_out)


def text_response(status: int, text: str) -> HttpResponse:
    """Return a plain-text response."""
    fields = (("content-type", "text/plain; charset=utf-8"),)
    return HttpResponse(status=status, fields=fields, body=f"{text}\n".encode())


def cookie_pairs(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Return the cookies of a request, as CloudFront splits its `Cookie` headers."""
    pairs = [pair.partition("=") for pair in ";".join(lines).split(";") if pair.find("=") > 0]
    return [(name.strip(" "), value) for name, _, value in pairs]
