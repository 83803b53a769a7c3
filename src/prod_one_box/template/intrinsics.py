"""Read intrinsic functions: as text, by the resources that they name, and by what they are given.

As text, two values that name the same thing are equal.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

CROSSING: Final = ("Fn::ImportValue", "Fn::GetStackOutput", "referenceto")
"""What CDK writes for a reference to another stack; the last begins the names of a nested stack's parameters."""

_VARIABLE: Final = re.compile(r"\$\{([^!}]+)\}")
_NAMED: Final = re.compile(r"\$\{([^}{\"]+)\}")
_NAME_IN_VARIABLE: Final = re.compile(r"(?<=\$\{)[A-Za-z0-9]+")
_COMPUTED: Final = ("Ref", "Fn::GetAtt", "Fn::Join", "Fn::Sub")


def is_intrinsic(value: object) -> bool:
    """Check whether a value of a template is a call of an intrinsic function, not an object of a property."""
    return isinstance(value, dict) and len(value) == 1 and str(next(iter(value))).startswith(("Ref", "Fn::"))


def text(value: object) -> str:
    """Write a value of a template as one string.

    `Ref` becomes "${X}" and `Fn::GetAtt` "${X.A}"; `Fn::Join` and `Fn::Sub` are put together. Any other intrinsic
    function is written as "${...}" around its JSON, with single quotes, so that it can stand in a string of JSON:
    synth does not know its result, but equal calls stay equal.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        return _intrinsic(*next(iter(value.items())))
    return json.dumps(value, sort_keys=True)


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
            written = substituted(template, lambda name: text(variables[name]) if name in variables else f"${{{name}}}")
        case _:
            written = f"${{{json.dumps({function: argument}, sort_keys=True)}}}".replace("\\", "").replace('"', "'")
    return written


def substituted(template: str, write: Callable[[str], str]) -> str:
    """Replace each variable of a template of `Fn::Sub` with what is written for its name."""
    return _VARIABLE.sub(lambda found: write(found[1]), template)


def readable(words: str) -> str:
    """Write the names in a text of `text` without signs, for people: they know a resource by its logical id."""
    return substituted(words, str)


def texts(value: object) -> Iterator[str]:
    """Yield every string in a value, at any depth, with intrinsic functions as `text` writes them.

    The strings inside a function whose result synth does not know, such as `Fn::If`, follow one by one.
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
    """Yield what is in the functions that `text` does not compute, inside one that it does."""
    if isinstance(value, dict) and is_intrinsic(value) and next(iter(value)) not in _COMPUTED:
        yield from texts(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_of_unknown(item)


def named_in(value: object) -> Iterator[str]:
    """Yield the parameters and resources that a value names, as `X` or `X.Attribute`; `Fn::Sub` is put together."""
    for written in texts(value):
        yield from _NAMED.findall(written)


def named_by(function: str, argument: object) -> Iterator[tuple[str, str]]:
    """Yield the names in a call of an intrinsic function, each with its attribute; "" for a `Ref`."""
    match function, argument:
        case "Ref", str(name):
            yield name, ""
        case "Fn::GetAtt", [str(name), *rest]:
            yield name, text(rest[0]) if rest else ""
        case "Fn::GetAtt", str(dotted):
            yield _split(dotted)
        case "Fn::Sub", str(template) | [str(template), *_]:
            yield from map(_split, _VARIABLE.findall(template))


def _split(dotted: str) -> tuple[str, str]:
    name, _, attribute = dotted.partition(".")
    return name, attribute


def references(value: object) -> Iterator[str]:
    """Yield the logical ids that `Ref`, `Fn::GetAtt` and `Fn::Sub` name, at any depth, including parameters."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (name for name, _ in named_by(str(key), item))
            yield from references(item)


def referred(value: object) -> str | None:
    """Return the logical id that a `Ref` or an `Fn::GetAtt` names; None for any other value."""
    if not isinstance(value, dict) or len(value) != 1 or "Fn::Sub" in value:
        return None
    return next((name for name, _ in named_by(*next(iter(value.items())))), None)


def renamed(function: str, argument: object, rename: Callable[[str], str]) -> object:
    """Return an intrinsic function's argument with other names for the resources that it names itself."""
    match function, argument:
        case "Ref", str(name):
            return rename(name)
        case "Fn::GetAtt", [str(name), *rest]:
            return [rename(name), *rest]
        case "Fn::GetAtt", str(dotted):
            name, dot, attribute = dotted.partition(".")
            return f"{rename(name)}{dot}{attribute}"
        case "Fn::Sub", str(template):
            return _NAME_IN_VARIABLE.sub(lambda found: rename(found[0]), template)
        case "Fn::Sub", [str(template), *variables]:
            return [renamed(function, template, rename), *variables]
    return argument


def asked_of(value: object, function: str) -> Iterator[str]:
    """Yield the argument of each call of a function, such as `Fn::FindInMap`, at any depth; of several the first."""
    for key, item in value.items() if isinstance(value, Mapping) else ():
        if key == function:
            yield text(item[0] if isinstance(item, list) else item)
        yield from asked_of(item, function)
    for item in value if isinstance(value, list) else ():
        yield from asked_of(item, function)


def with_lower_keys(value: object) -> object:
    """Write property names in lower case: a construct has `functionArn` where its template has `FunctionARN`."""
    if isinstance(value, list):
        return [with_lower_keys(item) for item in value]
    if isinstance(value, dict) and not is_intrinsic(value):
        return {str(key).lower(): with_lower_keys(item) for key, item in value.items()}
    return value
