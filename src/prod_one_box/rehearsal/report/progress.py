"""Shows how far a command is, to people who watch."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..every_play import Progress as Told


@contextmanager
def progress_on(console: Console) -> Iterator[Told]:
    """Draws a bar as long as something is done; in a pipe, nothing is drawn.

    Args:
        console: Where to.
    """
    if not console.is_terminal:
        # Before 14.3, rich ends with an empty line even where it draws nothing.
        yield lambda _what, _done, _of: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of if of > 1 else None)

        yield tell
