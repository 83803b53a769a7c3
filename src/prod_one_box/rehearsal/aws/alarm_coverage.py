"""Which alarms a release watches, and when: an alarm that nothing watches ends nothing."""

from collections.abc import Iterable, Iterator

from ...template.cloud_assembly import Json, listing, mapping, properties
from ..cloudwatch.alarm_states import AlarmChange
from ..plan.release_plan import ReleasePlan
from .outcome import Span


def watched_by(plan: ReleasePlan, name: str) -> frozenset[str]:
    """Return the logical ids of the alarms that a wait, or an alias's deployment group, watches in this release."""
    if name in plan.waits and name not in plan.left_out:
        alarms = [mapping(each).get("LogicalId") for each in _alarms_of_wait(plan, name)]
        return frozenset(str(each) for each in alarms if each in plan.new.resources)
    alias = plan.aliases.get(name)
    return frozenset(alias.shift.alarms) if alias and alias.shift and name in plan.moving else frozenset()


def noticed_at(
    plan: ReleasePlan, spans: Iterable[Span], changes: Iterable[AlarmChange], since: float | None
) -> float | None:
    """Return when a red alarm was first watched by a wait or a deployment, in seconds; None if it never was.

    Alarms that turned red before `since`, the bad version's first request, have another cause.
    """
    red = list(_red_times(changes))
    moments = [
        max(begin, span.begin)
        for span in spans
        if not span.back
        for alarm, begin, end in red
        if alarm in watched_by(plan, span.name) and begin <= span.end and end > span.begin
        if since is not None and begin >= since
    ]
    return min(moments, default=None)


def watching_nothing(plan: ReleasePlan) -> tuple[str, ...]:
    """Name the waits and the deployment groups of this release that nothing can end, a sentence each."""
    waits = [
        f"{name} watches no alarm: whatever happens, it ends nothing"
        for name in sorted(plan.changed & plan.waits.keys() - plan.left_out)
        if not _alarms_of_wait(plan, name) and not plan.compares_in(name)
    ]
    groups = [
        f"{name}: its deployment group watches no alarm: whatever happens, its shift goes on"
        for name in sorted(plan.moving & plan.changed)
        if plan.aliases[name].shift and not watched_by(plan, name)
    ]
    return (*waits, *groups)


def _alarms_of_wait(plan: ReleasePlan, name: str) -> list[Json]:
    return listing(properties(plan.new.resources[name]).get("Alarms"))


def _red_times(changes: Iterable[AlarmChange]) -> Iterator[tuple[str, float, float]]:
    """Yield each alarm that was red, with the begin and the end of that time."""
    since: dict[str, float] = {}
    for change in changes:
        if change.after == "ALARM":
            since[change.logical_id] = change.time
        elif change.logical_id in since:
            yield change.logical_id, since.pop(change.logical_id), change.time
    yield from ((alarm, begin, float("inf")) for alarm, begin in since.items())
