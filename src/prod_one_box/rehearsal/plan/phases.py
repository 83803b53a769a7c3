"""The phases of a release: their order, and the orders in which a rollback may visit them."""

from collections.abc import Collection, Iterator
from itertools import permutations
from typing import Final

from ...template.cloud_assembly import Resource
from ...vocabulary import BACKEND, BAKE, PREFLIGHT, REGULAR, SPLIT, WATCH, in_release_order, is_partition

_OF_WAITS: Final = (PREFLIGHT, BAKE, WATCH, SPLIT)
# All orders of so many phases are played: those of a release of two partitions.
_MOST_IN_ANY_ORDER: Final = 5


def is_phase(name: object) -> bool:
    """Check whether a name is that of a phase."""
    return name in (*_OF_WAITS, BACKEND) or is_partition(name)


def is_of_waits(name: object) -> bool:
    """Check whether a wait, not an alias, has a phase."""
    return name in _OF_WAITS


def phase_of(resource: Resource) -> str:
    """Return the phase that a resource's metadata gives; "" if it gives none."""
    phase = resource.role.get("Phase")
    return str(phase) if is_phase(phase) else ""


def wave_of(resource: Resource) -> str:
    """Return the partition that has just switched when a bake starts; "" for other resources, or if nothing says it."""
    partition = resource.role.get("Partition") if phase_of(resource) == BAKE else None
    return str(partition) if is_partition(partition) else ""


def orders_of(phases: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Yield the orders in which a rollback may visit phases; "" stands for the aliases of no phase.

    Up to five phases are visited in every order. With more partitions there would be too many orders: the partitions
    then come one after the other, in the release's order or in reverse, and so do the bakes and the watch; their places
    among the other phases are still in every order. The order of the whole release and its reverse are added. The
    split is left out, because it changes nothing on the way back.
    """
    found = _in_order(phases)
    if len(found) <= _MOST_IN_ANY_ORDER:
        yield from permutations(found)
        return
    groups: dict[str, list[str]] = {}
    for phase in found:
        groups.setdefault(_group(phase), []).append(phase)
    there = [tuple(phase for group in order for phase in group) for order in permutations(groups.values())]
    back = [tuple(phase for group in order for phase in reversed(group)) for order in permutations(groups.values())]
    yield from dict.fromkeys([*there, *back, tuple(found), tuple(reversed(found))])


def _in_order(phases: Collection[str]) -> list[str]:
    """Sort phases as a release passes through them; all bakes are one phase, after the first wave."""
    waves = in_release_order(phase for phase in phases if is_partition(phase) and phase != REGULAR)
    order = (PREFLIGHT, BACKEND, *waves[:1], BAKE, *waves[1:], REGULAR, WATCH, "")
    return [phase for phase in order if phase in phases]


def _group(phase: str) -> str:
    if is_partition(phase):
        return "partitions"
    return "waits of the partitions" if phase in (BAKE, WATCH) else phase
