"""Which setting to choose: put several side by side, and recommend one."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from .candidates import with_other_thresholds, with_other_waves
from .handler_trials import HandlerTrials
from .present import Present
from .setting import Setting
from .trials import Figures, Question, Trials

ENOUGH: Final = 0.95
"""The chance to find the fault that a recommended setting should have."""

TOO_OFTEN: Final = 0.05
"""The share of good releases above which a setting that stops them is not recommended."""

_ABOUT_AS_FEW: Final = 1.25


class Row(NamedTuple):
    """A setting with its figures."""

    setting: Setting
    figures: Figures

    @property
    def is_calm(self) -> bool:
        """Whether it stops few good releases."""
        return self.figures.false_aborts <= TOO_OFTEN

    @property
    def finds(self) -> bool:
        """Whether it finds the fault nearly always, and stops few good releases."""
        return self.is_calm and self.figures.found >= ENOUGH

    @property
    def ease(self) -> tuple[float, float]:
        """How little it costs when there is no fault: first its time, then the good releases that it stops."""
        return -self.setting.promoted_after, -round(self.figures.false_aborts, 2)


class Choice(NamedTuple):
    """Settings side by side; the first is the present one.

    Attributes:
        rows: The settings.
        recommended: The number of the recommended one.
    """

    rows: Sequence[Row]
    recommended: int


def choose(present: Present, question: Question, progress: Callable[[int, int], None]) -> Choice:
    """Simulate several settings, and recommend one.

    Args:
        present: What the assembly has.
        question: The traffic and the fault.
        progress: Called with how many settings are done, of how many.

    Raises:
        AssemblyError: If the assembly's handler cannot be asked.
    """
    trials = Trials(question, HandlerTrials(present.code))
    settings = with_other_waves(present)
    rows: list[Row] = []
    for setting in settings:
        progress(len(rows), len(settings) + 3)
        rows.append(Row(setting, trials.figures(setting)))
    more = with_other_thresholds(rows[best(rows)].setting, question, settings)
    for setting in more:
        progress(len(rows), len(settings) + len(more))
        rows.append(Row(setting, trials.figures(setting)))
    return Choice(rows, best(rows))


def best(rows: Sequence[Row]) -> int:
    """Return the number of the row to recommend.

    Of those that find the fault nearly always, it is among those with about the fewest visitors of a bad release, and
    of these the one that takes least time. If none does, it is the one that finds it most often. Of several alike, it
    is the first, which changes least.
    """
    finding = [row for row in rows if row.finds]
    if not finding:
        calm = [row for row in rows if row.is_calm] or rows
        return rows.index(max(calm, key=lambda row: (round(row.figures.found, 2), row.ease)))
    few = _ABOUT_AS_FEW * min(row.figures.requests for row in finding)
    fitting = [row for row in finding if row.figures.requests <= few]
    return rows.index(max(fitting, key=lambda row: row.ease))
