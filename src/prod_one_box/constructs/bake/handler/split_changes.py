"""The split, which gives each partition its buckets and its function, and what an update changes in it."""

from collections.abc import Iterator

from .request import Request, SplitEntry


def changes(request: Request) -> str:
    """Return what an update changes in the split, one partition after the other, for people."""
    before = {each.partition: each for each in request.old.split}
    after = {each.partition: each for each in request.new.split}
    names = [*after, *(name for name in before if name not in after)]
    found = [(name, ", ".join(_changes(before.get(name), after.get(name)))) for name in names]
    ways = [f"{name} gets another origin" for name in names if name in request.changed_origins]
    return "; ".join([*(f"{name} {change}" for name, change in found if change), *ways])


def new_partitions_with_visitors(request: Request) -> list[SplitEntry]:
    """Return the partitions that an update adds and gives visitors at once; none if a side does not say its split."""
    if not request.changes_split:
        return []
    before = {each.partition for each in request.old.split}
    return [each for each in request.new.split if each.has_visitors and each.partition not in before]


def partitions_with_first_visitors(request: Request) -> list[SplitEntry]:
    """Return the partitions with visitors that had none before the request, did not exist, or get another origin."""
    before = {each.partition for each in request.old.split if each.has_visitors} - request.changed_origins
    return [each for each in request.new.split if each.has_visitors and each.partition not in before]


def _changes(before: SplitEntry | None, after: SplitEntry | None) -> Iterator[str]:
    if before is None or after is None:
        if after:
            yield f"is new with {after.buckets}"
        if before:
            yield f"had {before.buckets} and is removed"
        return
    if before.buckets != after.buckets:
        yield f"had {before.buckets} and gets {after.buckets}"
    if before.function != after.function:
        yield f"had function {before.function} and gets {after.function}"
