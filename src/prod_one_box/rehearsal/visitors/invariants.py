"""What must hold for every request of every rehearsal, and what was seen instead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ..aws.outcome import Exposure


class Invariant(Enum):
    """A promise of the release; its value says it."""

    STICKY = "a visitor's partition never changes while the share stands"
    OWN_ASSETS = "no page asks a partition that is not its own for its assets"
    NEW_ON_NEW = "no new front end meets an old backend, on the way out or back"
    CACHED_APART = "no cached page crosses partitions"
    REGULAR_WAITS = "the regular partition serves nothing new before the bake is over"
    RESTORED = "after an abort every alias of the stack is as it was"
    BY_ALIAS = "requests reach a released function by the alias that the release moves"
    BY_EDGE = "every visitor of a partition's origin is sent there by the edge"

    # Enum's own hash runs in Python, and every request asks for it; the members are the only ones of their kind.
    __hash__ = object.__hash__


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of an invariant.

    Attributes:
        invariant: The invariant.
        checks: How many requests, or aliases, it was checked on; 0: nothing in this release could break it.
        violations: How many of them broke it.
        first: The first that did, for people; empty if none did.
        seconds: How long the aliases stood as the invariant forbids, by their history, whether or not anybody came by.
        unknown: Why nobody could check it although it may be broken; default: "", which means that it was checked.
    """

    invariant: Invariant
    checks: int
    violations: int
    first: str
    seconds: float = 0.0
    unknown: str = ""

    @property
    def held(self) -> bool:
        """Whether nothing broke it."""
        return not self.violations and not self.seconds


def worst_verdicts(plays: Sequence[Sequence[Verdict]]) -> tuple[Verdict, ...]:
    """For each invariant, the whole verdict of the play that broke it most often, or else for the longest time."""
    return tuple(max(verdicts, key=_badness) for verdicts in zip(*plays, strict=True))


def _badness(verdict: Verdict) -> tuple[int, float]:
    return verdict.violations, verdict.seconds


def with_history(verdicts: Iterable[Verdict], exposures: Sequence[Exposure]) -> tuple[Verdict, ...]:
    """Adds what the aliases' history tells of the order, which a site without visitors at that time would not show."""
    unbaked = {Invariant.NEW_ON_NEW: False, Invariant.REGULAR_WAITS: True}
    found = {
        invariant: [exposure for exposure in exposures if exposure.unbaked is kind]
        for invariant, kind in unbaked.items()
    }
    return tuple(
        replace(each, seconds=_seconds(stood), first=each.first or f"{stood[0].text} from {stood[0].begin:.1f} s")
        if (stood := found.get(each.invariant))
        else each
        for each in verdicts
    )


def _seconds(exposures: Iterable[Exposure]) -> float:
    """How long any of some exposures lasted; overlaps count once."""
    seconds, until = 0.0, float("-inf")
    for begin, end, *_ in sorted(exposures):
        seconds += max(0.0, end - max(begin, until))
        until = max(until, end)
    return seconds


class Ledger:
    """Counts, for each invariant, what was checked and what broke it.

    Attributes:
        checks: How many requests, or aliases, each invariant was checked on.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forgets everything: what happened before the update is none of its business."""
        self.checks = dict.fromkeys(Invariant, 0)
        self._violations = dict.fromkeys(Invariant, 0)
        self._first = dict.fromkeys(Invariant, "")

    def violate(self, invariant: Invariant, time: float, who: object) -> None:
        """Counts what broke an invariant."""
        if not self._violations[invariant]:
            self._first[invariant] = f"{who} at {time:.1f} s"
        self._violations[invariant] += 1

    def verdicts(self) -> tuple[Verdict, ...]:
        """What became of each invariant."""
        return tuple(
            Verdict(
                invariant=each,
                checks=self.checks[each],
                violations=self._violations[each],
                first=self._first[each],
            )
            for each in Invariant
        )
