"""How a stack's waits say that visitors are split, and what an update changes about that."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from ...template.cloud_assembly import AssemblyError, Resource, StackTemplate, listing, mapping, properties
from ...template.distributions import distributions
from ...template.intrinsics import text
from ...template.links import Links
from ...template.stacks import all_dependencies
from ...vocabulary import BAKE, BUCKETS, PREFLIGHT, SPLIT, in_release_order, is_partition
from .release_plan import ReleasePlan
from .step_settings import step_settings

_GUARD: Final = "SPLIT_CHANGED"


class Part(NamedTuple):
    """A partition in a split.

    Attributes:
        share: The percentage of visitors in it.
        function: The logical id of its function.
    """

    share: float
    function: str


def split_of(stack: StackTemplate) -> dict[str, Part]:
    """Return the partitions of a stack's visitors, in the order of a release; empty if no wait of the stack says them.

    Raises:
        AssemblyError: If a wait says them wrongly.
    """
    wait = _wait_with_split(stack)
    return _read(wait) if wait else {}


def _wait_with_split(stack: StackTemplate) -> Resource | None:
    waits = [each for each in stack.resources.values() if "Split" in properties(each)]
    return min(waits, key=lambda each: each.role.get("Phase") != PREFLIGHT, default=None)


def _origins(stack: StackTemplate) -> dict[tuple[str, str], str]:
    """Return the address of the origin that each edge of a stack has for a partition."""
    wait = _wait_with_split(stack)
    edges = mapping(properties(wait).get("Origins")) if wait else {}
    return {(edge, name): text(way) for edge, ways in edges.items() for name, way in mapping(ways).items()}


def _with_another_origin(new: StackTemplate, old: StackTemplate) -> set[str]:
    ways, former = _origins(new), _origins(old)
    return {name for edge, name in ways.keys() & former if ways[edge, name] != former[edge, name]}


def _read(wait: Resource) -> dict[str, Part]:
    listed = [mapping(each) for each in listing(properties(wait).get("Split"))]
    rows = {text(each.get("Partition")): each for each in listed}
    bounds = [text(each.get("Bound")) for each in rows.values()]
    known = all(is_partition(name) for name in rows) and all(bound.isdecimal() for bound in bounds)
    numbers = [0, *map(int, bounds)] if known else [1]
    if numbers != sorted(numbers) or numbers[-1] != BUCKETS or [*rows] != in_release_order(rows):
        raise AssemblyError(f"{wait.name}: its Split does not divide the visitors into partitions")
    buckets = (bound - before for before, bound in pairwise(numbers))
    return {
        name: Part(number * 100 / BUCKETS, text(each.get("Function")))
        for (name, each), number in zip(rows.items(), buckets, strict=True)
    }


def shares_of(split: Mapping[str, Part]) -> dict[str, float]:
    """Return the percentage of visitors in each partition."""
    return {name: part.share for name, part in split.items()}


def split_changes(new: StackTemplate, old: StackTemplate) -> Iterator[str]:
    """Yield a sentence for each change of the split by an update; none if either template does not say its split."""
    after, before = split_of(new), split_of(old)
    if not after or not before:
        return
    elsewhere = _with_another_origin(new, old)
    for name in in_release_order(after.keys() | before.keys()):
        if name not in before:
            yield f"The split changes: {name} is new, with {after[name].share:g} % of visitors"
        elif name not in after:
            yield f"The split changes: {name} goes; it has {before[name].share:g} % of visitors"
        elif after[name] != before[name]:
            yield f"The split changes: {name}, {_difference(after[name], before[name])}"
        if name in elsewhere:
            yield f"The split changes: {name} gets another origin"


def _difference(after: Part, before: Part) -> str:
    changes = []
    if after.share != before.share:
        changes.append(f"{before.share:g} % of visitors become {after.share:g} %")
    if after.function != before.function:
        changes.append(f"its function {before.function} becomes {after.function}")
    return "; ".join(changes)


def edge_changes(new: Links, old: Links) -> Iterator[str]:
    """Yield a sentence for each distribution whose shares an update changes.

    It says so where no preflight can refuse that in a release, because the partitions are in another stack, unless the
    edge's stack is nested in that one and waits for its preflight.
    """
    before = {(each.stack.name, each.resource.logical_id): each for each in distributions(old)}
    for edge in distributions(new):
        former = before.get((edge.stack.name, edge.resource.logical_id))
        if former is None or former.shares == edge.shares:
            continue
        held_by = {edge.stack.name, *_outer_stacks_that_hold(edge.stack, new)}
        elsewhere = sorted({alias.stack for alias in edge.aliases} - held_by)
        where = (
            f". It is in another stack than {', '.join(elsewhere)}, whose preflight cannot refuse that together with a "
            "release: change the split in an update of its own"
        )
        changes = f"{_shown(former.shares)} becomes {_shown(edge.shares)}"
        yield f"The split changes at the edge {edge.name}: {changes}{where if elsewhere else ''}"


def _adopted_too_early(plan: ReleasePlan) -> Iterator[str]:
    """Yield a sentence for each gate that is created for a site which exists, but before partitions that need it."""
    deployed = plan.old.resources.keys()
    for wait in sorted(plan.created & plan.waits.keys()):
        settings = properties(plan.new.resources[wait])
        if plan.phases[wait] != SPLIT or deployed.isdisjoint(map(text, listing(settings.get("Sites")))):
            continue
        awaited = mapping(settings.get("Awaited"))
        visited = [name for name, part in split_of(plan.new).items() if part.share]
        early = [name for name in visited if not deployed >= {*map(text, listing(awaited.get(name)))}]
        if early:
            yield (
                f"{wait} will refuse this update: it gives {' and '.join(early)} visitors of a site that exists, but "
                "their functions or routes can only be made after the edge, because they need the distribution. "
                "Create the partitions in one update, without the edge or with a share of 0, and give them visitors in "
                "the next."
            )


def _awaited_too_long(plan: ReleasePlan) -> Iterator[str]:
    """Yield a sentence for each gate that waits for partitions which a release creates after longer bakes."""
    if not plan.moving or any(_is_refused_release(plan, wait) for wait in plan.waits):
        return
    for wait in sorted(name for name in plan.waits if plan.phases[name] == SPLIT):
        limit = text(properties(plan.new.resources[wait]).get("GraceSeconds"))
        bakes = {name: _seconds_before(plan, wait, name) for name in _with_first_visitors(plan, wait)}
        last = max(bakes, key=bakes.__getitem__, default="")
        if last and limit.isdecimal() and bakes[last] >= int(limit):
            yield (
                f"{wait} will fail this update after {int(limit) / 60:g} min: it waits for {last}, which is created "
                f"after {bakes[last] / 60:g} min of bakes. Change the split in an update of its own, or add the "
                "partition with a share of 0."
            )


def _with_first_visitors(plan: ReleasePlan, gate: str) -> list[str]:
    """Return the partitions that a gate waits for: all with visitors if the update creates it."""
    after = split_of(plan.new)
    before = split_of(plan.old) if gate in plan.old.resources else {}
    visited = {name for name, part in before.items() if part.share} - _with_another_origin(plan.new, plan.old)
    return [name for name, part in after.items() if part.share and name not in visited]


def _seconds_before(plan: ReleasePlan, gate: str, partition: str) -> float:
    """Return how long bakes hold what a gate awaits of a partition; new and expedited ones hold nothing."""
    awaited = mapping(properties(plan.new.resources[gate]).get("Awaited")).get(partition)
    before, resources = all_dependencies(plan.new.resources), plan.new.resources
    created = [name for name in map(text, listing(awaited)) if name in plan.created]
    names = {other for each in created for other in before[each]} & plan.waits.keys() & plan.updated
    bakes = [name for name in names if plan.phases[name] == BAKE and not _is_expedited(plan, name)]
    return sum(step_settings(resources[name], resources).seconds or 0 for name in bakes)


def _is_expedited(plan: ReleasePlan, wait: str) -> bool:
    reason, earlier = (text(properties(each.resources[wait]).get("ExpeditedReason")) for each in (plan.new, plan.old))
    return bool(reason) and reason != earlier


def _outer_stacks_that_hold(stack: StackTemplate, links: Links) -> Iterator[str]:
    """Yield the stacks around a nested one that update it after their preflight and their gate."""
    while stack.nested_in:
        outer, logical_id = links.stacks[stack.nested_in[0]], stack.nested_in[1]
        before = all_dependencies(outer.resources)[logical_id]
        if {PREFLIGHT, SPLIT} <= {outer.resources[name].role.get("Phase") for name in before}:
            yield outer.name
        stack = outer


def _shown(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:g} %" for name, share in shares.items())


def refused_split_changes(plan: ReleasePlan) -> Iterator[str]:
    """Yield a sentence for each wait that fails an update because of its split: the preflight or the split's own wait.

    The preflight refuses a change of the split together with a release, unless an override is given for this update.
    """
    yield from _adopted_too_early(plan)
    yield from _awaited_too_long(plan)
    if not any(split_changes(plan.new, plan.old)):
        return
    for name in sorted(plan.waits):
        wait, before = plan.new.resources[name], plan.old.resources.get(name)
        if _is_refused_release(plan, name):
            moved = ", ".join(sorted(plan.moving))
            yield (
                f"{name} will refuse this update: it changes the split and releases {moved}. Change the split in an "
                f"update of its own, or override Guard.{_GUARD} with a reason."
            )
        if plan.phases[name] == SPLIT and before and text(properties(wait).get("EdgeFirst")) == "true":
            yield from _too_early(name, plan)


def _is_refused_release(plan: ReleasePlan, wait: str) -> bool:
    """Check whether a wait is a preflight that refuses a release which changes the split."""
    before = plan.old.resources.get(wait)
    if before is None or plan.phases[wait] != PREFLIGHT or not plan.moving:
        return False
    return any(split_changes(plan.new, plan.old)) and not _is_overridden(plan.new.resources[wait], before)


def _is_overridden(wait: Resource, before: Resource) -> bool:
    """Check whether a reason is given for this update: one that stays is the reason of an earlier update."""
    reason, earlier = (mapping(properties(each).get("Overrides")).get(_GUARD) for each in (wait, before))
    return bool(reason) and reason != earlier


def _too_early(wait: str, plan: ReleasePlan) -> Iterator[str]:
    after, before = split_of(plan.new), split_of(plan.old)
    for name in in_release_order(after.keys() - before.keys()):
        if after[name].share:
            yield (
                f"{wait} will refuse this update: it gives visitors to {name}, which can only be made after the edge, "
                "because its function needs the distribution's domain. Add the partition with a share of 0 first, in "
                "an update of its own."
            )
