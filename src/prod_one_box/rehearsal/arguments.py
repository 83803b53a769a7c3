"""Refuses what `rehearse` cannot take, before it fails somewhere inside with words that name no argument."""

from os import PathLike
from typing import Final

from ..errors import InvalidArgumentError, check_kind
from .assumptions import Assumptions
from .release.release_plan import Disturbance
from .report.limits import Limits
from .visitors.faults import Fault
from .visitors.page_request import PageRequest
from .visitors.population import Population

_PATH: Final = "rehearse"
_NEEDED: Final = ("assembly", "fault")
_FOLDER: Final = ((str, PathLike), "the folder of a cloud assembly, such as 'cdk.out'")
_KINDS: Final[dict[str, tuple[type | tuple[type, ...], str]]] = {
    "assembly": _FOLDER,
    "against": _FOLDER,
    "fault": (Fault, "a Fault, such as Fault(front_end=True)"),
    "visitors": (Population, "a Population, such as Population(visits_per_minute=60)"),
    "disturbance": (Disturbance, "a Disturbance, such as Disturbance(cancel_at=240)"),
    "assumptions": (Assumptions, "Assumptions, such as Assumptions(metric_delay_seconds=120)"),
    "request": (PageRequest, "a PageRequest, such as PageRequest(path='/en')"),
    "limits": (Limits, "Limits, such as Limits(max_affected=0.3)"),
}


def check_kinds(**given: object) -> None:
    """Refuses an argument of another kind.

    Args:
        given: The arguments by their names; None stands for one that was not given.

    Raises:
        InvalidArgumentError: If one is of another kind.
    """
    for argument, value in given.items():
        kind, allowed = _KINDS[argument]
        if value is not None or argument in _NEEDED:
            check_kind(value, kind, path=_PATH, argument=argument, allowed=allowed)


def check_lists(**given: object) -> None:
    """Refuses a text where names are listed: it would be a list too, of letters.

    Args:
        given: The arguments by their names.

    Raises:
        InvalidArgumentError: If one is a text.
    """
    for argument, value in given.items():
        if isinstance(value, str):
            allowed = f"names in a list, such as [{value!r}]"
            raise InvalidArgumentError(path=_PATH, argument=argument, given=repr(value), allowed=allowed)
