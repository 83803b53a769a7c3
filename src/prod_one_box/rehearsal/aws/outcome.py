"""What became of a release.

Finds in the aliases' history the times at which they stood as they never should.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...vocabulary import BAKE, ONE_BOX, REGULAR
from ..plan.release_plan import AliasChange, ReleasePlan
from .aliases import AliasMove, AliasState


class Span(NamedTuple):
    """How long CloudFormation was busy with a resource.

    Attributes:
        name: The resource's logical id.
        phase: Its phase; "" for none.
        begin: When it began, in seconds.
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


class Exposure(NamedTuple):
    """A time during which aliases stood as they never should.

    Attributes:
        begin: When it began, in seconds.
        end: When it was over, in seconds.
        text: What stood how, for people.
        unbaked: Whether it is the regular partition that was new too early; otherwise a new front end stood before an
            old backend.
    """

    begin: float
    end: float
    text: str
    unbaked: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a release.

    Attributes:
        status: The stack's last status.
        promoted: Whether the update is complete, with all visitors on the release.
        ended_at: When the update failed or was cancelled, in seconds; None if it did not.
        ended_by: The resource that failed, or "" for a cancel, and None if the update did not end.
        reason: Why it ended, for people; "" if it did not.
        touched: What the update had begun when it ended.
        contained: What the library itself put back, in order.
        back_at: When the last alias was where it had been before the release, in seconds; None if the release was
            promoted, or if not all of them came back.
        finished_at: When CloudFormation was done, cleaning up included, in seconds.
        spans: How long everything took, in the order in which it began.
        too_early: When new front ends met an old backend, or the regular partition was new before its bake was over.
        not_back: After a release that ended: the aliases that are not as they were.
        way_back: The way back that was played, for people; "" if there was none.
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


def exposures(
    plan: ReleasePlan, before: Mapping[str, AliasState], history: Sequence[AliasMove], spans: Sequence[Span], end: float
) -> tuple[Exposure, ...]:
    """Lists them in the order in which they began.

    Args:
        plan: The release.
        before: Where the aliases pointed before it.
        history: What moved since.
        spans: What CloudFormation was busy with.
        end: When the release was over, in seconds.
    """
    bakes = [name for name in plan.waits if plan.phases[name] == BAKE and name in plan.changed]
    held = () if "bake" in plan.without else spans
    ends = [span.end for span in held if span.name in bakes and span.done and not span.back]
    baked_at = max(ends) if bakes and len(ends) == len(bakes) else None
    open_since: dict[tuple[str, bool], float] = {}
    found: list[Exposure] = []
    for begin, until, states in _standing(before, history, end):
        standing = set(_wrong(plan, states, unbaked=bool(bakes) and (baked_at is None or begin < baked_at)))
        past = sorted(open_since.keys() - standing)
        found += [Exposure(open_since.pop(wrong), begin, *wrong) for wrong in past]
        if until > begin:
            for wrong in sorted(standing):
                open_since.setdefault(wrong, begin)
    found += [Exposure(since, end, *wrong) for wrong, since in open_since.items()]
    return tuple(sorted(found))


def _standing(
    before: Mapping[str, AliasState], history: Sequence[AliasMove], end: float
) -> Iterator[tuple[float, float, Mapping[str, AliasState]]]:
    states = dict(before)
    ends = [*(move.time for move in history), end][1:]
    for move, until in zip(history, ends, strict=True):
        states[move.alias] = move.after
        yield move.time, until, states


def _wrong(plan: ReleasePlan, states: Mapping[str, AliasState], *, unbaked: bool) -> Iterator[tuple[str, bool]]:
    moving = [plan.aliases[name] for name in sorted(plan.moving) if name in states]
    new_fronts = [each for each in moving if _in(plan, each, ONE_BOX, REGULAR) and _serves_new(each, states)]
    old_backends = [each for each in moving if each.logical_id in plan.backends and _serves_old(each, states)]
    for front in new_fronts:
        for backend in old_backends:
            old = f"{backend.logical_id} still served its old one"
            yield f"{front.logical_id} served its new version while {old}", False
        if unbaked and _in(plan, front, REGULAR):
            yield f"{front.logical_id} served its new version before the bake was over", True


def _in(plan: ReleasePlan, alias: AliasChange, *phases: str) -> bool:
    return plan.phases[alias.logical_id] in phases


def _serves_new(alias: AliasChange, states: Mapping[str, AliasState]) -> bool:
    return states[alias.logical_id].serves(alias.new)


def _serves_old(alias: AliasChange, states: Mapping[str, AliasState]) -> bool:
    return alias.old is not None and states[alias.logical_id].serves(alias.old)
