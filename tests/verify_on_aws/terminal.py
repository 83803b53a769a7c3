"""What people read while a run goes on."""


def say(line: str) -> None:
    """Print a line at once, if the terminal is still there: one that was closed keeps nothing from being deleted."""
    try:
        print(line, flush=True)
    except OSError:
        pass
