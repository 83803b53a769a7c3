"""The partitions that a site's visitors are divided into, as they are given to the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, cast

from aws_cdk import aws_cloudfront as cloudfront

from ...errors import InvalidArgumentError, is_number, shown
from ...vocabulary import BUCKETS, REGULAR, bounds_of, buckets_of_share, partition_names
from .partition_origins import SplitPartition, check_origin

_FIELDS: Final = ("partition_name", "share", "origin")
_FEWEST: Final = 2


@dataclass(frozen=True)
class Split:
    """The share and the origin of each partition, by its name, in the order of a release."""

    shares: Mapping[str, float]
    origins: Mapping[str, cloudfront.IOrigin]

    @classmethod
    def of(cls, partitions: object, *, path: str) -> "Split":
        """Read the argument `partitions` of the construct at a path.

        Raises:
            InvalidArgumentError: If it is not a list of partitions in the order of a release, the last of them the
                regular one; an origin is not one; or the shares are not percentages that are 100 in all.
        """
        found = _checked_list(partitions, path=path)
        _check_names([each.partition_name for each in found], path=path)
        for number, each in enumerate(found):
            check_share(each.share, path=path, argument=f"partitions[{number}].share")
            check_origin(each.origin, path=path, argument=f"partitions[{number}].origin")
        shares = {each.partition_name: each.share for each in found}
        _check_sum(shares, path=path)
        return cls(shares, {each.partition_name: each.origin for each in found})

    @cached_property
    def waves(self) -> dict[str, cloudfront.IOrigin]:
        """The origins of the partitions before the regular one, which has the default behavior's."""
        return {name: origin for name, origin in self.origins.items() if name != REGULAR}

    @property
    def bounds(self) -> list[int]:
        """For each wave the first bucket that belongs to a later partition."""
        return bounds_of(self.shares)


def _checked_list(partitions: object, *, path: str) -> Sequence[SplitPartition]:
    is_list = isinstance(partitions, Sequence) and not isinstance(partitions, str)
    given = "" if is_list else shown(partitions)
    if is_list:
        items = list(cast("Sequence[object]", partitions))
        wrong = [each for each in items if not all(hasattr(each, name) for name in _FIELDS)]
        if wrong:
            given = f"a list with {shown(wrong[0])}"
        elif len(items) < _FEWEST:
            given = f"a list of {len(items)}"
    if given:
        raise InvalidArgumentError(
            path=path,
            argument="partitions",
            given=given,
            allowed="a list of two or more partitions",
            remedy="Give the `partitions` of a OneBoxFrontend, or a PartitionOrigin for each partition.",
        )
    return cast("Sequence[SplitPartition]", items)


def _check_names(names: Sequence[object], *, path: str) -> None:
    expected = partition_names(len(names) - 1)
    if tuple(names) != expected:
        raise InvalidArgumentError(
            path=path,
            argument="partitions",
            given=", ".join(str(name) for name in names),
            allowed=f"for {len(names)} partitions the names {', '.join(expected)}, in this order",
            remedy="It is the order of a release.",
        )


def check_share(share: object, *, path: str, argument: str) -> None:
    """Raise unless an argument is a percentage of visitors that whole buckets express."""
    try:
        if not is_number(share):
            raise ValueError(f"{share!r} is not a number")
        buckets_of_share(share)
    except (ValueError, ArithmeticError) as error:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=repr(share),
            allowed="a percentage of visitors, 0 to 100 in steps of 0.01",
        ) from error


def _check_sum(shares: Mapping[str, float], *, path: str) -> None:
    buckets = sum(map(buckets_of_share, shares.values()))
    if buckets != BUCKETS:
        raise InvalidArgumentError(
            path=path,
            argument="partitions",
            given=f"shares of {' + '.join(f'{share:g}' for share in shares.values())} = {buckets * 100 / BUCKETS:g} %",
            allowed="shares that are 100 % in all",
            remedy="The regular partition has the visitors that are in no other.",
        )
