"""Records the calls of the waits' code, since the ways back of a release begin with the same ones.

Code that gets the same event at the same time, and the same answers of AWS, does the same again. It may keep something
in memory from one call to the next, but cannot rely on that: Lambda may start a new environment for any call.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ...sandbox.client_stubs import Ask, ClientError, refuse
from ...sandbox.wait_process import HandlerFailedError


class Question(NamedTuple):
    """A call of AWS by the code: a service, its operation and the arguments."""

    service: str
    operation: str
    arguments: Mapping[str, object]


class _Answer(NamedTuple):
    """What AWS answered, or the code of its refusal."""

    value: object
    refused: str


class Asked(NamedTuple):
    """A call of AWS and its answer."""

    question: Question
    answer: _Answer


@dataclass(frozen=True, kw_only=True)
class CallOfCode:
    """A call of the waits' code.

    Attributes:
        folder: The folder of the code.
        module: The module of the function.
        function: The function's name.
        now: The date.
        event: The event.
    """

    folder: Path
    module: str
    function: str
    now: datetime
    event: Mapping[str, object]


class Result(NamedTuple):
    """What a call of the code returned and printed last; or the error that it raised, "" if it raised none."""

    returned: object
    printed: str
    raised: str = ""


class _Record(NamedTuple):
    call: CallOfCode
    asked: Sequence[Asked]
    result: Result


Run = Callable[[Ask], tuple[Result, Sequence[Question]]]
"""Runs the code with what answers its calls of AWS; returns the result and these calls in order."""


class RecordedCalls:
    """The calls of the waits' code in all plays of a scenario."""

    def __init__(self) -> None:
        """Start without calls."""
        self._records: dict[tuple[str, str, datetime], list[_Record]] = {}
        self._folders: set[Path] = set()

    def is_first_of(self, folder: Path) -> bool:
        """Return whether a play is the first that needs the code of a folder."""
        is_first = folder not in self._folders
        self._folders.add(folder)
        return is_first

    def result(self, call: CallOfCode, ask: Ask, run: Run) -> Result:
        """Return the result of a call, from the record of a call that got the same answers or by running the code.

        Either way, `ask` is called for each call of AWS that the code makes.

        Raises:
            HandlerFailedError: If the code raised.
        """
        records = self._records.setdefault((call.module, call.function, call.now), [])
        asking = _Asking(ask)
        result = _recorded([each for each in records if each.call == call], asking)
        if result is None:
            result, questions = run(asking.by_code)
            records.append(_Record(call, asking.answered(questions), result))
        if result.raised:
            raise HandlerFailedError(result.raised)
        return result


def _recorded(records: Sequence[_Record], asking: "_Asking") -> Result | None:
    """Return the result of the record whose calls of AWS are answered as they were then; None if there is none."""
    place = 0
    while records:
        if len(records[0].asked) == place:
            return records[0].result
        now = asking.before(records[0].asked[place].question)
        records = [each for each in records if place < len(each.asked) and each.asked[place] == now]
        place += 1
    return None


class _Asking:
    """Asks AWS: first what the records say that the code will ask, then what the code does ask."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._before: deque[Asked] = deque()
        self._log: list[Asked] = []

    def before(self, question: Question) -> Asked:
        """Ask a question before the code does."""
        self._before.append(self._asked(question))
        return self._before[-1]

    def by_code(self, service: str, operation: str, arguments: Mapping[str, object]) -> object:
        """Answer a question of the code, which may have been asked before."""
        question = Question(service, operation, arguments)
        is_known = bool(self._before) and self._before[0].question == question
        self._log.append(self._before.popleft() if is_known else self._asked(question))
        value, refused = self._log[-1].answer
        if refused:
            raise refuse(refused, operation)
        return value

    def answered(self, questions: Sequence[Question]) -> list[Asked]:
        """Return the questions of the code with their answers; its process may have asked more in its place."""
        log = iter(self._log)
        return [next(asked for asked in log if asked.question == question) for question in questions]

    def _asked(self, question: Question) -> Asked:
        try:
            return Asked(question, _Answer(self._ask(*question), ""))
        except ClientError as error:
            return Asked(question, _Answer(None, error.response["Error"]["Code"]))
