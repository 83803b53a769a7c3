"""Which distribution a user means."""

from collections.abc import Collection, Sequence

from .cloud_assembly import AssemblyError
from .distributions import Distribution


def distribution_called(found: Sequence[Distribution], name: str) -> Distribution:
    """Finds the distribution of a name.

    Raises:
        AssemblyError: If there is none, or several.
    """
    called = [each for each in found if each.is_called(name)]
    if not called:
        known = ", ".join(sorted(each.name for each in found)) or "none"
        raise AssemblyError(f"this assembly has no distribution {name}; it has {known}")
    return only_one(called, f"are called {name}")


def distributions_of(found: Sequence[Distribution], stacks: Collection[str]) -> list[Distribution]:
    """The distributions that some stacks hold, or else those that lead to the stacks' aliases."""
    held = [each for each in found if each.stack.name in stacks]
    return held or [each for each in found if {alias.stack for alias in each.aliases} & set(stacks)]


def only_one(found: Sequence[Distribution], what: str) -> Distribution:
    """Takes the only distribution.

    Raises:
        AssemblyError: If there are several, with the names to choose from.
    """
    if len(found) > 1:
        names = ", ".join(sorted(each.name for each in found))
        raise AssemblyError(f"several distributions {what}; choose one with --distribution: {names}")
    return found[0]
