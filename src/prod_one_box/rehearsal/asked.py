"""What the words of the command `prod-one-box rehearse` ask for."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from ..assembly.cloud_assembly import AssemblyError
from .assumptions import Assumptions
from .notation import parse_seconds, parse_share
from .release.release_plan import Disturbance
from .report.limits import Limits
from .visitors.faults import Fault
from .visitors.population import Population

_USUAL_ERROR_RATE: Final = 0.3
_SHARES: Final = ("one_box_share",)


def asked_fault(options: argparse.Namespace) -> Fault:
    """What is wrong with the new code: what was said, and crashes if no other symptom of the code itself was.

    Raises:
        AssemblyError: If that cannot be.
    """
    if not options.fault and (options.error_rate is not None or options.leak or options.latency_factor != 1):
        raise AssemblyError("--error-rate, --leak and --latency-factor say what is wrong; say with what: --fault")
    another = options.broken_page or options.latency_factor != 1 or options.leak
    usual = _USUAL_ERROR_RATE if options.fault and not another else 0.0
    try:
        return Fault(
            front_end=options.fault in ("front-end", "both"),
            backend=options.fault in ("backend", "both"),
            error_rate=usual if options.error_rate is None else options.error_rate,
            answers=options.answers,
            latency_factor=options.latency_factor,
            broken_page=options.broken_page,
            visitors=options.for_visitors,
            after=options.after,
            leak=options.leak,
            needs_new_backend=options.needs_new_backend,
        )
    except ValueError as error:
        raise AssemblyError(str(error)) from error


def asked_visitors(options: argparse.Namespace) -> Population:
    """Who visits.

    Raises:
        AssemblyError: If nobody can imagine that.
    """
    given = {each.name: getattr(options, each.name) for each in fields(Population)}
    try:
        return Population(**{name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        raise AssemblyError(str(error)) from error


def asked_disturbance(options: argparse.Namespace) -> Disturbance:
    """What ends the update from outside.

    Raises:
        AssemblyError: If that cannot be.
    """
    if options.crash_at_poll is not None and options.crash_at_poll < 1:
        raise AssemblyError(f"--crash-at-poll: got {options.crash_at_poll}; allowed: 1 or more")
    return Disturbance(
        cancel_at=options.cancel_at,
        sibling_fails_at=options.sibling_fails_at,
        crash_at_poll=options.crash_at_poll,
    )


def asked_limits(options: argparse.Namespace) -> Limits:
    """What must not be exceeded."""
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
        attribute, _, key = name.strip().partition(".")
        before = given.get(attribute, usual.get(attribute))
        if not equals or before is None or isinstance(before, Mapping) != bool(key):
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
