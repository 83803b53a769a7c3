"""Which distribution's visitors a release meets."""

from collections.abc import Collection, Sequence

from ...assembly.cloud_assembly import AssemblyError
from ...assembly.distributions import Distribution, distributions
from ...assembly.links import Links, Place


def edge_of_release(
    links: Links, stack: str, aliases: Collection[str], *, name: str | None, notes: list[str]
) -> Distribution | None:
    """Finds the distribution whose partitions lead to a release's aliases.

    Args:
        links: The assembly's stacks.
        stack: The name of the release's stack.
        aliases: The logical ids of its aliases.
        name: The distribution's name, if the user says it; None if not.
        notes: Gets a line for each distribution that was taken without a way to the aliases, or left out.

    Returns:
        The distribution; None if none leads there.

    Raises:
        AssemblyError: If several lead there, or there is none of that name.
    """
    found = distributions(links)
    if name is not None:
        return distribution_called(found, name)
    release = {Place(stack, alias) for alias in aliases}
    leading = [each for each in found if each.aliases & release]
    if leading:
        return only_one(leading, f"lead to the aliases of {stack}")
    unknown = [each for each in found if not each.aliases]
    near = [each for each in unknown if each.stack.name == stack]
    for each in near or unknown:
        taken = "it is taken, for it is in the same stack" if near else "take it with --distribution if it is"
        notes.append(f"{each.name}: its origins lead to no alias of this assembly that is known; {taken}")
    return only_one(near, f"are in {stack}") if near else None


def distribution_called(found: Sequence[Distribution], name: str) -> Distribution:
    """Finds the distribution of a name.

    Raises:
        AssemblyError: If there is none, or several.
    """
    called = [each for each in found if each.is_called(name)]
    if not called:
        known = ", ".join(sorted(each.name for each in found)) or "none"
        raise AssemblyError(f"this assembly has no distribution {name} with partitions; it has {known}")
    return only_one(called, f"are called {name}")


def only_one(found: Sequence[Distribution], what: str) -> Distribution:
    """Takes the only distribution.

    Raises:
        AssemblyError: If there are several, with the names to choose from.
    """
    if len(found) > 1:
        names = ", ".join(sorted(each.name for each in found))
        raise AssemblyError(f"several distributions {what}; choose one with --distribution: {names}")
    return found[0]
