"""The one error that the constructs raise for an argument that AWS, or the design, would refuse.

Tells numbers from what is none, so that a text such as "15m" is refused by the name of its argument.
"""

import re
from collections.abc import Sequence
from numbers import Real
from typing import Final

_NUMBER_TOKEN: Final = re.compile(r"-1\.8881545897\d*e\+289")
"""How Python writes what CDK gives for a number that is known only at deployment, such as a CfnParameter's."""

_TAKES_AN: Final = re.compile("(?!One)[AEIOaeio]")
"""Not U, as in a UserPool, and no OneBoxFrontend."""


class InvalidArgumentError(ValueError):
    """An argument of a construct that cannot work, found when the construct is made.

    Its message says which construct, which argument, what was given, what is allowed and what to do.

    Attributes:
        path: The construct's path in the app, such as `Shop/Backend`.
        argument: The name of the argument.
    """

    path: str
    argument: str

    def __init__(self, *, path: str, argument: str, given: object, allowed: str, remedy: str = "") -> None:
        """Builds the message.

        Args:
            path: The construct's path in the app.
            argument: The name of the argument as the user wrote it.
            given: What was given, shown as it is.
            allowed: What is allowed instead, as a phrase without a full stop.
            remedy: What to do about it, a sentence; default: "", which means that `allowed` says enough.
        """
        self.path = path
        self.argument = argument
        text = _NUMBER_TOKEN.sub("a token", str(given))
        if "a token" in text and not remedy:
            remedy = "A token gets its value at deployment: give one that is known at synth, such as a literal."
        message = f"{path}: {argument}: got {text}; allowed: {allowed}."
        super().__init__(f"{message} {remedy}".rstrip())


def shown(given: object) -> str:
    """Shows a value as it was written if it is a plain one, else by its class, as CDK's documentation names that."""
    if isinstance(given, str | int | float | None):
        return repr(given)
    name = _classes(given)[-1].__name__
    # jsii's own classes for what is known by an interface or a base class alone: _IFunctionProxy, _FunctionBaseProxy.
    name = name[1:-5] if name.startswith("_") and name.endswith("Proxy") else name
    return f"{'an' if _TAKES_AN.match(name) else 'a'} {name}"


def check_kind(
    given: object, kind: type | tuple[type, ...], *, path: str, argument: str, allowed: str, remedy: str = ""
) -> None:
    """Refuses a value of another kind, before it fails somewhere inside with words that name no argument.

    Args:
        given: The value.
        kind: The class, or classes, that it must be of; or an interface of CDK, whose members it must have.
        path: The construct's path in the app.
        argument: The name of the argument.
        allowed: What is allowed, as a phrase without a full stop.
        remedy: What to do about it; default: "", which means that `allowed` says enough.

    Raises:
        InvalidArgumentError: If it is of another kind.
    """
    if not _is_of(given, kind):
        raise InvalidArgumentError(path=path, argument=argument, given=shown(given), allowed=allowed, remedy=remedy)


def check_list(
    given: object, kind: type | tuple[type, ...], *, path: str, argument: str, allowed: str, remedy: str = ""
) -> None:
    """Refuses what is no list, and a list with a value of another kind; one text is no list, though a sequence.

    Args:
        given: The list.
        kind: What each in it must be, as for `check_kind`.
        path: The construct's path in the app.
        argument: The name of the argument.
        allowed: What is allowed, as a phrase without a full stop.
        remedy: What to do about it; default: "", which means that `allowed` says enough.

    Raises:
        InvalidArgumentError: If it is no list of that kind.
    """
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise InvalidArgumentError(path=path, argument=argument, given=shown(given), allowed=allowed, remedy=remedy)
    for each in given:
        check_kind(each, kind, path=path, argument=argument, allowed=allowed, remedy=remedy)


def _is_of(given: object, kind: type | tuple[type, ...]) -> bool:
    """Asks classes alone: reading a property of a construct is a question to Node."""
    if isinstance(kind, type) and getattr(kind, "_is_protocol", False):
        members = [name for name in dir(kind) if not name.startswith("_")]
        return all(any(hasattr(each, name) for each in _classes(given)) for name in members)
    return isinstance(given, kind)


def _classes(given: object) -> list[type]:
    """Finds a value's class, and those that jsii gives to an object of Node that has none of its own here."""
    return [type(each) for each in (given, *getattr(given, "_delegates", ()))]


def is_number(given: object) -> bool:
    """Whether something is a number; True and False are none."""
    return isinstance(given, Real) and not isinstance(given, bool)


def is_share(given: object) -> bool:
    """Whether something is a share, 0 to 1."""
    return isinstance(given, Real) and is_number(given) and 0 <= float(given) <= 1
