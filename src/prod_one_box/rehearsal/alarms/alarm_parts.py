"""Reads the properties of an alarm, and says of which one it cannot be understood."""

from collections.abc import Collection, Mapping
from math import isfinite

from ...assembly.cloud_assembly import Json
from ...release_rules.canonical import text


class AlarmPartError(Exception):
    """A property of an alarm that is not understood."""


def refuse_unknown(said: Mapping[str, Json], known: Collection[str]) -> None:
    """Refuses properties that could change an alarm in a way nobody here knows.

    Raises:
        AlarmPartError: If there are any.
    """
    unknown = sorted(said.keys() - set(known))
    if unknown:
        raise AlarmPartError(f"the property {', '.join(unknown)}")


def number(said: Mapping[str, Json], name: str) -> float:
    """A number, which a template may also give as a string.

    Raises:
        AlarmPartError: If it is none, such as a parameter.
    """
    value = said.get(name)
    try:
        if isinstance(value, (int, float, str)) and isfinite(float(value)):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise AlarmPartError(f"the property {name}, which is {_shown(value)} and no number")


def whole(said: Mapping[str, Json], name: str) -> int:
    """A whole number from 1.

    Raises:
        AlarmPartError: If it is none.
    """
    value = number(said, name)
    if value < 1 or value != int(value):
        raise AlarmPartError(f"the property {name}, which is {value:g} and no whole number from 1")
    return int(value)


def truth(said: Mapping[str, Json], name: str) -> bool:
    """Yes or no, which a template may also give as a string.

    Raises:
        AlarmPartError: If it is neither, such as a parameter.
    """
    value = said.get(name)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise AlarmPartError(f"the property {name}, which is {_shown(value)} and neither true nor false")


def one_of(said: Mapping[str, Json], name: str, words: Collection[str]) -> str:
    """One of some words.

    Raises:
        AlarmPartError: If it is another.
    """
    value = said.get(name)
    if not isinstance(value, str) or value not in words:
        raise AlarmPartError(f"the property {name}, which is {_shown(value)}")
    return value


def _shown(value: Json) -> str:
    return "absent" if value is None else text(value)
