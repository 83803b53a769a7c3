"""Where every Lambda alias points, and every move of one."""

from collections.abc import Mapping
from typing import NamedTuple


class AliasState(NamedTuple):
    """Where an alias points.

    Attributes:
        version: The logical id of the version that gets the requests that no weight sends elsewhere.
        weights: Other versions with their parts of the requests, each above 0 and below 1.
    """

    version: str
    weights: tuple[tuple[str, float], ...] = ()

    def part_of(self, version: str) -> float:
        """Return the part of the requests, 0 to 1, that a version gets."""
        other = sum(weight for _, weight in self.weights)
        return dict(self.weights).get(version, 0.0) + (1 - other if version == self.version else 0.0)

    def serves(self, version: str) -> bool:
        """Check whether any request reaches a version."""
        return self.part_of(version) > 0

    def __str__(self) -> str:
        return ", ".join([self.version, *(f"{weight:.0%} on {version}" for version, weight in self.weights)])


class AliasMove(NamedTuple):
    """One change of an alias.

    Attributes:
        time: When it moved, in seconds.
        alias: The alias's logical id.
        before: Where it pointed until then; None for a new alias.
        after: Where it points from then on.
        why: What moved it, for people.
    """

    time: float
    alias: str
    before: AliasState | None
    after: AliasState
    why: str


class AliasBoard:
    """The aliases of a rehearsal by logical id.

    Attributes:
        history: Every move, in order.
    """

    def __init__(self, states: Mapping[str, AliasState]) -> None:
        self.history: list[AliasMove] = []
        self._states = dict(states)
        self._revisions = dict.fromkeys(self._states, 0)

    def __contains__(self, alias: object) -> bool:
        return alias in self._states

    def state(self, alias: str) -> AliasState:
        """Return where an alias points now."""
        return self._states[alias]

    def states(self) -> dict[str, AliasState]:
        """Return where every alias points now."""
        return dict(self._states)

    def revision(self, alias: str) -> str:
        """Return the alias's `RevisionId`, which changes whenever the alias does."""
        return f"revision-{self._revisions[alias]}"

    def move(self, alias: str, state: AliasState, time: float, why: str) -> None:
        """Point an alias elsewhere; pointing it where it points already is no move."""
        before = self._states.get(alias)
        if before == state:
            return
        self._states[alias] = state
        self._revisions[alias] = self._revisions.get(alias, 0) + 1
        self.history.append(AliasMove(time, alias, before, state, why))
