"""Validate arguments of the constructs, and say what is wrong with them."""

import re
from collections.abc import Iterable, Sequence
from numbers import Real
from sys import float_info
from typing import Final, TypeGuard

_NUMBER_TOKEN: Final = re.compile(r"-1\.8881545897\d*e\+289")
"""CDK's token for a number that is known only at deployment, such as a CfnParameter's, as Python writes it."""

_TAKES_AN: Final = re.compile("(?!One)[AEIOaeio]")
"""Not "U", as in UserPool, and not "One", as in OneBoxFrontend."""


class InvalidArgumentError(ValueError):
    """An argument of a construct is invalid; raised when the construct is created.

    The message names the construct and the argument, what was given, what is allowed and what to do.

    Attributes:
        path: The construct's path in the app, such as `Shop/Backend`.
        argument: The name of the argument.
    """

    path: str
    argument: str

    def __init__(self, *, path: str, argument: str, given: object, allowed: str, remedy: str = "") -> None:
        """Build the message.

        Args:
            path: The construct's path in the app.
            argument: The name of the argument as the user wrote it.
            given: The given value, shown as it is.
            allowed: What is allowed, as a phrase without a full stop.
            remedy: What to do, as a sentence; default: "", if `allowed` is enough.
        """
        self.path = path
        self.argument = argument
        text = _NUMBER_TOKEN.sub("a token", str(given))
        if "a token" in text and not remedy:
            remedy = "A token gets its value at deployment: give one that is known at synth, such as a literal."
        message = f"{path}: {argument}: got {text}; allowed: {allowed}."
        super().__init__(f"{message} {remedy}".rstrip())


def shown(given: object) -> str:
    """Return a plain value as it is written, and any other by its class, as CDK's documentation names it."""
    if isinstance(given, str | int | float | None):
        return repr(given)
    name = _classes(given)[-1].__name__
    # jsii names its classes for interfaces and base classes _IFunctionProxy, _FunctionBaseProxy.
    name = name[1:-5] if name.startswith("_") and name.endswith("Proxy") else name
    return f"{'an' if _TAKES_AN.match(name) else 'a'} {name}"


def check_kind(
    given: object, kind: type | tuple[type, ...], *, path: str, argument: str, allowed: str, remedy: str = ""
) -> None:
    """Raise if a value is of the wrong kind, before it fails elsewhere with a message that names no argument.

    Args:
        given: The value.
        kind: The class or classes of which it must be an instance, or an interface of CDK, whose members it must have.
        path: The construct's path in the app.
        argument: The name of the argument.
        allowed: What is allowed, as a phrase without a full stop.
        remedy: What to do, as a sentence; default: "", if `allowed` is enough.

    Raises:
        InvalidArgumentError: If it is of the wrong kind.
    """
    if not _is_of(given, kind):
        raise InvalidArgumentError(path=path, argument=argument, given=shown(given), allowed=allowed, remedy=remedy)


def check_list(
    given: object, kind: type | tuple[type, ...], *, path: str, argument: str, allowed: str, remedy: str = ""
) -> None:
    """Raise unless the value is a list whose items are of a kind; a single string is not accepted.

    Args:
        given: The value.
        kind: The kind of each item, as for `check_kind`.
        path: The construct's path in the app.
        argument: The name of the argument.
        allowed: What is allowed, as a phrase without a full stop.
        remedy: What to do, as a sentence; default: "", if `allowed` is enough.

    Raises:
        InvalidArgumentError: If it is not a list, or an item is of the wrong kind.
    """
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise InvalidArgumentError(path=path, argument=argument, given=shown(given), allowed=allowed, remedy=remedy)
    for each in given:
        check_kind(each, kind, path=path, argument=argument, allowed=allowed, remedy=remedy)


def _is_of(given: object, kind: type | tuple[type, ...]) -> bool:
    """Check classes only, since reading a property of a construct is a call to Node."""
    if isinstance(kind, type) and getattr(kind, "_is_protocol", False):
        members = [name for name in dir(kind) if not name.startswith("_")]
        return all(any(hasattr(each, name) for each in _classes(given)) for name in members)
    return isinstance(given, kind)


def _classes(given: object) -> list[type]:
    """Return a value's class, and those that jsii gives to an object of Node without a Python class."""
    return [type(each) for each in (given, *getattr(given, "_delegates", ()))]


def is_number(given: object) -> TypeGuard[float]:
    """Check whether a value is a number; True and False are not."""
    return isinstance(given, Real) and not isinstance(given, bool)


def check_numbers(
    owner: object, names: Iterable[str], allowed: str, *, above_0: bool = False, most: float = float_info.max
) -> None:
    """Raise a `ValueError` unless attributes are numbers from 0 to `most`; None is allowed where it is the default.

    `allowed` describes these numbers; `above_0` excludes 0.
    """
    for name in names:
        given = getattr(owner, name)
        if given is not None or getattr(type(owner), name) is not None:
            check_number(name, given, allowed, above_0=above_0, most=most)


def check_number(name: str, given: object, allowed: str, *, above_0: bool, most: float) -> None:
    """Raise a `ValueError` unless a value is a number as `check_numbers` allows it."""
    if not (is_number(given) and 0 <= given <= most) or (above_0 and not given):
        raise ValueError(f"{name}: got {given!r}; allowed: {allowed}")
