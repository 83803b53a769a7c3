"""Reads the public names, what their signatures lead to, and their docstrings without importing `aws_cdk`."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import griffe

import prod_one_box

_Kind = griffe.DocstringSectionKind
_Parameter = griffe.ParameterKind


class Argument(NamedTuple):
    """An argument as a caller sees it, and what the docstring says of it."""

    name: str
    annotation: str
    default: str | None
    description: str | None
    kind: griffe.ParameterKind


@cache
def _package() -> griffe.Module:
    source = Path(prod_one_box.__file__).parent.parent
    return griffe.load("prod_one_box", search_paths=[source], docstring_parser="google")


@cache
def public_objects() -> dict[str, griffe.Object]:
    homes = prod_one_box._HOMES
    return {name: _package()[homes[name].lstrip(".")][name] for name in prod_one_box.__all__}


@cache
def reached_objects() -> dict[str, griffe.Object]:
    """What users meet behind public names and need not name, by path: types of arguments and of attributes."""
    public = {found.canonical_path for found in public_objects().values()}
    reached: dict[str, griffe.Object] = {}
    waiting = [one for _, function in callables() for one in _annotations(function)]
    waiting += [one.annotation for found in public_objects().values() for one in attributes(found)]
    while waiting:
        for found in _own_types(waiting.pop()):
            if found.canonical_path not in public | reached.keys():
                reached[found.canonical_path] = found
                waiting += [one.annotation for one in attributes(found)]
    return dict(sorted(reached.items()))


def _annotations(function: griffe.Function) -> list[str | griffe.Expr | None]:
    return [function.returns, *(one.annotation for one in function.parameters)]


def _own_types(annotation: str | griffe.Expr | None) -> Iterator[griffe.Object]:
    for part in annotation.iterate(flat=True) if isinstance(annotation, griffe.Expr) else ():
        if isinstance(part, griffe.ExprName) and part.canonical_path.startswith("prod_one_box."):
            found = _package()[part.canonical_path.removeprefix("prod_one_box.")]
            yield found.final_target if isinstance(found, griffe.Alias) else found


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
            one.name,
            str(one.annotation),
            None if one.default is None else str(one.default),
            described.get(one.name),
            one.kind or _Parameter.positional_or_keyword,
        )
        for one in function.parameters
        if one.name not in {"self", "cls"}
    ]


def as_written(taken: Iterable[Argument]) -> list[str]:
    """Arguments as a signature has them: those before `/` have no name for a caller, those after `*` no place."""
    lines: list[str] = []
    former = None
    for one in taken:
        if former is _Parameter.positional_only and one.kind is not former:
            lines.append("/")
        if one.kind is _Parameter.keyword_only and former not in (one.kind, _Parameter.var_positional):
            lines.append("*")
        stars = {_Parameter.var_positional: "*", _Parameter.var_keyword: "**"}.get(one.kind, "")
        lines.append(f"{stars}{one.name}: {one.annotation}{'' if one.default is None else f' = {one.default}'}")
        former = one.kind
    return [*lines, *(["/"] if former is _Parameter.positional_only else [])]


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
