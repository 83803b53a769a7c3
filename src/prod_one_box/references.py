"""Which resources a part of a template names."""

import re
from collections.abc import Iterator
from typing import Final

_SUBSTITUTED: Final = re.compile(r"\$\{([^!}.]+)")


def references(value: object) -> Iterator[str]:
    """Yields the logical ids that `Ref`, `Fn::GetAtt` and `Fn::Sub` name, at any depth; parameters are among them.

    Args:
        value: A part of a template, as it stands there.
    """
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _named_by(key, item)
            yield from references(item)


def _named_by(key: object, value: object) -> Iterator[str]:
    if key == "Ref":
        yield str(value)
    elif key == "Fn::GetAtt":
        named = value if isinstance(value, list) else str(value).split(".")
        yield from map(str, named[:1])
    elif key == "Fn::Sub":
        for text in value[:1] if isinstance(value, list) else [value]:
            yield from _SUBSTITUTED.findall(str(text))
