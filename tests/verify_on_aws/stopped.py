"""Why a run stops, each reason with an exit status of its own and one line for people."""

from enum import IntEnum


class Status(IntEnum):
    """The exit status of `python -m verify_on_aws`; behind make they all become make's own 2."""

    HELD = 0
    BROKEN = 1
    NOT_READY = 2
    NO_CREDENTIALS = 3
    WRONG_ACCOUNT = 4
    REFUSED = 5
    NOBODY_TO_ASK = 6
    NOT_BOOTSTRAPPED = 7
    LEFT = 8
    INTERRUPTED = 130


class StoppedError(Exception):
    """What ends a run before or after its scenarios.

    Args:
        line: What is wrong and what to do, in one line.
        status: The exit status.
    """

    def __init__(self, line: str, status: Status) -> None:
        super().__init__(line)
        self.status = status
