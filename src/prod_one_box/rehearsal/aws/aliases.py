"""Where every Lambda alias points, and all that has ever moved one."""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class AliasState(NamedTuple):
    """Where an alias points.

    Attributes:
        version: The logical id of the version that gets all requests which no weight gives to another.
        weights: Other versions with their parts of the requests, each above 0 and below 1.
    """

    version: str
    weights: tuple[tuple[str, float], ...] = ()

    def part_of(self, version: str) -> float:
        """The part of the requests, 0 to 1, that a version gets."""
        other = sum(weight for _, weight in self.weights)
        return dict(self.weights).get(version, 0.0) + (1 - other if version == self.version else 0.0)

    def serves(self, version: str) -> bool:
        """Whether any request reaches a version."""
        return self.part_of(version) > 0

    def __str__(self) -> str:
        return ", ".join([self.version, *(f"{weight:.0%} on {version}" for version, weight in self.weights)])


class AliasMove(NamedTuple):
    """One change of an alias.

    Attributes:
        time: When, in seconds.
        alias: The alias's logical id.
        before: Where it pointed until then; None for one that was made then.
        after: Where it points from then on.
        why: What moved it, for people.
    """

    time: float
    alias: str
    before: AliasState | None
    after: AliasState
    why: str


def _nothing_to_catch_up(_time: float) -> None:
    """What happens before a change as long as nobody wants to know of it."""


class AliasBoard:
    """The aliases of a rehearsal by logical id.

    Attributes:
        history: Every move, in the order in which they happened.
        before_change: Called with the time before every move, so that what depends on the aliases catches up first.
    """

    def __init__(self, states: Mapping[str, AliasState]) -> None:
        self.history: list[AliasMove] = []
        self.before_change: Callable[[float], None] = _nothing_to_catch_up
        self._states = dict(states)
        self._revisions = dict.fromkeys(self._states, 0)

    def __contains__(self, alias: object) -> bool:
        return alias in self._states

    def state(self, alias: str) -> AliasState:
        """Where an alias points now."""
        return self._states[alias]

    def states(self) -> dict[str, AliasState]:
        """Where every alias points now."""
        return dict(self._states)

    def revision(self, alias: str) -> str:
        """What Lambda calls the alias's `RevisionId`: it changes whenever the alias does."""
        return f"revision-{self._revisions[alias]}"

    def move(self, alias: str, state: AliasState, time: float, why: str) -> None:
        """Points an alias elsewhere; to point it where it is already is no move."""
        before = self._states.get(alias)
        if before == state:
            return
        self.before_change(time)
        self._states[alias] = state
        self._revisions[alias] = self._revisions.get(alias, 0) + 1
        self.history.append(AliasMove(time, alias, before, state, why))
