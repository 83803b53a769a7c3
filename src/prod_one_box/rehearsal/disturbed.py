"""Refuses to report a disturbance that never happened: whoever asked for one would believe that it was tested."""

from collections.abc import Iterator

from ..assembly.cloud_assembly import AssemblyError
from .notation import duration
from .play import Play
from .release.provider import NOT_THROTTLED, THROTTLED
from .release.release_plan import ReleasePlan

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
