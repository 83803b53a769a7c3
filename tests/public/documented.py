"""Reads the public names, their signatures and docstrings without importing `aws_cdk`."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import griffe

import prod_one_box

_Kind = griffe.DocstringSectionKind


class Argument(NamedTuple):
    """An argument as a caller sees it, and what the docstring says of it."""

    name: str
    annotation: str
    default: str | None
    description: str | None


@cache
def public_objects() -> dict[str, griffe.Object]:
    source = Path(prod_one_box.__file__).parent.parent
    package = griffe.load("prod_one_box", search_paths=[source], docstring_parser="google")
    homes = prod_one_box._HOMES
    return {name: package[homes[name].lstrip(".")][name] for name in prod_one_box.__all__}


def callables() -> Iterator[tuple[str, griffe.Function]]:
    """Every function that a user can call by a public name, a class's constructor and methods among them."""
    for name, found in public_objects().items():
        if isinstance(found, griffe.Function):
            yield name, found
        for member in found.members.values() if isinstance(found, griffe.Class) else ():
            if isinstance(member, griffe.Function) and (member.name == "__init__" or not member.name.startswith("_")):
                yield f"{name}.{member.name}", member


def arguments(function: griffe.Function) -> list[Argument]:
    """A dataclass's arguments are described as its attributes."""
    described = _described(function, _Kind.parameters)
    if function.name == "__init__" and isinstance(function.parent, griffe.Class):
        described = _described(function.parent, _Kind.attributes) | described
    return [
        Argument(
            one.name, str(one.annotation), None if one.default is None else str(one.default), described.get(one.name)
        )
        for one in function.parameters
        if one.name not in {"self", "cls"}
    ]


def attributes(found: griffe.Object) -> Iterator[griffe.Attribute]:
    members = found.members.values() if isinstance(found, griffe.Class) else ()
    yield from (one for one in members if isinstance(one, griffe.Attribute) and not one.name.startswith("_"))


def is_described(attribute: griffe.Attribute) -> bool:
    return attribute.docstring is not None or attribute.name in _described(attribute.parent, _Kind.attributes)


def errors(found: griffe.Object) -> list[str]:
    parsed = found.docstring.parsed if found.docstring else []
    return [str(one.annotation) for section in parsed if section.kind is _Kind.raises for one in section.value]


def _described(found: griffe.Object | None, kind: griffe.DocstringSectionKind) -> dict[str, str]:
    parsed = found.docstring.parsed if found is not None and found.docstring else []
    return {one.name: one.description for section in parsed if section.kind is kind for one in section.value}
