"""Durations, rates and shares as people write them."""

import re
from typing import Final

_NUMBER: Final = r"(\d+(?:\.\d+)?)"
_ALONE: Final = re.compile(rf"{_NUMBER}\s*(?:s)?")
_COMPOUND: Final = re.compile(rf"(?:{_NUMBER}\s*h)?\s*(?:{_NUMBER}\s*m(?:in)?)?\s*(?:{_NUMBER}\s*s)?")
_SHARE: Final = re.compile(rf"{_NUMBER}\s*(%?)")
_RATE: Final = re.compile(rf"{_NUMBER}\s*/\s*(s|min|h)")
_PER_MINUTE: Final = {"s": 60, "min": 1, "h": 1 / 60}
_HIGHEST_RATE: Final = 1e6


def parse_seconds(text: str) -> float:
    """Read a duration such as 90, 90s, 3m, 3m30s or 1h, in seconds; raise `ValueError` if it is not one."""
    alone = _ALONE.fullmatch(text.strip())
    if alone:
        return float(alone[1])
    found = _COMPOUND.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        raise ValueError(f"got {text!r}; allowed: a duration, such as 90s, 3m or 3m30s")
    hours, minutes, seconds = (float(each or 0) for each in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def parse_share(text: str) -> float:
    """Read a share such as 25% or 0.25; raise `ValueError` if it is not one of 0 to 1."""
    found = _SHARE.fullmatch(text.strip())
    share = float(found[1]) / (100 if found[2] else 1) if found else -1.0
    if not 0 <= share <= 1:
        raise ValueError(f"got {text!r}; allowed: a share of 0 to 100%, such as 25% or 0.25")
    return share


def parse_rate(text: str) -> float:
    """Read a rate such as 60/min, 1/s or 3600/h, per minute; raise `ValueError` if it is not one above 0."""
    found = _RATE.fullmatch(text.strip())
    rate = float(found[1]) * _PER_MINUTE[found[2]] if found else 0.0
    if not 0 < rate <= _HIGHEST_RATE:
        allowed = f"a rate above 0 and up to {_HIGHEST_RATE:,.0f}/min, such as 60/min, 1/s or 3600/h"
        raise ValueError(f"got {text!r}; allowed: {allowed}")
    return rate


def duration(seconds: float | None) -> str:
    """Write a duration for people."""
    if seconds is None:
        return "never"
    minutes, rest = divmod(round(seconds), 60)
    hours, left = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {left:02} min {rest:02} s"
    return f"{minutes} min {rest:02} s" if minutes else f"{seconds:.3g} s"


def moment(time: float) -> str:
    """Write a time as minutes and seconds."""
    return f"{int(time) // 60}:{int(time) % 60:02}"
