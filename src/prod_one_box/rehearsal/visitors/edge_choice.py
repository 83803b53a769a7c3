"""Which distribution's visitors a release meets."""

from collections.abc import Collection

from ...assembly.chosen_distribution import distribution_called, only_one
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
        taken = (
            "it is used, because it is in the same stack"
            if near
            else "choose it with --distribution if it is the site's"
        )
        notes.append(f"{each.name}: no origin of it is known to lead to an alias of this assembly; {taken}")
    return only_one(near, f"are in {stack}") if near else None
