"""Containment: partitions are put back on the version that they had before the release.

Lambda numbers a function's versions upwards only (Lambda developer guide, "Lambda function versions"), so the failed
version is the later of the two in the request, whether that goes forward or, in a rollback, back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from . import aws
from .aws import StackResource
from .request import Request

_ATTEMPTS: Final = 5
_CHANGED_MEANWHILE: Final = ("PreconditionFailedException", "ResourceConflictException")


class Direction(Enum):
    """Which way a request takes the stack."""

    FORWARD = "to the later version"
    BACK = "to the earlier version"
    UNKNOWN = "unknown from its versions"


@dataclass(frozen=True)
class Move:
    """An alias to take off the failed version."""

    function: str
    alias: str
    failed: int
    former: int


@dataclass(frozen=True)
class Containment:
    """The result of a containment.

    Attributes:
        moved: A sentence for each alias that was put back.
        failed: A sentence for each alias that could not be put back.
        may_succeed: Whether a retry may help, which it does not if a permission is missing.
    """

    moved: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    may_succeed: bool = False


def direction(request: Request, resources: Mapping[str, StackResource]) -> Direction:
    """Tell a release from a rollback by the version numbers alone."""
    for _, new, old in _versions(request, resources):
        if new != old:
            return Direction.FORWARD if new > old else Direction.BACK
    return Direction.UNKNOWN


def planned_moves(request: Request, resources: Mapping[str, StackResource]) -> tuple[Move, ...]:
    """Return the moves that contain the release; a version that does not exist needs none."""
    contained = {each.alias for each in request.new.contained} & {each.alias for each in request.old.contained}
    return tuple(
        Move(*resources[alias].function_and_qualifier, failed=max(new, old), former=min(new, old))
        for alias, new, old in _versions(request, resources)
        if alias in contained and new != old
    )


def contain(moves: Sequence[Move]) -> Containment:
    """Make the moves that are still needed, each on its own, so that one failure does not stop the others."""
    moved: list[str] = []
    failed: list[str] = []
    may_succeed = False
    for move in moves:
        name = f"{move.function.rpartition(':')[2]}:{move.alias}"
        try:
            if _put_back(move):
                moved.append(f"{name} is back on version {move.former}")
        except aws.AwsError as error:
            failed.append(f"{name} could not be put back on version {move.former} ({error})")
            may_succeed = may_succeed or not error.denied
    return Containment(tuple(moved), tuple(failed), may_succeed)


def version_number(logical_id: str, resources: Mapping[str, StackResource]) -> tuple[str, int] | None:
    """Return a version's function and number; None if it does not exist."""
    resource = resources.get(logical_id)
    if resource is None or not resource.exists:
        return None
    function, number = resource.function_and_qualifier
    return (function, int(number)) if number.isdigit() else None


def _versions(request: Request, resources: Mapping[str, StackResource]) -> Iterator[tuple[str, int, int]]:
    new, old = request.new.placements, request.old.placements
    for alias in [each for each in new if each in old and each in resources and resources[each].exists]:
        after, before = version_number(new[alias], resources), version_number(old[alias], resources)
        # A function that the release replaced counts from 1 again, so its version numbers cannot be compared.
        if after and before and after[0] == before[0]:
            yield alias, after[1], before[1]


def _put_back(move: Move) -> bool:
    for attempt in range(1, _ATTEMPTS + 1):
        found = aws.get_alias(move.function, move.alias)
        if not found.serves(move.failed):
            return False
        try:
            aws.put_alias(move.function, move.alias, version=move.former, revision=found.revision)
        except aws.AwsError as error:
            if error.code not in _CHANGED_MEANWHILE or attempt == _ATTEMPTS:
                raise
        else:
            return True
    return False
