"""Replace logical ids with the paths of constructs, which people know."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from .cloud_assembly import AssemblyError, StackTemplate

# Not a word of a path or of a file's name.
_WORD: Final = re.compile(r"(?<![\w/.-])[A-Za-z0-9]+(?![\w/])")


def construct_names(stacks: Sequence[StackTemplate]) -> dict[str, str]:
    """Return the construct's path for each logical id, except for ids of several constructs."""
    return _unique((each.logical_id, each.path) for stack in stacks for each in stack.resources.values() if each.path)


def names_in_release(new: StackTemplate, old: StackTemplate, stacks: Sequence[StackTemplate]) -> dict[str, str]:
    """Return the construct's path for each logical id of a release, within its stack without the stack's name.

    Resources only in the old stack are marked if the new one has the same construct.
    """
    after = {name: path_in(new, name) for name, each in new.resources.items() if each.path}
    taken = set(after.values())
    gone = {name: path_in(old, name) for name, each in old.resources.items() if each.path and name not in after}
    before = {name: f"{path} (before)" if path in taken else path for name, path in gone.items()}
    return {**construct_names([each for each in stacks if each.name != new.name]), **before, **after}


def path_in(stack: StackTemplate, logical_id: str) -> str:
    """Return the path of a resource's construct in its stack, or its logical id if the assembly does not give it."""
    path = stack.resources[logical_id].path if logical_id in stack.resources else ""
    return path.removeprefix(f"{stack.name}/") or logical_id


def with_constructs(text: str, names: Mapping[str, str]) -> str:
    """Replace the logical ids in a text with their paths."""
    return _WORD.sub(lambda found: names.get(found[0], found[0]), text)


@contextmanager
def naming_constructs(stacks: Sequence[StackTemplate]) -> Iterator[None]:
    """Replace logical ids with paths in the message of an `AssemblyError` that is raised inside."""
    try:
        yield
    except AssemblyError as error:
        raise AssemblyError(with_constructs(str(error), construct_names(stacks))) from error


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    several: set[str] = set()
    for name, path in pairs:
        if found.setdefault(name, path) != path:
            several.add(name)
    return {name: path for name, path in found.items() if name not in several}
