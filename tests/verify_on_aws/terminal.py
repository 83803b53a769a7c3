"""What people read while a run goes on."""

from contextlib import suppress


def say(line: str) -> None:
    """Print a line at once, if the terminal is still there: one that was closed keeps nothing from being deleted."""
    with suppress(OSError):
        print(line, flush=True)
