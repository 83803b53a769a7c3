"""Checks that run at synth, when everything around a construct has been made."""

from collections.abc import Callable
from typing import Final

import jsii
from constructs import IConstruct, IValidation

from .jsii_cache import key_of, stage_of

Faults = Callable[[], list[str]]


def check_at_synth(construct: IConstruct, faults: Faults) -> None:
    """Let the synth of a construct's stage fail with the messages that a function returns.

    Args:
        construct: The construct, which the messages name.
        faults: Returns a message for each fault that it finds.
    """
    stage = stage_of(construct)
    if key_of(stage) not in _CHECKS:
        _CHECKS[key_of(stage)] = _Checks()
        stage.node.add_validation(_CHECKS[key_of(stage)])
    _CHECKS[key_of(stage)].all.append(faults)


@jsii.implements(IValidation)
class _Checks:
    """The checks of one stage, which cost Node one call of Python."""

    def __init__(self) -> None:
        self.all: list[Faults] = []

    def validate(self) -> list[str]:
        return [fault for faults in self.all for fault in faults()]


_CHECKS: Final[dict[str, _Checks]] = {}
