"""What the words of the command `prod-one-box rehearse` ask for.

The options that say what visitors ask the edge for.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Final

from ..rehearsal.assumptions import Assumptions, attribute_of, by_attribute, read_measured
from ..rehearsal.notation import parse_seconds, parse_share
from ..rehearsal.plan.release_plan import Disturbance
from ..rehearsal.report.limits import Limits
from ..rehearsal.visitors.faults import Fault
from ..rehearsal.visitors.page_request import PageRequest
from ..rehearsal.visitors.population import Population
from ..template.cloud_assembly import AssemblyError

_OPTIONS: Final = {
    "visitors": "--for-visitors",
    "front_end": "--fault front-end",
    "backend": "--fault backend",
    "throttle_at": "--throttle-at",
}
"""What the command calls otherwise than Python does."""

_SHARES: Final = ("one_box_share",)


def asked_fault(options: argparse.Namespace) -> Fault:
    """What is wrong with the new code.

    Raises:
        AssemblyError: If that cannot be, or nothing would show it.
    """
    with _as_options():
        return Fault(
            front_end=options.fault in ("front-end", "both"),
            backend=options.fault in ("backend", "both"),
            error_rate=options.error_rate,
            answers=options.answers,
            latency_factor=options.latency_factor,
            broken_page=options.broken_page,
            visitors=options.for_visitors,
            after=options.after,
            leak=options.leak,
            needs_new_backend=options.needs_new_backend,
        )


@contextmanager
def _as_options() -> Iterator[None]:
    """Refuses a value in the words of the command, which names options and no attributes."""
    try:
        yield
    except ValueError as error:
        names, _, reason = str(error).partition(":")
        options = ", ".join(_OPTIONS.get(name, f"--{name.replace('_', '-')}") for name in names.split(", "))
        allowed = re.sub("front_end|backend|throttle_at", lambda name: _OPTIONS[name[0]], reason)
        raise AssemblyError(f"{options}:{allowed}") from error


def asked_visitors(options: argparse.Namespace) -> Population:
    """Who visits.

    Raises:
        AssemblyError: If nobody can imagine that.
    """
    given = {each.name: getattr(options, each.name) for each in fields(Population)}
    with _as_options():
        return Population(**{name: value for name, value in given.items() if value is not None})


def asked_disturbance(options: argparse.Namespace) -> Disturbance:
    """What ends the update from outside.

    Raises:
        AssemblyError: If that cannot be.
    """
    with _as_options():
        return Disturbance(
            cancel_at=options.cancel_at,
            sibling_fails_at=options.sibling_fails_at,
            crash_at_poll=options.crash_at_poll,
            throttle_at=options.throttle_at,
            throttle_for=options.throttle_for,
        )


def asked_limits(options: argparse.Namespace) -> Limits:
    """What must not be exceeded.

    Raises:
        AssemblyError: If that is no limit.
    """
    with _as_options():
        return Limits(**{each.name: getattr(options, each.name) for each in fields(Limits)})


def asked_assumptions(texts: Sequence[str]) -> Assumptions:
    """Read modelled numbers as `--assume` has them: NAME=VALUE, NAME.KEY=VALUE for one of several, or @FILE.

    Args:
        texts: Those; of several that give the same number, the last one counts.

    Raises:
        AssemblyError: If there is no such number or file, or a value means nothing.
    """
    numbers = [number for text in texts for number in _numbers(text)]
    try:
        return Assumptions(**by_attribute(numbers))  # type: ignore[arg-type]
    except ValueError as error:
        raise AssemblyError(f"--assume: {error}") from error


def _numbers(text: str) -> list[tuple[str, float]]:
    try:
        return _of_file(Path(text[1:])) if text.startswith("@") else [_named(text)]
    except ValueError as error:
        raise AssemblyError(f"--assume {text}: {error}") from error


def _of_file(path: Path) -> list[tuple[str, float]]:
    numbers = list(read_measured(path).items())
    Assumptions(**by_attribute(numbers))  # type: ignore[arg-type]  # refused here, where the file can be named
    return numbers


def _named(text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError("allowed: NAME=VALUE, such as metric_delay_seconds=2m, or @FILE, such as @measured.json")
    attribute, _ = attribute_of(name.strip())
    return name.strip(), _read(attribute, value)


def _read(name: str, value: str) -> float:
    if name in _SHARES:
        return parse_share(value)
    if name.endswith("_seconds"):
        return parse_seconds(value)
    whole = isinstance(getattr(Assumptions(), name), int)
    try:
        return int(value) if whole else float(value)
    except ValueError as error:
        raise ValueError(f"{value} is no {'whole ' if whole else ''}number") from error


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
