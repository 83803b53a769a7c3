"""What a `ReleaseCanary` was asked for, checked."""

import re
from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Token
from aws_cdk import aws_secretsmanager as secretsmanager

from ..errors import InvalidArgumentError, check_kind
from ..vocabulary import PARTITIONS

_SHORTEST: Final = 1
_LONGEST: Final = 60
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_PAGE: Final = re.compile(r"/(?!/)[!-\"$-\[\]-~]*")
"""A path and query as a browser sends them: not of another host, without blanks, `\\` or `#`."""


def site_address(site: str, *, path: str) -> str:
    """Builds the address that pages are relative to, from an address or a domain name; a token alone is a domain name.

    Raises:
        InvalidArgumentError: If it is not HTTPS, or more than a host and a port.
    """
    check_kind(site, str, path=path, argument="site", allowed="an https:// address or a domain name")
    address = site if "://" in site else f"https://{site}"
    is_fit = address.startswith("https://") if Token.is_unresolved(site) else _ADDRESS.fullmatch(address)
    if not is_fit:
        raise InvalidArgumentError(
            path=path,
            argument="site",
            given=repr(site),
            allowed="an https:// address without a path, or a domain name: browsers keep the testers' cookie from HTTP",
            remedy="Give the paths as pages=[...].",
        )
    return address


def check_partition(partition: str, *, path: str) -> None:
    """Refuses a partition that does not exist."""
    if partition not in PARTITIONS:
        raise InvalidArgumentError(
            path=path, argument="partition", given=repr(partition), allowed=" or ".join(map(repr, PARTITIONS))
        )


def check_pages(pages: Sequence[str], *, path: str) -> None:
    """Refuses pages that are no paths of the site."""
    allowed = 'a list of paths that start with one "/", without blanks and "#", such as ["/", "/cart?full=1"]'
    if isinstance(pages, str) or not isinstance(pages, Sequence) or not pages:
        raise InvalidArgumentError(path=path, argument="pages", given=repr(pages), allowed=allowed)
    for page in pages:
        given: object = page
        if not isinstance(given, str) or not (Token.is_unresolved(given) or _PAGE.fullmatch(given)):
            raise InvalidArgumentError(path=path, argument="pages", given=repr(given), allowed=allowed)


def check_selector(selector: str, *, path: str) -> None:
    """Refuses an empty selector."""
    given: object = selector
    if not isinstance(given, str) or not given.strip():
        raise InvalidArgumentError(
            path=path,
            argument="alive_selector",
            given=repr(given),
            allowed="a CSS selector that matches only once the page's own scripts have run",
            remedy='Let the application set an attribute when it is ready, and give "body[data-alive]".',
        )


def check_secret(secret: object, *, path: str) -> None:
    """Refuses what is no secret, such as its name; a text is not shown, since it may be the secret itself."""
    allowed = "a secret (secretsmanager.ISecret)"
    remedy = "One that exists already: secretsmanager.Secret.from_secret_name_v2(…)."
    if isinstance(secret, str):
        raise InvalidArgumentError(path=path, argument="secret", given="a text", allowed=allowed, remedy=remedy)
    check_kind(secret, secretsmanager.ISecret, path=path, argument="secret", allowed=allowed, remedy=remedy)


def check_interval(interval: Duration, *, path: str) -> None:
    """Refuses an interval that CloudWatch Synthetics does not run at; its API reference, CanaryScheduleInput."""
    check_kind(interval, Duration, path=path, argument="interval", allowed="a Duration")
    seconds = None if interval.is_unresolved() else interval.to_seconds()
    if seconds is None or seconds % 60 or not _SHORTEST <= seconds / 60 <= _LONGEST:
        raise InvalidArgumentError(
            path=path,
            argument="interval",
            given="a token" if seconds is None else f"{seconds:g} s",
            allowed=f"whole minutes, {_SHORTEST} to {_LONGEST}",
        )
