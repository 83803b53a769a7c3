"""The ways in which CloudFormation may take a failed update back: AWS documents neither order nor manner."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import permutations


class Managed(Enum):
    """What a rollback may do to an alias that CodeDeploy manages."""

    FLIPPED = "put back in one call"
    SHIFTED = "shifted back as it was shifted out, whatever its alarms say"
    STOPPED = "shifted back, and stopped on the way by an alarm that is red"


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """One way back.

    Attributes:
        order: The phases, one after the other, in the order in which the rollback visits their aliases and waits; those
            of one phase at once. "" is the aliases of no phase. A phase left out is visited with the first; no order
            at all means everything at once.
        managed: What becomes of an alias that CodeDeploy manages.
    """

    order: tuple[str, ...]
    managed: Managed = Managed.FLIPPED

    def __str__(self) -> str:
        order = ", ".join(phase or "aliases of no phase" for phase in self.order) or "all at once"
        return f"{order}; aliases that CodeDeploy manages {self.managed.value}"


def every_way_back(phases: Iterable[str], *, managed: bool) -> Iterator[WayBack]:
    """Yields every order of the phases with every manner, and everything at once.

    Args:
        phases: The phases in which a rollback has something to visit; the order given comes first.
        managed: Whether CodeDeploy manages any alias among them.
    """
    manners = tuple(Managed) if managed else (Managed.FLIPPED,)
    for order in (*permutations(phases), ()):
        for manner in manners:
            yield WayBack(order=order, managed=manner)


def visits(way_back: WayBack, phases: Mapping[str, str]) -> list[list[str]]:
    """Groups resources by when a rollback visits them.

    Args:
        way_back: The way.
        phases: The phase of each resource to visit, by logical id.
    """
    turns: list[list[str]] = [[] for _ in range(max(1, len(way_back.order)))]
    for name in sorted(phases):
        phase = phases[name]
        turns[way_back.order.index(phase) if phase in way_back.order else 0].append(name)
    return [turn for turn in turns if turn]
