"""Containment: partitions are put back on the version that they had before the release.

Lambda numbers a function's versions upwards only (Lambda developer guide, "Lambda function versions"), so the failed
version is the later of the two in the request, whether that goes forward or, in a rollback, back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from random import uniform
from time import monotonic, sleep
from typing import Final

from . import aws
from .aws import StackResource
from .request import Request

# Lambda API reference, UpdateAlias: the alias has changed since it was read, another operation is in progress, or the
# account's rate of such calls is exceeded. Several waits and CloudFormation may move the same aliases at once.
_WORTH_A_RETRY: Final = ("PreconditionFailedException", "ResourceConflictException", "TooManyRequestsException")

# The longest pauses before the attempts, in seconds. They are random, so that waits that ran into each other do not
# do so again.
_PAUSES: Final = (0, 0.1, 0.2, 0.4, 0.8)

# In seconds. The poll that contains has a timeout of three minutes, and an attempt may last for 28 s.
_NO_ATTEMPT_AFTER: Final = 60


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

    def __str__(self) -> str:
        return f"{self.function.rpartition(':')[2]}:{self.alias}"


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
    """Make the moves that are still needed: each once in the given order, then those again that another change crossed.

    Each is made on its own, so that one failure does not stop the others.
    """
    moved: list[str] = []
    errors: dict[Move, aws.AwsError] = {}
    pending, end = tuple(moves), monotonic() + _NO_ATTEMPT_AFTER
    for pause in _PAUSES:
        sleep(uniform(0, pause))  # noqa: S311  not for cryptography
        missed = _attempt(pending, moved, end)
        errors = {**{move: error for move, error in errors.items() if move not in pending}, **missed}
        pending = tuple(move for move, error in missed.items() if error.code in _WORTH_A_RETRY)
        if not pending:
            break
    failed = [
        f"{each} could not be put back on version {each.former} ({errors[each]})" for each in moves if each in errors
    ]
    return Containment(tuple(moved), tuple(failed), any(not error.denied for error in errors.values()))


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


def _attempt(moves: Sequence[Move], moved: list[str], end: float) -> dict[Move, aws.AwsError]:
    """Try each move once, add a sentence to `moved` for each that was made, and return the errors of the others."""
    errors: dict[Move, aws.AwsError] = {}
    for move in moves:
        if monotonic() > end:
            errors[move] = aws.AwsError("update_alias", TimeoutError())
            continue
        try:
            if _put_back(move):
                moved.append(f"{move} is back on version {move.former}")
        except aws.AwsError as error:
            errors[move] = error
    return errors


def _put_back(move: Move) -> bool:
    """Put an alias back; return False if it is not on the failed version."""
    found = aws.get_alias(move.function, move.alias)
    if not found.serves(move.failed):
        return False
    aws.put_alias(move.function, move.alias, version=move.former, revision=found.revision)
    return True
