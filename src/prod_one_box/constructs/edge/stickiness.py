"""How visitors are recognized, so that they stay in their partition."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import InvalidArgumentError

BUCKET_COOKIE = "__Host-one-box-bucket"

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_UNSTABLE_HEADERS = {
    "cookie": "Name the cookie instead: Stickiness.identity(cookie=...).",
    "x-req-partition": "The edge sets this header itself.",
    "x-forwarded-host": "The edge sets this header itself.",
}


@dataclass(frozen=True, kw_only=True)
class Stickiness:
    """How the edge finds a visitor's bucket; use one of its three constructors.

    All visitors behind a proxy have the proxy's address (CloudFront developer guide, "CloudFront Functions event
    structure").

    Attributes:
        bucket_cookie: The cookie that holds the bucket; default: None, no cookie is set or read.
        identity_header: The request header that identifies a visitor, in lower case; default: None, no header.
        identity_cookie: The request cookie that identifies a visitor; default: None, no cookie.
        headers: The request headers in the hash of visitors who are not recognized by these, in lower case;
            default: `user-agent` alone.
        viewer_address: Whether that hash includes the viewer's address; default: True.

    Raises:
        InvalidArgumentError: If a name is not a token of RFC 9110, a header's name is not in lower case, there are
            two identities, or nothing distinguishes visitors.
    """

    bucket_cookie: str | None = None
    identity_header: str | None = None
    identity_cookie: str | None = None
    headers: tuple[str, ...] = ("user-agent",)
    viewer_address: bool = True

    def __post_init__(self) -> None:
        path = "Stickiness"
        if self.identity_header is not None and self.identity_cookie is not None:
            raise _invalid(path, "identity_header, identity_cookie", "both", "one of them, or none")
        for argument, cookie in (("bucket_cookie", self.bucket_cookie), ("identity_cookie", self.identity_cookie)):
            if cookie is not None:
                _check_token(cookie, path, argument)
        if self.identity_header is not None:
            _check_lower_case(self.identity_header, path, "identity_header")
        _check_list(self.headers, path)
        for name in self.headers:
            _check_lower_case(name, path, "headers")
        if self.identity_header is None and self.identity_cookie is None:
            _check_attributes(self.headers, self.viewer_address, path)

    @staticmethod
    def cookie(*, name: str = BUCKET_COOKIE) -> "Stickiness":
        """Recognize visitors by a cookie, for a year; on the first visit by the viewer's address and `User-Agent`.

        The cookie holds a number from 0 to 9999, which is the bucket, and nothing about the visitor. It is always
        `Secure`, `HttpOnly`, `SameSite=Lax` and valid for the whole site, as the prefix `__Host-` requires.

        Args:
            name: The cookie's name; default: `__Host-one-box-bucket`, which browsers accept only from this host over
                HTTPS.

        Raises:
            InvalidArgumentError: If the name is not a token of RFC 9110.
        """
        _check_token(name, "Stickiness.cookie", "name")
        return Stickiness(bucket_cookie=name)

    @staticmethod
    def request_attributes(*, headers: Sequence[str] = ("User-Agent",), viewer_address: bool = False) -> "Stickiness":
        """Recognize visitors by a hash of chosen request attributes alone; no cookie is set or read.

        A visitor whose attributes change can change the partition, and visitors with the same attributes share one.

        Args:
            headers: The request headers in the hash, in this order; default: `User-Agent` alone. Headers that
                CloudFront adds, such as `CloudFront-Viewer-Country`, are not present yet at viewer-request.
            viewer_address: Whether the hash includes the viewer's address; default: False, so that visitors who
                change networks stay in their partition.

        Raises:
            InvalidArgumentError: If a name is not a token of RFC 9110, or nothing is chosen.
        """
        path = "Stickiness.request_attributes"
        _check_list(headers, path)
        names = tuple(_lower_case(name, path, "headers") for name in headers)
        _check_attributes(names, viewer_address, path)
        return Stickiness(headers=names, viewer_address=viewer_address)

    @staticmethod
    def identity(*, header: str | None = None, cookie: str | None = None) -> "Stickiness":
        """Recognize visitors by a hash of an identity that the application already sends; no cookie is set.

        Visitors without it are recognized by the viewer's address and `User-Agent`, so signing in can change the
        partition.

        Args:
            header: The request header with the identity; default: None, `cookie` names it.
            cookie: The request cookie with the identity; default: None, `header` names it.

        Raises:
            InvalidArgumentError: If not exactly one is given, or it is not a token of RFC 9110.
        """
        path = "Stickiness.identity"
        if header is not None and cookie is None:
            return Stickiness(identity_header=_lower_case(header, path, "header"))
        if cookie is not None and header is None:
            _check_token(cookie, path, "cookie")
            return Stickiness(identity_cookie=cookie)
        given = "neither" if header is None else "both"
        raise _invalid(path, "header, cookie", given, "exactly one of them")


def _check_list(headers: Sequence[str], path: str) -> None:
    if isinstance(headers, str):
        raise _invalid(path, "headers", repr(headers), "a list of names")


def _check_attributes(headers: Sequence[str], viewer_address: bool, path: str) -> None:
    """Raise if nothing distinguishes visitors on their first visit."""
    if not headers and not viewer_address:
        raise _invalid(path, "headers", "none", "a header at least, or viewer_address=True")


def _check_token(name: object, path: str, argument: str) -> None:
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise _invalid(path, argument, repr(name), "a token of RFC 9110: letters, digits and !#$%&'*+-.^_`|~")


def _lower_case(name: str, path: str, argument: str) -> str:
    """Return a header's name in lower case, in which CloudFront passes it to edge functions."""
    _check_token(name, path, argument)
    lower = name.lower()
    if lower in _UNSTABLE_HEADERS:
        allowed = "a header that the viewer sends and the edge leaves alone"
        raise _invalid(path, argument, repr(name), allowed, _UNSTABLE_HEADERS[lower])
    return lower


def _check_lower_case(name: str, path: str, argument: str) -> None:
    if _lower_case(name, path, argument) != name:
        allowed = "a header's name in lower case, as CloudFront passes it to edge functions"
        raise _invalid(path, argument, repr(name), allowed)


def _invalid(path: str, argument: str, given: str, allowed: str, remedy: str = "") -> InvalidArgumentError:
    return InvalidArgumentError(path=path, argument=argument, given=given, allowed=allowed, remedy=remedy)
