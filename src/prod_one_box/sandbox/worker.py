"""A child process that answers one question after another, for asyncio."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from .child_process import ChildProcess, NoAnswerError

_KILL_AGAIN_SECONDS: Final = 0.1


class Worker:
    """A program for asyncio that starts with its first question, and again after it has ended.

    It answers one question at a time. Its first line is `{"id": 0}`, with an `error` if it cannot answer any question;
    each answer carries its question's `id`. What it prints appears on this process's error output.
    """

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
        """Prepare the program without starting it."""
        self._command = command
        self._env = env
        self._cwd = cwd
        self._child: ChildProcess | None = None
        self._number = 0
        self._lock = asyncio.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1)

    async def ask(self, question: Mapping[str, object], *, seconds: float, start_seconds: float) -> dict[str, object]:
        """Send a question and return its answer; the program may take `start_seconds` if it does not run yet.

        Raises:
            NoAnswerError: If there is no answer. The next question starts the program anew.
        """
        async with self._lock:
            loop = asyncio.get_running_loop()
            work = loop.run_in_executor(self._thread, self._ask, question, seconds, start_seconds)
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                while not work.done():
                    if self._child:
                        self._child.kill()
                    await asyncio.wait([work], timeout=_KILL_AGAIN_SECONDS)
                work.exception()  # otherwise asyncio reports that nobody asked for it
                raise

    async def close(self) -> None:
        """End the program."""
        async with self._lock:
            self._discard()
            self._thread.shutdown(wait=False)

    def _ask(self, question: Mapping[str, object], seconds: float, start_seconds: float) -> dict[str, object]:
        try:
            if self._child is None or self._child.ended:
                self._start(start_seconds)
            self._number += 1
            return self._exchange(json.dumps({**question, "id": self._number}).encode() + b"\n", seconds)
        except BaseException as error:
            self._discard()
            if isinstance(error, (OSError, ValueError)):
                raise NoAnswerError(f"its answer cannot be read: {error}") from error
            raise

    def _start(self, seconds: float) -> None:
        self._discard()
        self._child = ChildProcess(self._command, env=self._env, cwd=self._cwd, keeps_output=True)
        self._number = 0
        started = self._exchange(b"", seconds)
        if "error" in started:
            raise NoAnswerError(f"it could not be loaded: {started['error']}")

    def _exchange(self, lines: bytes, seconds: float) -> dict[str, object]:
        assert self._child  # noqa: S101
        with self._child.deadline(seconds):
            answer = json.loads(self._child.exchange(lines))
        if not isinstance(answer, dict) or answer.get("id") != self._number:
            raise ValueError("it belongs to no question")
        return answer

    def _discard(self) -> None:
        if self._child is not None:
            self._child.close()
        self._child = None
