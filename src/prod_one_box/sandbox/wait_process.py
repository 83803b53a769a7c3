"""Run the waits' code in a process that reaches no files, no network and nothing of this process's environment."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from ..template.cloud_assembly import AssemblyError
from .child_process import ChildProcess, NoAnswerError, bare_environment
from .client_stubs import Ask, ClientError
from .wait_child import as_line, of_line

LONGEST_SECONDS: Final = 30.0
"""How long a call may take on this machine. *Assumed*: a poll takes milliseconds."""

_PACKAGES: Final = Path(__file__).resolve().parents[2]
_PROGRAM: Final = f"""
import sys
sys.path.append(sys.argv[1])
from {__package__}.wait_child import main
sys.path.remove(sys.argv[1])
main(sys.argv[2])
"""

_Question = tuple[str, str, dict[str, object]]
"""A service, its operation and the arguments."""


class HandlerFailedError(Exception):
    """The handler raised an error, which ends its request; the message is the handler's own."""


def process_of(folder: Path) -> "WaitProcess":
    """Find or start the process of a folder's code: one for each thread, since it answers one request at a time."""
    key = folder.resolve(), os.getpid(), threading.get_ident()
    if _started(*key).ended:
        _started.cache_clear()
    return _started(*key)


@lru_cache(maxsize=1)
def _started(folder: Path, _process: int, _thread: int) -> "WaitProcess":
    return WaitProcess(folder)


class WaitProcess:
    """A process that holds the code of a folder. It ends with this object, and with the process that started it.

    Attributes:
        asked: The calls of AWS that the last call of a handler made, in order.
    """

    def __init__(self, folder: Path) -> None:
        """Start the process.

        Raises:
            AssemblyError: If it cannot be started.
        """
        self._folder = folder = folder.resolve()  # the process starts in it
        command = [sys.executable, "-I", "-S", "-B", "-c", _PROGRAM, str(_PACKAGES), str(folder)]
        try:
            self._child = ChildProcess(command, env=bare_environment(), cwd=folder)
        except OSError as error:
            raise AssemblyError(f"no process could be started for the waits' code: {error}") from error
        self._answers: dict[str, tuple[object, bytes]] = {}
        self._questions: list[_Question] = []
        self.asked: list[_Question] = []

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return self._child.ended

    def load(self, modules: Iterable[str]) -> dict[str, set[str]]:
        """Load modules afresh, as a function does that has just been started; return the names that each holds.

        Raises:
            AssemblyError: If they cannot be loaded.
        """
        reply = self._exchange({"load": {"modules": sorted(set(modules))}}, _no_answer)
        if "failed" in reply:
            raise AssemblyError(f"the waits' code in {self._folder} cannot be loaded: {reply['failed']}")
        with self._reading():
            return {str(module): set(names) for module, names in reply["loaded"].items()}

    def call(
        self, module: str, function: str, event: Mapping[str, object], *, now: datetime, ask: Ask
    ) -> tuple[object, str]:
        """Call a handler; return its answer, and the last line that it printed.

        Raises:
            AssemblyError: If the process did not survive the call.
            HandlerFailedError: If the handler raised an error.
        """
        # Polls repeat the same calls of AWS. Answers to those of the last poll are sent before they are asked.
        ahead = [self._answer(ask, question) for question in self._questions]
        call = {"module": module, "function": function, "event": event, "now": now, "expected": self._questions}
        reply = self._exchange({"call": call}, ask, ahead)
        with self._reading():
            self.asked = list(map(_question, reply["questions"]))
        if "raised" in reply:
            raise HandlerFailedError(str(reply["raised"]))
        with self._reading():
            self._questions = list(takewhile(_changes_nothing, self.asked))
            return reply["returned"], str(reply["printed"])

    def _exchange(self, order: Mapping[str, object], ask: Ask, ahead: Iterable[bytes] = ()) -> dict[str, Any]:
        try:
            with self._child.deadline(LONGEST_SECONDS):
                reply = self._send(b"".join((as_line(order), *ahead)))
                while "asked" in reply:
                    with self._reading():
                        question = _question(reply["asked"])
                    reply = self._send(self._answer(ask, question))
                return reply
        except BaseException as error:
            self._child.close()  # in the middle of an exchange, it is of no more use
            if isinstance(error, NoAnswerError):
                raise AssemblyError(f"the handler crashed: the waits' code in {self._folder}: {error}") from error
            raise

    def _send(self, lines: bytes) -> dict[str, Any]:
        line = self._child.exchange(lines)
        with self._reading():
            return {**of_line(line)}

    def _answer(self, ask: Ask, question: _Question) -> bytes:
        service, operation, arguments = question
        try:
            answer = ask(service, operation, arguments)
        except ClientError as error:
            return as_line({"refused": error.response["Error"]["Code"]})
        # Most answers are long, and the same as in the poll before, so each is written once.
        if operation not in self._answers or self._answers[operation][0] != answer:
            self._answers[operation] = answer, as_line({"answer": answer})
        return self._answers[operation][1]

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            self._child.close()
            raise AssemblyError(
                f"the handler crashed: the waits' code in {self._folder}: its answer cannot be read"
            ) from error


def _question(asked: Iterable[Any]) -> _Question:
    service, operation, arguments = asked
    return str(service), str(operation), {**arguments}


def _changes_nothing(question: _Question) -> bool:
    _, operation, _ = question
    return operation.startswith(("describe_", "get_", "list_"))


def _no_answer(_service: str, _operation: str, _arguments: Mapping[str, object]) -> object:
    raise AssemblyError("the waits' code calls AWS before it has a request, which no rehearsal answers")
