"""Checks that run at synth, when everything around a construct has been made."""

from collections.abc import Callable

import jsii
from constructs import IConstruct, IValidation


def check_at_synth(construct: IConstruct, faults: Callable[[], list[str]]) -> None:
    """Let a construct fail the synth with the messages that a function returns.

    Args:
        construct: The construct that the messages are reported for.
        faults: Returns a message for each fault that it finds.
    """
    construct.node.add_validation(_Check(faults))


@jsii.implements(IValidation)
class _Check:
    def __init__(self, faults: Callable[[], list[str]]) -> None:
        self._faults = faults

    def validate(self) -> list[str]:
        return self._faults()
