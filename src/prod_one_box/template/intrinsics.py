"""Intrinsic values of a template as text, so that two places that name the same thing name it alike.

Which resources a part of a template names.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

_VARIABLE: Final = re.compile(r"\$\{([^!}]+)\}")
_COMPUTED: Final = ("Ref", "Fn::GetAtt", "Fn::Join", "Fn::Sub")


def text(value: object) -> str:
    """Writes a value of a template as one string.

    `Ref` becomes "${X}" and `Fn::GetAtt` "${X.A}"; `Fn::Join` and `Fn::Sub` are put together. Any other intrinsic
    function is written as "${...}" around its JSON, with single quotes, so that it can stand in a string of JSON:
    nobody can compute it, but equal ones stay equal.

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


def _intrinsic(function: str, argument: object) -> str:
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
            written = f"${{{json.dumps({function: argument}, sort_keys=True)}}}".replace("\\", "").replace('"', "'")
    return written


def _substituted(template: str, variables: Mapping[str, object]) -> str:
    return _VARIABLE.sub(lambda found: text(variables[found[1]]) if found[1] in variables else found[0], template)


def texts(value: object) -> Iterator[str]:
    """Yields every string in a value, at any depth, intrinsic functions as `text` writes them.

    What is inside a function that nobody can compute, such as `Fn::If`, follows string by string.

    Args:
        value: The value as it stands in the template.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        is_known = is_intrinsic(value) and next(iter(value)) in _COMPUTED
        if is_known:
            yield text(value)
        for item in value.values():
            yield from _texts_of_unknown(item) if is_known else texts(item)


def _texts_of_unknown(value: object) -> Iterator[str]:
    """Yields what is in the functions that `text` does not compute, inside one that it does."""
    if isinstance(value, dict) and is_intrinsic(value) and next(iter(value)) not in _COMPUTED:
        yield from texts(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_of_unknown(item)


def with_lower_keys(value: object) -> object:
    """Writes the names of properties in lower case: a construct has `functionArn` where its template has `FunctionARN`.

    Args:
        value: The value, of a template or of a construct.
    """
    if isinstance(value, list):
        return [with_lower_keys(item) for item in value]
    if isinstance(value, dict) and not is_intrinsic(value):
        return {str(key).lower(): with_lower_keys(item) for key, item in value.items()}
    return value


def is_intrinsic(value: object) -> bool:
    """Check whether a value is a call of an intrinsic function, not an object of a property.

    Args:
        value: The value as it stands in the template.
    """
    return isinstance(value, dict) and len(value) == 1 and str(next(iter(value))).startswith(("Ref", "Fn::"))


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
