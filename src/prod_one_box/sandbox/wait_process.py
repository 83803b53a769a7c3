"""Runs the waits' code in a process of its own, which is kept from files, network and this process's environment.

Ends a process that takes too long over an answer.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from ..template.cloud_assembly import AssemblyError
from .client_stubs import Ask, ClientError
from .wait_line import as_line, of_line

_LOOKS_EVERY: Final = 0.5
"""In seconds."""


class Watchdog:
    """Watches one process, from one thread for all its answers: a thread for each would cost more than most of them.

    Attributes:
        has_bitten: Whether the process was ended, because it took too long.
    """

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        """Begins to watch.

        Args:
            child: The process.
        """
        self.has_bitten = False
        self._child = child
        self._until: float | None = None
        self._looking = threading.Lock()
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    @contextlib.contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Ends the process if what is done in this context takes too long.

        Args:
            seconds: How long it may take, by the clock of this machine.
        """
        self._until = time.monotonic() + seconds
        try:
            yield
        finally:
            with self._looking:
                self._until = None

    def rest(self) -> None:
        """Watches no longer."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(_LOOKS_EVERY):
            with self._looking:
                if self._until is not None and time.monotonic() > self._until:
                    self.has_bitten = True
                    self._child.kill()
                    return


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

# Without these, Python may not start at all; the child forgets them at once.
_NEEDED: Final = ("LD_LIBRARY_PATH", "SYSTEMROOT")

_LONGEST_LINE: Final = 10_000_000

_Question = tuple[str, str, dict[str, object]]
"""A service, its operation and the arguments."""


class HandlerFailedError(Exception):
    """The handler raised, which ends its request; the message is the handler's own."""


def process_of(folder: Path) -> "WaitProcess":
    """Finds or starts the process of a folder's code; each thread has its own, for it does one thing at a time."""
    whose = folder.resolve(), os.getpid(), threading.get_ident()
    if _started(*whose).ended:
        _started.cache_clear()
    return _started(*whose)


@lru_cache(maxsize=1)
def _started(folder: Path, _process: int, _thread: int) -> "WaitProcess":
    return WaitProcess(folder)


class WaitProcess:
    """A process that holds the code of a folder. It ends with this object, and with the process that made it."""

    def __init__(self, folder: Path) -> None:
        """Starts it.

        Raises:
            AssemblyError: If it cannot be started.
        """
        self._folder = folder
        nowhere = tempfile.mkdtemp()
        try:
            self._child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", "-B", "-c", _PROGRAM, str(_PACKAGES), str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=nowhere,
                env={name: os.environ[name] for name in _NEEDED if name in os.environ},
            )
        except OSError as error:
            shutil.rmtree(nowhere, ignore_errors=True)
            raise AssemblyError(f"no process could be started for the waits' code: {error}") from error
        self._watchdog = Watchdog(self._child)
        self._answers: dict[str, tuple[object, bytes]] = {}
        self._questions: list[_Question] = []
        self._end = weakref.finalize(self, _end, self._child, self._watchdog, nowhere)

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return not self._end.alive

    def load(self, modules: Iterable[str]) -> dict[str, set[str]]:
        """Loads modules afresh, as a function does that has just been started.

        Returns:
            The names that each holds.

        Raises:
            AssemblyError: If they cannot be loaded.
        """
        reply = self._exchange({"load": {"modules": sorted(set(modules))}}, _no_answer)
        if "failed" in reply:
            raise AssemblyError(f"the waits' code in {self._folder} cannot be loaded: {reply['failed']}")
        with self._understanding():
            return {str(module): set(names) for module, names in reply["loaded"].items()}

    def call(
        self, module: str, function: str, event: Mapping[str, object], *, now: datetime, ask: Ask
    ) -> tuple[object, str]:
        """Calls a handler.

        Args:
            module: Its module, loaded.
            function: Its name there.
            event: What it is given.
            now: What it takes for the time.
            ask: Answers what it asks of AWS.

        Returns:
            Its answer, and the last line that it printed.

        Raises:
            AssemblyError: If the process did not outlive it.
            HandlerFailedError: If it raised.
        """
        # Polls ask the same questions again and again: those of the last one are answered before they are asked.
        ahead = [self._answer(ask, question) for question in self._questions]
        call = {"module": module, "function": function, "event": event, "now": now, "expected": self._questions}
        reply = self._exchange({"call": call}, ask, ahead)
        if "raised" in reply:
            raise HandlerFailedError(str(reply["raised"]))
        with self._understanding():
            self._questions = list(takewhile(_changes_nothing, map(_question, reply["questions"])))
            return reply["returned"], str(reply["printed"])

    def _exchange(self, order: Mapping[str, object], ask: Ask, ahead: Iterable[bytes] = ()) -> dict[str, Any]:
        try:
            with self._watchdog.patience(LONGEST_SECONDS):
                reply = self._say(b"".join((as_line(order), *ahead)))
                while "asked" in reply:
                    with self._understanding():
                        question = _question(reply["asked"])
                    reply = self._say(self._answer(ask, question))
                return reply
        except BaseException:
            self._end()  # in the middle of a conversation, it is of no more use
            raise

    def _say(self, line: bytes) -> dict[str, Any]:
        assert self._child.stdin  # noqa: S101
        assert self._child.stdout  # noqa: S101
        with contextlib.suppress(OSError):  # it is gone, which its answer shows
            self._child.stdin.write(line)
            self._child.stdin.flush()
        reply = self._child.stdout.readline(_LONGEST_LINE)
        if not reply:
            raise AssemblyError(f"the handler crashed: the waits' code in {self._folder} {self._last_words()}")
        with self._understanding():
            return {**of_line(reply)}

    def _answer(self, ask: Ask, question: _Question) -> bytes:
        service, operation, arguments = question
        try:
            answer = ask(service, operation, arguments)
        except ClientError as error:
            return as_line({"refused": error.response["Error"]["Code"]})
        # Most answers are those of the poll before, and long: they are written once.
        if operation not in self._answers or self._answers[operation][0] != answer:
            self._answers[operation] = answer, as_line({"answer": answer})
        return self._answers[operation][1]

    def _last_words(self) -> str:
        status = self._child.wait()
        if self._watchdog.has_bitten:
            return f"did not answer within {LONGEST_SECONDS:g} s"
        return f"ended its process, with exit status {status}"

    @contextlib.contextmanager
    def _understanding(self) -> Iterator[None]:
        try:
            yield
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            self._end()
            raise AssemblyError(
                f"the handler crashed: the waits' code in {self._folder} garbled its answers"
            ) from error


def _question(asked: Iterable[Any]) -> _Question:
    service, operation, arguments = asked
    return str(service), str(operation), {**arguments}


def _changes_nothing(question: _Question) -> bool:
    _, operation, _ = question
    return operation.startswith(("describe_", "get_", "list_"))


def _no_answer(_service: str, _operation: str, _arguments: Mapping[str, object]) -> object:
    """Answers code that asks AWS while it is loaded."""
    raise AssemblyError("the waits' code asks AWS before it has a request, which no rehearsal answers")


def _end(child: "subprocess.Popen[bytes]", watchdog: Watchdog, folder: str) -> None:
    watchdog.rest()
    child.kill()
    for pipe in filter(None, (child.stdin, child.stdout)):
        with contextlib.suppress(OSError):
            pipe.close()
    child.wait()
    shutil.rmtree(folder, ignore_errors=True)
