"""The split of the visitors' buckets in a template, and visitors of every part of it."""

from collections.abc import Mapping
from typing import Any

from emulator.visitors import Visitor
from prod_one_box.vocabulary import BUCKETS, METADATA_KEY, bounds_of, in_release_order


def split_of(template: Mapping[str, Any]) -> dict[str, int]:
    """The bound of each partition's buckets, in the order of a release: the first bucket of a later one."""
    roles = [each.get("Metadata", {}).get(METADATA_KEY, {}) for each in template["Resources"].values()]
    shares = next(role["Shares"] for role in roles if "EdgeRuntime" in role)
    return dict(zip(in_release_order(shares), [*bounds_of(shares), BUCKETS], strict=True))


def visitors_of(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, Visitor]:
    """A visitor of each partition, named as it is; in an update of the split one of each part that both cut.

    The latter's name says where they are before it and after it, such as `regular to wave-2`.
    """
    found = {}
    for bound in sorted({*before.values(), *after.values()} - {0}):
        bucket = bound - 1
        one, other = partition_of(bucket, before), partition_of(bucket, after)
        found[one if one == other else f"{one} to {other}"] = Visitor(bucket, frozenset({one, other}))
    return found


def partition_of(bucket: int, split: Mapping[str, int]) -> str:
    """The partition that a bucket belongs to."""
    return next(partition for partition, bound in split.items() if bucket < bound)
