"""Whether a recipe can be called as the partitions call it."""

import inspect
from collections.abc import Callable

from ..errors import InvalidArgumentError, shown


def check_recipe(build_function: object, *, path: str) -> None:
    """Refuses what cannot be called with a scope and a partition's name, before the call fails without a name.

    Args:
        build_function: What the user gave.
        path: The construct's path.

    Raises:
        InvalidArgumentError: If it cannot be called so.
    """
    if not callable(build_function):
        given = shown(build_function)
    elif not _takes_two(build_function):
        given = f"one that takes {inspect.signature(build_function)}"
    else:
        return
    raise InvalidArgumentError(
        path=path,
        argument="build_function",
        given=given,
        allowed="a recipe that is called with a scope and the partition's name, and returns a lambda_.Function",
        remedy="Give the function itself, not what it returns: build_function=build_function.",
    )


def _takes_two(build_function: Callable[..., object]) -> bool:
    try:
        inspect.signature(build_function).bind("scope", "partition")
    except TypeError:
        return False
    except ValueError:  # what is not written in Python may have no signature
        pass
    return True
