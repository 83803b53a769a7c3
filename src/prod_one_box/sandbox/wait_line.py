"""What the rehearsal and the process of the waits' code say to each other: one JSON value a line, with dates."""

import json
from datetime import datetime
from typing import Any, Final

_DATE: Final = "$date"


def as_line(value: object) -> bytes:
    """Writes a value.

    Raises:
        TypeError: If JSON and dates do not suffice for it.
    """
    return json.dumps(value, default=_date).encode() + b"\n"


def of_line(line: bytes) -> Any:  # noqa: ANN401  JSON
    """Reads a value.

    Raises:
        ValueError: If it is none.
    """
    return json.loads(line, object_hook=_with_date)


def _date(value: object) -> dict[str, str]:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} cannot be sent")
    return {_DATE: value.isoformat()}


def _with_date(value: dict[str, Any]) -> dict[str, Any] | datetime:
    return datetime.fromisoformat(value[_DATE]) if value.keys() == {_DATE} else value
