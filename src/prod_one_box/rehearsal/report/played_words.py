"""What was played, in words: the release, what was wrong with it, and what happened to it from outside."""

from collections.abc import Iterator

from ..notation import duration
from ..visitors.faults import Fault
from .report import Report


def what_was_played(report: Report) -> str:
    """The release, its faults, and what it went without."""
    fault = report.fault
    tiers = [name for name, has in (("front end", fault.front_end), ("backend", fault.backend)) if has]
    release = f"a bad {' and a bad '.join(tiers)}" if tiers else "a good release"
    return f"{release} without {', '.join(report.without)}" if report.without else release


def played_lines(report: Report) -> Iterator[str]:
    """What is wrong with the new code, and what happens to the update, a sentence each."""
    fault = report.fault
    if fault.is_any:
        tiers = " and ".join(name for name, has in (("front end", fault.front_end), ("backend", fault.backend)) if has)
        whom = f", for {100 * fault.visitors:.3g} % of visitors" if fault.visitors < 1 else ""
        late = f", from {duration(fault.after)} after its first request on" if fault.after else ""
        yield f"The new {tiers}: {', '.join(_symptoms(fault)) or 'nothing that shows'}{whom}{late}"
    if fault.needs_new_backend:
        yield "The new front end's pages break when an old backend answers"
    yield from _from_outside(report)


def _symptoms(fault: Fault) -> Iterator[str]:
    kind = "are answered with 500" if fault.answers else "crash"
    if fault.failing:
        yield f"{100 * fault.failing:.3g} % of requests {kind}"
    if fault.leak:
        yield f"{100 * fault.leak:.3g} % more {kind} every minute"
    if fault.latency_factor != 1:
        yield f"requests take {fault.latency_factor:g} times as long"
    if fault.broken_page:
        yield "pages load and do not work"


def _from_outside(report: Report) -> Iterator[str]:
    asked = report.disturbance
    if asked.cancel_at is not None:
        yield f"An operator cancels the update after {duration(asked.cancel_at)}"
    if asked.sibling_fails_at is not None:
        yield f"Another resource fails after {duration(asked.sibling_fails_at)}"
    if asked.crash_at_poll is not None:
        yield f"The handler crashes at poll {asked.crash_at_poll} of the {asked.crash_of}"
    if asked.throttle_at is not None:
        long = "" if asked.throttle_for is None else f" for {duration(asked.throttle_for)}"
        yield f"Lambda throttles the waits' handlers after {duration(asked.throttle_at)}{long}"
    if report.red:
        yield report.with_constructs(f"Red already: {', '.join(report.red)}")
