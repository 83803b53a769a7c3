"""What the words of the command `prod-one-box rehearse` ask for."""

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Final

from ..assembly.cloud_assembly import AssemblyError
from .assumptions import Assumptions
from .notation import parse_seconds, parse_share
from .release.release_plan import Disturbance
from .report.limits import Limits
from .visitors.faults import Fault
from .visitors.population import Population

_OPTIONS: Final = {"visitors": "--for-visitors", "front_end": "--fault front-end", "backend": "--fault backend"}
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
        allowed = re.sub("front_end|backend", lambda name: _OPTIONS[name[0]], reason)
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
        )


def asked_limits(options: argparse.Namespace) -> Limits:
    """What must not be exceeded.

    Raises:
        AssemblyError: If that is no limit.
    """
    with _as_options():
        return Limits(**{each.name: getattr(options, each.name) for each in fields(Limits)})


def asked_assumptions(texts: Sequence[str]) -> Assumptions:
    """Reads modelled numbers as `--assume` has them: NAME=VALUE, and NAME.KEY=VALUE for one of several.

    Args:
        texts: Those; the later one goes before.

    Raises:
        AssemblyError: If there is no such number, or its value means nothing.
    """
    usual = {each.name: getattr(Assumptions(), each.name) for each in fields(Assumptions)}
    given: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise AssemblyError(f"--assume: got {text!r}; allowed: NAME=VALUE, such as metric_delay_seconds=2m")
        attribute, _, key = name.strip().partition(".")
        before = given.get(attribute, usual.get(attribute))
        if before is None or isinstance(before, Mapping) != bool(key):
            raise AssemblyError(f"--assume {text}: got no name that can be assumed; allowed: {_allowed()}")
        read = _read(attribute, value, text)
        given[attribute] = {**before, key: read} if isinstance(before, Mapping) else read
    try:
        return Assumptions(**given)  # type: ignore[arg-type]
    except ValueError as error:
        raise AssemblyError(f"--assume: {error}") from error


def _read(name: str, value: str, text: str) -> float:
    try:
        if name in _SHARES:
            return parse_share(value)
        if name.endswith("_seconds"):
            return parse_seconds(value)
    except ValueError as error:
        raise AssemblyError(f"--assume {text}: {error}") from error
    whole = isinstance(getattr(Assumptions(), name), int)
    try:
        return int(value) if whole else float(value)
    except ValueError as error:
        raise AssemblyError(f"--assume {text}: {value} is no {'whole ' if whole else ''}number") from error


def _allowed() -> str:
    usual = Assumptions()
    several = {each.name: ".KEY" for each in fields(usual) if isinstance(getattr(usual, each.name), Mapping)}
    return ", ".join(f"{each.name}{several.get(each.name, '')}" for each in fields(usual))
