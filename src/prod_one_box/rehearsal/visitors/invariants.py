"""What must hold for every request of every rehearsal, and what was seen instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Invariant(Enum):
    """A promise of the release; its value says it."""

    STICKY = "a visitor's partition never changes while the share stands"
    OWN_ASSETS = "no page asks a partition that is not its own for its assets"
    NEW_ON_NEW = "no new front end meets an old backend, on the way out or back"
    CACHED_APART = "no cached page crosses partitions"
    REGULAR_WAITS = "the regular partition serves nothing new before the bake is over"
    RESTORED = "after an abort every alias of the stack is as it was"

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
    """

    invariant: Invariant
    checks: int
    violations: int
    first: str

    @property
    def held(self) -> bool:
        """Whether nothing broke it."""
        return not self.violations


def worst_verdicts(plays: Sequence[Sequence[Verdict]]) -> tuple[Verdict, ...]:
    """For each invariant, the verdict of the play that broke it most often."""
    return tuple(max(verdicts, key=lambda verdict: verdict.violations) for verdicts in zip(*plays, strict=True))


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
