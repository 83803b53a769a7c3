"""The file of measured durations that a run on an emulator or on an account writes."""

import json
from pathlib import Path
from typing import Final

from ..number import is_number

SCHEMA: Final = 1
"""The number of the form that is read here, the file's `schema`."""


def read_measured(path: Path) -> dict[str, float]:
    """Return the numbers of a file by their names, such as `update_seconds.AWS::Lambda::Alias`.

    Args:
        path: The file: a JSON object with `schema`, 1, and `assume`, an object of numbers. Its other members are for
            people.

    Raises:
        ValueError: If it cannot be read, or is another kind of file.
    """
    content = _content(path)
    schema = content.get("schema") if isinstance(content, dict) else None
    if not isinstance(content, dict) or schema is None:
        raise ValueError("got no measured numbers; allowed: a JSON object with schema and assume")
    if schema != SCHEMA or isinstance(schema, bool):
        raise ValueError(f"schema: got {schema!r}; allowed: {SCHEMA}")
    numbers = content.get("assume")
    if not isinstance(numbers, dict):
        raise ValueError("assume: got no object; allowed: numbers by name")
    for name, number in numbers.items():
        if not is_number(number):
            raise ValueError(f"{name!r}: got {number!r}; allowed: a number")
    return numbers


def _content(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is no JSON: {error}") from error
