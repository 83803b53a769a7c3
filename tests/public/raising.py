"""Finds in the source which errors of the library's a function can raise, by itself or by what it calls by name."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import prod_one_box

ERRORS = {"InvalidArgumentError", "AssemblyError", "ValueError"}
_PACKAGE = Path(prod_one_box.__file__).parent


def raised_by(module: str, name: str) -> set[str]:
    """The errors of a function, or of a class's method, such as `Stickiness.cookie`.

    Calls of other objects' methods are not followed: their class is not in the source.
    """
    found: set[str] = set()
    module = module.removeprefix("prod_one_box.")
    seen: set[tuple[str, str]] = set()
    waiting = [(module, name)]
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            functions = _functions(at[0])
            for body in (functions[each] for each in _meant(at[1], functions)):
                found |= _raised_in(body)
                waiting += _called_in(body, *at)
    return found


@cache
def _tree(module: str) -> ast.Module:
    path = _PACKAGE.joinpath(*module.split("."))
    return ast.parse(
        (path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py").read_text()
    )


@cache
def _functions(module: str) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {}
    for one in _tree(module).body:
        if isinstance(one, ast.FunctionDef):
            found[one.name] = one
        if isinstance(one, ast.ClassDef):
            found |= {f"{one.name}.{each.name}": each for each in one.body if isinstance(each, ast.FunctionDef)}
    return found


def _meant(name: str, functions: dict[str, ast.AST]) -> list[str]:
    """Calling a class runs its constructor, and a dataclass's `__post_init__`."""
    owner = name.removesuffix(".__init__")
    return [each for each in (name, f"{owner}.__init__", f"{owner}.__post_init__") if each in functions]


def _raised_in(body: ast.AST) -> set[str]:
    """A function that makes an error for others to raise counts as one that raises it."""
    called = (one.func for one in ast.walk(body) if isinstance(one, ast.Call))
    return {one.id for one in called if isinstance(one, ast.Name)} & ERRORS


def _called_in(body: ast.AST, module: str, name: str) -> Iterator[tuple[str, str]]:
    homes = _imports(module)
    for one in ast.walk(body):
        if not isinstance(one, ast.Call):
            continue
        called = ast.unparse(one.func)
        if called.startswith("self."):
            yield module, f"{name.split('.', maxsplit=1)[0]}.{called.removeprefix('self.')}"
        elif called.split(".")[0] in homes:
            yield homes[called.split(".")[0]], called
        else:
            yield module, called


@cache
def _imports(module: str) -> dict[str, str]:
    """Where the names come from that a module takes from the package."""
    parts = module.split(".")
    return {
        one.name: ".".join([*parts[: len(parts) - line.level], line.module or ""])
        for line in ast.walk(_tree(module))
        if isinstance(line, ast.ImportFrom) and line.level and line.module
        for one in line.names
        if _PACKAGE.joinpath(*parts[: len(parts) - line.level], *line.module.split(".")).with_suffix(".py").exists()
    }
