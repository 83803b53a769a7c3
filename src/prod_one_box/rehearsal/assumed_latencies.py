"""Names the alarms that nothing but assumed latencies turned red: other numbers may leave them green."""

from collections.abc import Collection, Iterator
from typing import Final

from .alarms.alarms import read_alarms
from .play import Play
from .release.release_plan import ReleasePlan
from .visitors.faults import Fault

_LATENCIES: Final = {"Duration", "Latency", "IntegrationLatency"}
_COUNTS: Final = {"Invocations", "Count"}


def red_by_assumption(plan: ReleasePlan, fault: Fault, play: Play, red: Collection[str]) -> Iterator[str]:
    """Says so in a sentence; none if there is no such alarm.

    Args:
        plan: The release.
        fault: What is wrong with the new code; where that is slower, the latencies are no longer assumed alone.
        play: How it went.
        red: The alarms that were red already.
    """
    if fault.is_any and fault.latency_factor != 1:
        return
    turned = {change.logical_id for change in play.alarms if change.after == "ALARM"} - {*red}
    metrics = {name: {key.name for key in each.metrics} for name, each in read_alarms(plan.new).items()}
    found = [
        name
        for name in sorted(turned & metrics.keys())
        if metrics[name] & _LATENCIES and metrics[name] <= _LATENCIES | _COUNTS
    ]
    if found:
        yield (
            f"By assumed latencies alone {', '.join(found)} turned red: page_milliseconds, api_milliseconds and "
            "latency_spread decide that, and --assume sets them"
        )
