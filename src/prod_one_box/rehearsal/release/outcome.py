"""What became of a release."""

from dataclasses import dataclass
from typing import NamedTuple

from .aliases import AliasMove


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
