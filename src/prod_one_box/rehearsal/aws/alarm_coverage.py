"""Which alarms a release watches, and when it does: what nobody watches ends nothing."""

from collections.abc import Iterable, Iterator

from ...template.cloud_assembly import listing, mapping, properties
from ..cloudwatch.alarms import AlarmChange
from ..plan.release_plan import ReleasePlan
from .outcome import Span


def watched_by(plan: ReleasePlan, name: str) -> frozenset[str]:
    """The logical ids of the alarms that a wait or an alias's deployment group of this release watches.

    Args:
        plan: The release.
        name: The wait's or the alias's logical id; anything else watches nothing.
    """
    if name in plan.waits and name not in plan.left_out:
        said = [mapping(each).get("LogicalId") for each in listing(properties(plan.new.resources[name]).get("Alarms"))]
        return frozenset(str(each) for each in said if each in plan.new.resources)
    alias = plan.aliases.get(name)
    return frozenset(alias.shift.alarms) if alias and alias.shift and name in plan.moving else frozenset()


def noticed_at(
    plan: ReleasePlan, spans: Iterable[Span], alarms: Iterable[AlarmChange], since: float | None
) -> float | None:
    """When a watched alarm that turned red first met somebody who watched it; None if that never happened.

    Args:
        plan: The release.
        spans: What CloudFormation was busy with.
        alarms: Every change of an alarm's state.
        since: The bad version's first request: what turned red before says nothing of it. None if there was none.
    """
    red = list(_red(alarms))
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
    """Names the waits and the deployment groups of this release that watch no alarm, a sentence each."""
    waits = [
        f"{name} watches no alarm: whatever happens, it ends nothing"
        for name in sorted(plan.changed & plan.waits.keys() - plan.left_out)
        if not listing(properties(plan.new.resources[name]).get("Alarms"))
    ]
    shifted = [name for name in sorted(plan.moving & plan.changed) if plan.aliases[name].shift]
    groups = [
        f"{name}: its deployment group watches no alarm: whatever happens, its shift goes on"
        for name in shifted
        if not watched_by(plan, name)
    ]
    return (*waits, *groups)


def _red(alarms: Iterable[AlarmChange]) -> Iterator[tuple[str, float, float]]:
    """Each stretch of time for which an alarm was red."""
    since: dict[str, float] = {}
    for change in alarms:
        if change.after == "ALARM":
            since[change.logical_id] = change.time
        elif change.logical_id in since:
            yield change.logical_id, since.pop(change.logical_id), change.time
    yield from ((alarm, begin, float("inf")) for alarm, begin in since.items())
