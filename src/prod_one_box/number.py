"""Tells numbers from what is none, so that a text such as "15m" is refused by the name of its argument."""

from numbers import Real


def is_number(given: object) -> bool:
    """Whether something is a number; True and False are none."""
    return isinstance(given, Real) and not isinstance(given, bool)


def is_share(given: object) -> bool:
    """Whether something is a share, 0 to 1."""
    return isinstance(given, Real) and is_number(given) and 0 <= float(given) <= 1
