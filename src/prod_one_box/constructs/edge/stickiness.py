"""By what a visitor is recognized, so that they stay in their partition."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import InvalidArgumentError

BUCKET_COOKIE = "__Host-one-box-bucket"
COOKIE_ATTRIBUTES = "Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax"
"""A year; `__Host-` cookies must be `Secure` with `Path=/` and no domain, and every name gets the same."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_UNSTABLE_HEADERS = {
    "cookie": "Name the cookie instead: Stickiness.identity(cookie=...).",
    "x-req-partition": "The edge sets this header itself.",
    "x-forwarded-host": "The edge sets this header itself.",
}


@dataclass(frozen=True, kw_only=True)
class Stickiness:
    """How the edge finds a visitor's bucket; made by one of its three constructors.

    The viewer's address is a proxy's for all who come through it (CloudFront developer guide, "CloudFront Functions
    event structure").

    Attributes:
        bucket_cookie: The cookie that holds the bucket; default: None, which means that no cookie is set or read.
        identity_header: The request header that identifies a visitor, in lower case; default: None, which means none.
        identity_cookie: The request cookie that identifies a visitor; default: None, which means none.
        headers: The request headers in the hash of visitors who are not recognized by these, in lower case;
            default: `user-agent` alone.
        viewer_address: Whether the viewer's address is in that hash; default: True.

    Raises:
        InvalidArgumentError: If a name is not a token of RFC 9110, a header's is not in lower case, there are
            two identities, or nothing tells visitors apart.
    """

    bucket_cookie: str | None = None
    identity_header: str | None = None
    identity_cookie: str | None = None
    headers: tuple[str, ...] = ("user-agent",)
    viewer_address: bool = True

    def __post_init__(self) -> None:
        """Refuses what the edge's code could not read, or what would put all visitors into one bucket."""
        path = "Stickiness"
        if self.identity_header is not None and self.identity_cookie is not None:
            raise InvalidArgumentError(
                path=path, argument="identity_header, identity_cookie", given="both", allowed="one of them, or none"
            )
        for argument, cookie in (("bucket_cookie", self.bucket_cookie), ("identity_cookie", self.identity_cookie)):
            if cookie is not None:
                _token(cookie, path, argument)
        if self.identity_header is not None:
            _lower_header(self.identity_header, path, "identity_header")
        for name in _names(self.headers, path):
            _lower_header(name, path, "headers")
        has_identity = self.identity_header is not None or self.identity_cookie is not None
        if not has_identity:
            _check_attributes(self.headers, self.viewer_address, path)

    @staticmethod
    def cookie(*, name: str = BUCKET_COOKIE) -> "Stickiness":
        """Keeps the bucket in a cookie, for a year; first visits go by the viewer's address and `User-Agent`.

        The cookie holds a number from 0 to 9999 and nothing about the visitor. It is always `Secure`,
        `HttpOnly`, `SameSite=Lax` and valid for the whole site, as the prefix `__Host-` demands.

        Args:
            name: The cookie's name; default: `__Host-one-box-bucket`, which means that browsers accept it
                only from this host over HTTPS.

        Raises:
            InvalidArgumentError: If the name is not a token of RFC 9110.
        """
        return Stickiness(bucket_cookie=_token(name, "Stickiness.cookie", "name"))

    @staticmethod
    def request_attributes(*, headers: Sequence[str] = ("User-Agent",), viewer_address: bool = False) -> "Stickiness":
        """Goes by a hash of chosen request attributes alone; no cookie is set or read.

        A visitor whose attributes change can change the partition, and visitors who share them share it.

        Args:
            headers: The request headers in the hash, in this order; default: `User-Agent` alone. Headers
                that CloudFront adds, such as `CloudFront-Viewer-Country`, are not there yet at viewer-request.
            viewer_address: Whether the viewer's address is in the hash too; default: False, which means
                that a visitor who changes networks stays.

        Raises:
            InvalidArgumentError: If a name is not a token of RFC 9110, or nothing is chosen.
        """
        path = "Stickiness.request_attributes"
        names = tuple(_header(name, path, "headers") for name in _names(headers, path))
        _check_attributes(names, viewer_address, path)
        return Stickiness(headers=names, viewer_address=viewer_address)

    @staticmethod
    def identity(*, header: str | None = None, cookie: str | None = None) -> "Stickiness":
        """Goes by a hash of an identity that the application already sends; no cookie is set.

        A visitor without it goes by the viewer's address and `User-Agent`, so signing in can change
        the partition.

        Args:
            header: The request header with the identity; default: None, which means that `cookie` names it.
            cookie: The request cookie with the identity; default: None, which means that `header` names it.

        Raises:
            InvalidArgumentError: If not exactly one is given, or it is not a token of RFC 9110.
        """
        path = "Stickiness.identity"
        if header is not None and cookie is None:
            return Stickiness(identity_header=_header(header, path, "header"))
        if cookie is not None and header is None:
            return Stickiness(identity_cookie=_token(cookie, path, "cookie"))
        given = "neither" if header is None else "both"
        raise InvalidArgumentError(path=path, argument="header, cookie", given=given, allowed="exactly one of them")


def _names(headers: Sequence[str], path: str) -> Sequence[str]:
    """Checks that it is several names: one text is a sequence of its letters too."""
    if isinstance(headers, str):
        raise InvalidArgumentError(path=path, argument="headers", given=repr(headers), allowed="a list of names")
    return headers


def _check_attributes(headers: Sequence[str], viewer_address: bool, path: str) -> None:
    """Checks that something tells visitors apart on their first visit."""
    if not headers and not viewer_address:
        raise InvalidArgumentError(
            path=path, argument="headers", given="none", allowed="a header at least, or viewer_address=True"
        )


def _token(name: object, path: str, argument: str) -> str:
    """Checks a header's or cookie's name."""
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=repr(name),
            allowed="a token of RFC 9110: letters, digits and !#$%&'*+-.^_`|~",
        )
    return name


def _header(name: object, path: str, argument: str) -> str:
    """Checks a header's name; CloudFront gives them to edge functions in lower case."""
    lower = _token(name, path, argument).lower()
    if lower in _UNSTABLE_HEADERS:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=repr(name),
            allowed="a header that the viewer sends and the edge leaves alone",
            remedy=_UNSTABLE_HEADERS[lower],
        )
    return lower


def _lower_header(name: str, path: str, argument: str) -> None:
    """Checks a name that stands as the edge's code will look for it."""
    if _header(name, path, argument) != name:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=repr(name),
            allowed="a header's name in lower case, as CloudFront gives them to edge functions",
        )
