"""The report as JSON."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import singledispatch
from typing import Final

from ..visitors.invariants import Verdict
from ..visitors.timeline import Slice, Timeline
from .judgement import blast_of, containment_of, worse_elsewhere
from .report import Report
from .shift_steps import ShiftStep

_FORMAT: Final = 2
_SETTINGS: Final = ("population", "fault", "disturbance", "red", "without", "limits", "assumptions")


def report_as_json(report: Report) -> str:
    """Return a report as JSON; the same rehearsal gives the same bytes. docs/reference/json.md describes it."""
    return json.dumps(_content(report), indent=1) + "\n"


def settings_as_json(report: Report) -> str:
    """Return the settings of a rehearsal: visitors, faults and modelled numbers."""
    return json.dumps({name: _plain(getattr(report, name)) for name in _SETTINGS}, indent=2)


def _content(report: Report) -> dict[str, object]:
    plain = {each.name: _plain(getattr(report, each.name)) for each in fields(Report) if each.name != "earlier"}
    return plain | {
        "earlier": [_content(each) for each in report.earlier],
        "overhead": _plain(report.figures.overhead),
        "containment": _plain(containment_of(report)),
        "blast": _plain(blast_of(report)),
        "worse": _plain(list(worse_elsewhere(report))),
        "held": report.held,
        "format": _FORMAT,
    }


@singledispatch
def _plain(value: object) -> object:
    """Return a value of the report as JSON can hold it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value


@_plain.register
def _(value: float) -> object:
    return round(value, 6)


@_plain.register
def _(value: Enum) -> object:
    return value.name.lower()


@_plain.register
def _(value: Mapping) -> object:  # type: ignore[type-arg]
    return {str(name): _plain(item) for name, item in value.items()}


@_plain.register(list)
@_plain.register(tuple)
def _(value: list[object] | tuple[object, ...]) -> object:
    names = getattr(value, "_fields", None)  # A NamedTuple keeps its names.
    return [_plain(item) for item in value] if names is None else _plain(dict(zip(names, value, strict=True)))


@_plain.register
def _(value: ShiftStep) -> object:
    return _plain({**value._asdict(), "share": value.share})


@_plain.register
def _(value: Verdict) -> object:
    attributes = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return {**attributes, "held": value.held, "says": value.invariant.value}


@_plain.register
def _(value: Timeline) -> object:
    columns = {each.name: [_plain(getattr(one, each.name)) for one in value.slices] for each in fields(Slice)}
    return {"tiers": list(value.tiers), **columns}
