"""The invariants that every rehearsal checks, and their results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ..aws.outcome import Exposure, seconds_in


class Invariant(Enum):
    """An invariant of the release; its value states it."""

    STICKY = "a visitor's partition never changes while the shares stay the same"
    OWN_ASSETS = "no page loads its assets from another partition"
    NEW_ON_NEW = "no new front end calls an old backend, on the way out or back"
    CACHED_APART = "no cached page crosses partitions"
    BAKED_FIRST = "no partition serves a new version before the bake of the wave before it is over"
    RESTORED = "after an abort, every alias of the stack is as it was"
    BY_ALIAS = "requests reach a released function through the alias that the release moves"
    BY_EDGE = "visitors reach a partition's origin only by the edge's choice"

    # Enum's own hash runs in Python, and every request needs it. Members are singletons.
    __hash__ = object.__hash__


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The result of an invariant.

    Attributes:
        invariant: The invariant.
        checks: The number of requests, or of aliases, that were checked; 0 if nothing in this release could break it.
        violations: How many of them broke it.
        first: The first violation, as text; empty without one.
        seconds: How long the aliases violated it, by their history, with or without requests.
        unknown: Why it could not be checked although it may be broken; default: "", which means that it was checked.
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
    """Return, for each invariant, the verdict of the play that broke it most often, or else for the longest time."""
    return tuple(
        max(verdicts, key=lambda verdict: (verdict.violations, verdict.seconds))
        for verdicts in zip(*plays, strict=True)
    )


def with_history(verdicts: Iterable[Verdict], exposures: Sequence[Exposure]) -> tuple[Verdict, ...]:
    """Add how long the aliases violated the order of the release, which a site without visitors would not show."""
    periods = {
        Invariant.NEW_ON_NEW: [each for each in exposures if not each.unbaked],
        Invariant.BAKED_FIRST: [each for each in exposures if each.unbaked],
    }
    return tuple(
        replace(
            each,
            seconds=seconds_in((one.begin, one.end) for one in found),
            first=each.first or f"{found[0].text} from {found[0].begin:.1f} s",
        )
        if (found := periods.get(each.invariant))
        else each
        for each in verdicts
    )


class Ledger:
    """Counts the checks and violations of each invariant.

    Attributes:
        checks: The number of requests, or of aliases, on which each invariant was checked.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything, such as what happened before the update."""
        self.checks = dict.fromkeys(Invariant, 0)
        self._violations = dict.fromkeys(Invariant, 0)
        self._first = dict.fromkeys(Invariant, "")

    def violate(self, invariant: Invariant, time: float, who: object) -> None:
        """Count a violation, of which the first is kept as text."""
        if not self._violations[invariant]:
            self._first[invariant] = f"{who} at {time:.1f} s"
        self._violations[invariant] += 1

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return the result of each invariant."""
        return tuple(
            Verdict(
                invariant=each, checks=self.checks[each], violations=self._violations[each], first=self._first[each]
            )
            for each in Invariant
        )
