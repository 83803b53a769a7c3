"""The options that say what visitors ask the edge for."""

import argparse
from collections.abc import Sequence

from ..assembly.cloud_assembly import AssemblyError
from .visitors.page_request import PageRequest


def add_page_arguments(group: "argparse.ArgumentParser | argparse._ArgumentGroup") -> None:
    """Adds the options.

    Args:
        group: The command, or a group of its options.
    """
    group.add_argument("--host", metavar="NAME", help="the site's name (default: the distribution's own)")
    group.add_argument("--path", default="/", metavar="PATH", help="of the page that they ask for (default: /)")
    group.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="a header that all of them send, such as 'authorization: Basic …'",
    )


def asked_page(options: argparse.Namespace) -> PageRequest:
    """What visitors ask for.

    Raises:
        AssemblyError: If no browser sends that.
    """
    try:
        return PageRequest(host=options.host, path=options.path, headers=_headers(options.header))
    except ValueError as error:
        raise AssemblyError(f"--{str(error).replace('headers:', 'header:', 1)}") from error


def _headers(words: Sequence[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for word in words:
        name, colon, value = word.partition(":")
        if not colon or name.strip().lower() in headers:
            allowed = "NAME:VALUE, each name once"
            raise AssemblyError(f"--header: got {word!r}; allowed: {allowed}")
        headers[name.strip().lower()] = value.strip()
    return headers
