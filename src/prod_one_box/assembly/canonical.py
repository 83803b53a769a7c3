"""Intrinsic values of a template as text, so that two places that name the same thing name it alike."""

import json
import re
from collections.abc import Mapping
from typing import Final

from .cloud_assembly import Json

_VARIABLE: Final = re.compile(r"\$\{([^!}]+)\}")


def text(value: Json) -> str:
    """Writes a value of a template as one string.

    `Ref` becomes "${X}" and `Fn::GetAtt` "${X.A}"; `Fn::Join` and `Fn::Sub` are put together. Any other intrinsic
    function is written as "${...}" around its JSON: nobody can compute it, but equal ones stay equal.

    Args:
        value: The value as it stands in the template.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        return _intrinsic(*next(iter(value.items())))
    return json.dumps(value, sort_keys=True)


def readable(words: str) -> str:
    """Takes the signs off the names in a sentence: people know a resource by its logical id."""
    return _VARIABLE.sub(lambda found: found[1], words)


def _intrinsic(function: str, argument: Json) -> str:
    match function, argument:
        case "Ref" | "Fn::GetAtt", str(named):
            written = f"${{{named}}}"
        case "Fn::GetAtt", [str(name), attribute]:
            written = f"${{{name}.{text(attribute)}}}"
        case "Fn::Join", [str(delimiter), list(parts)]:
            written = delimiter.join(text(part) for part in parts)
        case "Fn::Sub", str(template):
            written = template
        case "Fn::Sub", [str(template), dict(variables)]:
            written = _substituted(template, variables)
        case _:
            written = f"${{{json.dumps({function: argument}, sort_keys=True)}}}"
    return written


def _substituted(template: str, variables: Mapping[str, Json]) -> str:
    return _VARIABLE.sub(lambda found: text(variables[found[1]]) if found[1] in variables else found[0], template)
