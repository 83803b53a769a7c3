"""What a measurement found, to be shown in a terminal and written into the documentation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A table.

    Attributes:
        columns: The titles of its columns; the first column says what was measured.
        rows: Its rows, as texts.
        notes: Sentences below it that are computed like the figures.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default=())

    def show(self, title: str, console: Console) -> None:
        """Prints it."""
        table = Table(title=title, title_justify="left")
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left")
        for row in self.rows:
            table.add_row(*row)
        console.print(table, *self.notes, "", sep="\n")

    @property
    def markdown(self) -> str:
        """It as Markdown."""
        rule = ["---", *("--:" for _ in self.columns[1:])]
        table = "\n".join(_row(cells) for cells in (self.columns, rule, *self.rows))
        return "\n\n".join([table, *self.notes])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
