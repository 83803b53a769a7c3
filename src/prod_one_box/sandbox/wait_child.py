"""The process in which the waits' code runs: confined, with AWS as the rehearsal plays it.

`wait_process` starts it. It needs only Python's own library, and ends when its input does. Each line is a JSON value
with dates.
"""

import contextlib
import importlib
import importlib.machinery
import io
import json
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from types import CodeType
from typing import Any, BinaryIO, Final

from .client_stubs import refuse, replace_boto
from .python_confinement import confine

_DATE: Final = "$date"


def as_line(value: object) -> bytes:
    """Write a value as a line.

    Raises:
        TypeError: If it contains something other than JSON's types and dates.
    """
    return json.dumps(value, default=_encoded).encode() + b"\n"


def of_line(line: bytes) -> Any:  # noqa: ANN401  JSON
    """Read a line's value.

    Raises:
        ValueError: If the line cannot be read.
    """
    return json.loads(line, object_hook=_decoded)


def _encoded(value: object) -> dict[str, str]:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} cannot be sent")
    return {_DATE: value.isoformat()}


def _decoded(value: dict[str, Any]) -> dict[str, Any] | datetime:
    return datetime.fromisoformat(value[_DATE]) if value.keys() == {_DATE} else value


def main(folder: str) -> None:
    """Answer requests until there are no more."""
    os.environ.clear()
    rehearsal = _Rehearsal()
    replace_boto(rehearsal.ask)
    confine(folder)
    sys.path.insert(0, folder)
    sys.path_hooks.insert(0, partial(_finder, folder))
    orders: Final[Mapping[str, Callable[..., dict[str, object]]]] = {"load": _load, "call": partial(_call, rehearsal)}
    while order := rehearsal.receive():
        (name,) = order
        rehearsal.send(orders[name](**order[name]))


class _Rehearsal:
    """The other end of the pipes: it sends requests, and answers questions to AWS.

    The waits' code cannot use the pipes: its input is empty, and its output is discarded.
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
        """Start a request with questions whose answers have already been sent."""
        self._expected.extend(map(as_line, questions))
        self.questions = []

    def forget(self) -> None:
        """Discard the answers to questions that were not asked."""
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
    packages = {name.partition(".")[0] for name in modules}
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]
    importlib.invalidate_caches()
    try:
        with _captured_output():
            return {"loaded": {name: sorted(vars(importlib.import_module(name))) for name in modules}}
    except Exception as error:
        return {"failed": str(error) or type(error).__name__}


def _call(
    rehearsal: _Rehearsal, *, module: str, function: str, event: object, now: datetime, expected: list[object]
) -> dict[str, object]:
    loaded = vars(sys.modules[module])
    loaded["now"] = lambda: now
    rehearsal.expect(expected)
    try:
        with _captured_output() as output:
            answer = {"returned": loaded[function](event, None)}
            as_line(answer)
    except Exception as error:
        return {"raised": str(error) or type(error).__name__, "questions": rehearsal.questions}
    finally:
        rehearsal.forget()
    last = output.getvalue().strip().rpartition("\n")[2]
    return {**answer, "printed": last, "questions": rehearsal.questions}


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles each file once: a rehearsal loads the code for every play."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return _compiled(self.get_data(path), path)


@cache
def _compiled(source: bytes, path: str) -> CodeType:
    return compile(source, path, "exec", dont_inherit=True)


def _finder(folder: str, path: str) -> importlib.machinery.FileFinder:
    if not path.startswith(folder):
        raise ImportError(f"{path} is outside of {folder}")
    return importlib.machinery.FileFinder(path, (_Loader, [".py"]))


@contextlib.contextmanager
def _captured_output() -> Iterator[io.StringIO]:
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        yield output
