"""Refuses what `rehearse` cannot take, before it fails somewhere inside with words that name no argument.

Refuses to report a disturbance that never happened: whoever asked for one would believe that it was tested.
"""

from collections.abc import Iterator
from os import PathLike
from typing import Final

from ..errors import InvalidArgumentError, check_kind
from ..template.cloud_assembly import AssemblyError
from .assumptions import Assumptions
from .aws.provider import NOT_THROTTLED, THROTTLED
from .notation import duration
from .plan.release_plan import Disturbance, ReleasePlan
from .play import Play
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


_CANCELLED = ""  # as Outcome.ended_by has it
_SIBLING = "another resource"
_OF_THROTTLING = (THROTTLED, NOT_THROTTLED)


def check_disturbed(plan: ReleasePlan, play: Play) -> None:
    """Makes sure that everything took place that was to end the update.

    Args:
        plan: The release.
        play: How it went; until the update ends, it goes alike in every way back.

    Raises:
        AssemblyError: If something did not.
    """
    missing = list(_never_happened(plan, play))
    if missing:
        raise AssemblyError("; ".join(missing))


def _never_happened(plan: ReleasePlan, play: Play) -> Iterator[str]:
    asked, outcome = plan.disturbance, play.outcome
    over = duration(outcome.finished_at if outcome.ended_at is None else outcome.ended_at)
    if asked.cancel_at is not None and outcome.ended_by != _CANCELLED:
        at = duration(asked.cancel_at)
        yield f"the cancel after {at} never came to pass: the update was over after {over}"
    if asked.sibling_fails_at is not None and outcome.ended_by != _SIBLING:
        at = duration(asked.sibling_fails_at)
        yield f"the other resource's failure after {at} never came to pass: the update was over after {over}"
    if asked.throttle_at is not None and not any(event.text.endswith(_OF_THROTTLING) for event in play.journal):
        at = duration(asked.throttle_at)
        yield (
            f"the throttling after {at} never came to pass: no wait's handler was called then, and the update was over "
            f"after {over}. Let it begin during a wait"
        )
    if asked.crash_at_poll is not None and not any("the handler crashed" in event.text for event in play.journal):
        waits = tuple(f"{name}:" for name in plan.waits if plan.phases[name] == asked.crash_of)
        polls = sum(event.kind == "poll" and event.text.startswith(waits) for event in play.journal)
        over = f"the {asked.crash_of} was over after {polls} polls"
        yield f"the crash at poll {asked.crash_at_poll} never came to pass: {over}"
