"""Read the command line's options into the library's values."""

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, TypeVar

from ..rehearsal.assumptions import Assumptions, attribute_of, by_attribute, read_measured
from ..rehearsal.notation import parse_seconds, parse_share
from ..rehearsal.visitors.faults import Fault
from ..rehearsal.visitors.page_request import PageRequest
from ..template.cloud_assembly import AssemblyError

_OPTIONS: Final = {
    "visitors": "--for-visitors",
    "front_end": "--fault front-end",
    "backend": "--fault backend",
    "throttle_at": "--throttle-at",
    "headers": "--header",
}
"""The options that are named otherwise than their attributes, or that messages mention."""

_T = TypeVar("_T")


def add_assembly_arguments(parser: argparse.ArgumentParser, *, stack: str, against: str | None = None) -> None:
    """Add the assembly, and `--stack` and `--against` with their help; without the latter, omit `--against`."""
    parser.add_argument("assembly", type=Path, help="the folder of a cloud assembly, such as cdk.out")
    if against:
        parser.add_argument("--against", type=Path, metavar="OLD", help=against)
    parser.add_argument("--stack", help=stack)


def add_page_arguments(group: "argparse.ArgumentParser | argparse._ArgumentGroup") -> None:
    """Add the options for the page that visitors request."""
    group.add_argument("--host", metavar="NAME", help="the site's host name (default: the distribution's own)")
    group.add_argument("--path", default="/", metavar="PATH", help="the path of the page (default: /)")
    group.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="a header that every visitor sends, such as 'authorization: Basic …'",
    )


def parser_of(parse: Callable[[str], float]) -> Callable[[str], float]:
    """Raise argparse's own error, with which it shows the reason."""

    def parsed(text: str) -> float:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return parsed


def read(kind: type[_T], options: argparse.Namespace, **others: object) -> _T:
    """Return a dataclass with the options that are named like its attributes, and with the others.

    Attributes without an option, or whose value is None, keep their defaults.

    Raises:
        AssemblyError: If a value is not allowed; the message names the option.
    """
    values = {each.name: getattr(options, each.name, None) for each in fields(kind)} | others  # type: ignore[arg-type]
    given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    try:
        return kind(**given)
    except ValueError as error:
        attributes, _, reason = str(error).partition(":")
        option = ", ".join(_OPTIONS.get(name, f"--{name.replace('_', '-')}") for name in attributes.split(", "))
        allowed = re.sub("front_end|backend|throttle_at", lambda name: _OPTIONS[name[0]], reason)
        raise AssemblyError(f"{option}:{allowed}") from error


def read_fault(options: argparse.Namespace) -> Fault:
    """Return the fault of the new code, or raise an AssemblyError if it could not show."""
    front_end, backend = (options.fault in (tier, "both") for tier in ("front-end", "backend"))
    return read(Fault, options, front_end=front_end, backend=backend, visitors=options.for_visitors)


def read_page(options: argparse.Namespace) -> PageRequest:
    """Return the request for a page, or raise an AssemblyError if no browser sends it."""
    headers: dict[str, str] = {}
    for word in options.header:
        name, colon, value = word.partition(":")
        if not colon or name.strip().lower() in headers:
            raise AssemblyError(f"--header: got {word!r}; allowed: NAME:VALUE, each name once")
        headers[name.strip().lower()] = value.strip()
    return read(PageRequest, options, headers=headers)


def read_assumptions(texts: Sequence[str]) -> Assumptions:
    """Return the modelled numbers that `--assume` sets: NAME=VALUE, NAME.KEY=VALUE or @FILE; the last one counts.

    Raises:
        AssemblyError: If a number or a file does not exist, or a value is not allowed.
    """
    numbers = [number for text in texts for number in _numbers(text)]
    try:
        return Assumptions(**by_attribute(numbers))  # type: ignore[arg-type]
    except ValueError as error:
        raise AssemblyError(f"--assume: {error}") from error


def _numbers(text: str) -> list[tuple[str, float]]:
    try:
        if text.startswith("@"):
            numbers = list(read_measured(Path(text[1:])).items())
            Assumptions(**by_attribute(numbers))  # type: ignore[arg-type]  # raises here, where the file can be named
            return numbers
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError("allowed: NAME=VALUE, such as metric_delay_seconds=2m, or @FILE, such as @measured.json")
        attribute, _ = attribute_of(name.strip())
        return [(name.strip(), _number(attribute, value))]
    except ValueError as error:
        raise AssemblyError(f"--assume {text}: {error}") from error


def _number(attribute: str, value: str) -> float:
    if attribute == "one_box_share":
        return parse_share(value)
    if attribute.endswith("_seconds"):
        return parse_seconds(value)
    is_whole = isinstance(getattr(Assumptions(), attribute), int)
    try:
        return int(value) if is_whole else float(value)
    except ValueError as error:
        raise ValueError(f"{value} is not a {'whole ' if is_whole else ''}number") from error
