"""Checks that run at synth, when everything around a construct has been made."""

from collections.abc import Callable, Iterable
from typing import Final

import jsii
from constructs import IConstruct, IValidation

from ..errors import InvalidArgumentError
from .jsii_cache import key_of, path_of, stack_of

Check = Callable[[], Iterable[str] | None]


def check_at_synth(construct: IConstruct, check: Check) -> None:
    """Let the synth fail with what a function finds.

    Args:
        construct: The construct, whose path each message gets that does not start with it.
        check: Returns a message for each fault, or raises `InvalidArgumentError`.
    """
    stack = stack_of(construct)
    validation = _VALIDATIONS.get(key_of(stack))
    if validation is None:
        validation = _VALIDATIONS[key_of(stack)] = _Validation()
        stack.node.add_validation(validation)
    validation.checks.append((construct, check))


@jsii.implements(IValidation)
class _Validation:
    """All checks of a stack, so that Node calls Python once."""

    def __init__(self) -> None:
        self.checks: list[tuple[IConstruct, Check]] = []

    def validate(self) -> list[str]:
        return [fault for construct, check in self.checks for fault in _faults(construct, check)]


_VALIDATIONS: Final[dict[str, _Validation]] = {}
"""The validation of each stack."""


def _faults(construct: IConstruct, check: Check) -> list[str]:
    try:
        found = list(check() or ())
    except InvalidArgumentError as error:
        return [str(error)]
    if not found:
        return []
    path = path_of(construct)
    return [each if each.startswith(path) else f"{path}: {each}" for each in found]
