"""The process in which the waits' code runs: confined, with nothing but its requests, and AWS as the rehearsal has it.

It is started by `wait_process`, needs nothing but Python's own library, and ends with its input.
"""

import contextlib
import importlib
import importlib.machinery
import io
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from types import CodeType
from typing import Any, BinaryIO, Final

from .client_stubs import refuse, stand_in_for_boto
from .confinement import confine
from .wait_line import as_line, of_line


def main(folder: str) -> None:
    """Answers requests until there are no more.

    Args:
        folder: The folder of the code.
    """
    os.environ.clear()
    rehearsal = _Rehearsal()
    stand_in_for_boto(rehearsal.ask)
    confine(folder)
    sys.path.insert(0, folder)
    sys.path_hooks.insert(0, partial(_finder, folder))
    orders: Final[Mapping[str, Callable[..., dict[str, object]]]] = {"load": _load, "call": partial(_call, rehearsal)}
    while order := rehearsal.receive():
        (name,) = order
        rehearsal.send(orders[name](**order[name]))


class _Rehearsal:
    """The other end: its requests come in, and questions to AWS go out.

    It keeps the process's two pipes to itself: to the waits' code, input is empty and output goes nowhere.
    """

    def __init__(self) -> None:
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb")
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)
        self._asking = threading.Lock()
        self._expected: deque[bytes] = deque()
        self.questions: list[list[object]] = []

    def receive(self) -> Any:  # noqa: ANN401  JSON
        line = self._in.readline()
        return of_line(line) if line else None

    def send(self, message: Mapping[str, object]) -> None:
        self._out.write(as_line(message))
        self._out.flush()

    def expect(self, questions: Sequence[object]) -> None:
        """Begins with questions whose answers have come in already."""
        self._expected.extend(map(as_line, questions))
        self.questions = []

    def forget(self) -> None:
        """Does away with the answers to what was not asked."""
        while self._expected:
            self._expected.pop()
            self._in.readline()

    def ask(self, service: str, operation: str, arguments: Mapping[str, object]) -> object:
        question: list[object] = [service, operation, arguments]
        line = as_line(question)
        with self._asking:
            self.questions.append(question)
            if self._expected and self._expected[0] == line:
                self._expected.popleft()
            else:
                self.forget()
                self.send({"asked": question})
            answer = self.receive()
        if answer is None:
            sys.exit()
        if "refused" in answer:
            raise refuse(answer["refused"], operation)
        return answer["answer"]


def _load(*, modules: list[str]) -> dict[str, object]:
    """Loads modules as a function does that has just been started: what was loaded before is forgotten."""
    packages = {name.partition(".")[0] for name in modules}
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]
    importlib.invalidate_caches()
    try:
        with _kept_quiet():
            return {"loaded": {name: sorted(vars(importlib.import_module(name))) for name in modules}}
    except Exception as error:  # whatever it is, it is the reason
        return {"failed": str(error) or type(error).__name__}


def _call(
    rehearsal: _Rehearsal, *, module: str, function: str, event: object, now: datetime, expected: list[object]
) -> dict[str, object]:
    """Calls a handler at a time."""
    loaded = vars(sys.modules[module])
    loaded["now"] = lambda: now
    rehearsal.expect(expected)
    try:
        with _kept_quiet() as printed:
            answer = {"returned": loaded[function](event, None)}
            as_line(answer)
    except Exception as error:  # whatever it is, it ends the request
        return {"raised": str(error) or type(error).__name__}
    finally:
        rehearsal.forget()
    last = printed.getvalue().strip().rpartition("\n")[2]
    return {**answer, "printed": last, "questions": rehearsal.questions}


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles the code once: a rehearsal loads it for every play."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return _compiled(self.get_data(path), path)


@cache
def _compiled(source: bytes, path: str) -> CodeType:
    return compile(source, path, "exec", dont_inherit=True)


def _finder(folder: str, path: str) -> importlib.machinery.FileFinder:
    if not path.startswith(folder):
        raise ImportError(f"{path} is for others to find")
    return importlib.machinery.FileFinder(path, (_Loader, [".py"]))


@contextlib.contextmanager
def _kept_quiet() -> Iterator[io.StringIO]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        yield printed
