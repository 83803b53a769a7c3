"""What became of a release, and when its aliases pointed where they never should."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...vocabulary import BAKE, REGULAR, in_release_order, is_partition
from ..plan.phases import wave_of
from ..plan.release_plan import AliasChange, ReleasePlan
from .aliases import AliasMove, AliasState


class Span(NamedTuple):
    """How long CloudFormation was busy with a resource.

    Attributes:
        name: The resource's logical id.
        phase: Its phase; "" for none.
        begin: When it started, in seconds.
        end: When it was done, or ended otherwise, in seconds.
        done: Whether it was done.
        back: Whether this was in the rollback.
    """

    name: str
    phase: str
    begin: float
    end: float
    done: bool
    back: bool


class Answer(NamedTuple):
    """What a wait answered to the release.

    Attributes:
        name: The wait's logical id.
        phase: Its phase: "preflight", "bake" or "watch".
        wave: The partition that switched before a bake; "" for other waits, or if nothing says it.
        time: When it answered, in seconds.
        passed: Whether the release went on.
        text: The handler's words.
    """

    name: str
    phase: str
    wave: str
    time: float
    passed: bool
    text: str


class Exposure(NamedTuple):
    """A time during which aliases pointed where they never should.

    Attributes:
        begin: When it started, in seconds.
        end: When it was over, in seconds.
        text: Which alias served what, for people.
        unbaked: Whether a partition was on the new version before the bake of the wave before it was over; otherwise a
            new front end met an old backend.
    """

    begin: float
    end: float
    text: str
    unbaked: bool


def seconds_in(periods: Iterable[tuple[float, float]]) -> float:
    """Return how long periods, each from its begin to its end, last together; overlaps count once."""
    seconds, until = 0.0, float("-inf")
    for begin, end in sorted(periods):
        seconds += max(0.0, end - max(begin, until))
        until = max(until, end)
    return seconds


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a release.

    Attributes:
        status: The stack's last status.
        promoted: Whether the update is complete, with all visitors on the release.
        ended_at: When the update failed or was cancelled, in seconds; None if it did not.
        ended_by: The resource that failed, or "" for a cancel, and None if the update did not end.
        reason: Why it ended, for people; "" if it did not.
        touched: The resources whose change had started when it ended.
        contained: The moves by which the library itself put aliases back, in order.
        back_at: When the last alias was where it had been before the release, in seconds; None if the release was
            promoted, or if not all of them came back.
        finished_at: When CloudFormation was done, including the cleanup, in seconds.
        spans: How long each resource took, in the order of their starts.
        too_early: When new front ends met an old backend, or a partition was new before the bake before it was over.
        not_back: The aliases that are not as they were, after a release that ended.
        way_back: The way back that was played, for people; "" if there was none.
        answers: What the waits answered to the release, in order.
        worse_at: When the minute could be read by which the comparison ended the release, in seconds; None if it did
            not.
    """

    status: str
    promoted: bool
    ended_at: float | None
    ended_by: str | None
    reason: str
    touched: frozenset[str]
    contained: tuple[AliasMove, ...]
    back_at: float | None
    finished_at: float
    spans: tuple[Span, ...]
    too_early: tuple[Exposure, ...]
    not_back: tuple[str, ...]
    way_back: str
    answers: tuple[Answer, ...] = ()
    worse_at: float | None = None


def end_of_bakes(plan: ReleasePlan, spans: Sequence[Span], partition: str) -> float | None:
    """Return when the last bake before a partition's switch was over, in seconds.

    It is None if the release does not bake before it, and infinity if a bake was left out or did not come to its end.
    """
    bakes = bakes_before(plan, partition)
    if not bakes:
        return None
    ends = [span.end for span in spans if span.name in bakes and span.done and not span.back]
    return max(ends) if len(ends) == len(bakes) and "bake" not in plan.without else float("inf")


def bakes_before(plan: ReleasePlan, partition: str) -> list[str]:
    """Return the bakes that must be over before a partition's switch.

    A bake that names no wave comes before the regular partition.
    """
    bakes = {name: wave_of(plan.new.resources[name]) for name in plan.waits if plan.phases[name] == BAKE}
    return [
        name
        for name, wave in bakes.items()
        if name in plan.changed
        and (partition != wave and in_release_order([partition, wave])[0] == wave if wave else partition == REGULAR)
    ]


def exposures(
    plan: ReleasePlan, before: Mapping[str, AliasState], moves: Sequence[AliasMove], spans: Sequence[Span], end: float
) -> tuple[Exposure, ...]:
    """Return the times until `end` at which aliases pointed where they never should, in the order of their starts."""
    fronts = {plan.phases[name] for name in plan.moving if is_partition(plan.phases[name])}
    baked_at = {partition: end_of_bakes(plan, spans, partition) for partition in sorted(fronts)}
    open_since: dict[tuple[str, bool], float] = {}
    found: list[Exposure] = []
    for begin, until, states in _constant_states(before, moves, end):
        unbaked = {partition for partition, time in baked_at.items() if time is not None and begin < time}
        wrong_now = set(_wrong(plan, states, unbaked))
        found += [Exposure(open_since.pop(wrong), begin, *wrong) for wrong in sorted(open_since.keys() - wrong_now)]
        if until > begin:
            for wrong in sorted(wrong_now):
                open_since.setdefault(wrong, begin)
    found += [Exposure(since, end, *wrong) for wrong, since in open_since.items()]
    return tuple(sorted(found))


def _constant_states(
    before: Mapping[str, AliasState], moves: Sequence[AliasMove], end: float
) -> Iterator[tuple[float, float, Mapping[str, AliasState]]]:
    """Yield each time between two moves, from begin to end, with where the aliases point in it."""
    states = dict(before)
    ends = [*(move.time for move in moves), end][1:]
    for move, until in zip(moves, ends, strict=True):
        states[move.alias] = move.after
        yield move.time, until, states


def _wrong(plan: ReleasePlan, states: Mapping[str, AliasState], unbaked: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Yield what is wrong with some states, in words, and whether it is a missing bake.

    `unbaked` has the partitions whose turn has not come, because a bake before it is not over.
    """
    moving = [plan.aliases[name] for name in sorted(plan.moving) if name in states]
    fronts = [each for each in moving if is_partition(plan.phases[each.logical_id])]
    for front in fronts:
        if not states[front.logical_id].serves(front.new):
            continue
        for backend in moving:
            if backend.logical_id in plan.backends and _serves_old(backend, states):
                old = f"{backend.logical_id} still served its old one"
                yield f"{front.logical_id} served its new version while {old}", False
        if plan.phases[front.logical_id] in unbaked:
            yield f"{front.logical_id} served its new version before the bake was over", True


def _serves_old(alias: AliasChange, states: Mapping[str, AliasState]) -> bool:
    return alias.old is not None and states[alias.logical_id].serves(alias.old)
