"""The executions that Lambda keeps for the functions behind a stack's waits."""

from collections.abc import Iterable
from typing import Final, cast

from aws_cdk import aws_lambda as lambda_

from ..errors import InvalidArgumentError
from ..made import resource_of

EACH_WAIT: Final = 2
"""Executions that a wait may need at once: its running poll, and its request in the rollback."""

_ARGUMENT: Final = "reserved_wait_concurrency"


def check_reserved(reserved: object, *, path: str) -> None:
    """Raise unless this is a number of executions, or None.

    Args:
        reserved: What the user gave.
        path: The wait's path.

    Raises:
        InvalidArgumentError: If it is not.
    """
    if reserved is None or (isinstance(reserved, int) and not isinstance(reserved, bool) and reserved >= EACH_WAIT):
        return
    raise InvalidArgumentError(
        path=path,
        argument=_ARGUMENT,
        given=repr(reserved),
        allowed=f"a whole number of executions, {EACH_WAIT} or more, or None",
    )


def check_enough(reserved: int | None, *, waits: int, path: str) -> None:
    """Raise if the waits of a stack could throttle each other: a reservation is a limit as well.

    Args:
        reserved: The executions of each function.
        waits: How many waits the stack has.
        path: The latest wait's path.

    Raises:
        InvalidArgumentError: If there are too few.
    """
    if reserved is not None and reserved < EACH_WAIT * waits:
        raise InvalidArgumentError(
            path=path,
            argument=_ARGUMENT,
            given=reserved,
            allowed=f"at least {EACH_WAIT * waits}, {EACH_WAIT} for each of the stack's {waits} waits",
            remedy="A wait may be polled when the rollback's request comes, and a reservation is a limit too.",
        )


def reserve(functions: Iterable[lambda_.Function], executions: int) -> None:
    """Reserve executions for functions whose construct does not offer it: those of CDK's provider framework."""
    for function in functions:
        cast("lambda_.CfnFunction", resource_of(function)).reserved_concurrent_executions = executions
