"""A process of its own that is asked and answers in lines of JSON."""

import asyncio
import json
import os
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

_LONGEST_LINE: Final = 64 * 1024 * 1024
_ERROR_OUTPUT: Final = 2

Result = TypeVar("Result")


class NoAnswerError(Exception):
    """The process gave no answer: it ended, took too long, or said what cannot be read."""


class LineProcess:
    """Starts its program when it is first asked, and again when it has ended; one question at a time.

    The program reads questions from its input and writes its answers to a descriptor of their own, whose number is its
    last word: whatever it prints, or writes to its output by itself, is its log. Its first line is `{"id": 0}`, once it
    can be asked, or has an `error`, too, if it never will; each answer carries its question's id.
    """

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
        """Starts nothing yet.

        Args:
            command: The program and its words. What it prints appears on this process's error output.
            env: All of its environment.
            cwd: Where it runs.
        """
        self._command = command
        self._env = env
        self._cwd = cwd
        self._lock = asyncio.Lock()
        self._running: _Running | None = None

    async def ask(self, question: Mapping[str, object], *, seconds: float, start_seconds: float) -> dict[str, object]:
        """Sends one line and waits for the line that answers it.

        Args:
            question: What is asked.
            seconds: How long the answer may take.
            start_seconds: How long the program may take to start, if it does not run yet.

        Raises:
            NoAnswerError: If there is no answer. The next question starts the program anew.
        """
        async with self._lock:
            try:
                return await self._asked(question, seconds, start_seconds)
            except BaseException as error:
                await self._stop()
                if isinstance(error, (OSError, ValueError)):
                    raise NoAnswerError(f"its answer cannot be read: {error}") from error
                raise

    async def close(self) -> None:
        """Ends the program."""
        async with self._lock:
            await self._stop()

    async def _asked(self, question: Mapping[str, object], seconds: float, start_seconds: float) -> dict[str, object]:
        if self._running is None or self._running.process.returncode is not None:
            await self._stop()
            self._running = await _start(self._command, self._env, self._cwd)
            started = await _within(start_seconds, self._running.answer())
            if "error" in started:
                raise NoAnswerError(f"it could not be loaded: {started['error']}")
        return await _within(seconds, self._running.exchange(question))

    async def _stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.stop()


class _Running:
    """The program as it runs."""

    def __init__(
        self, process: asyncio.subprocess.Process, answers: asyncio.StreamReader, transport: asyncio.BaseTransport
    ) -> None:
        self.process = process
        self._answers = answers
        self._transport = transport
        self._asked = 0

    async def exchange(self, question: Mapping[str, object]) -> dict[str, object]:
        self._asked += 1
        if self.process.stdin is None:
            raise OSError("its input is closed")
        self.process.stdin.write(json.dumps({**question, "id": self._asked}).encode() + b"\n")
        with suppress(ConnectionError):  # it has ended; the missing answer says how
            await self.process.stdin.drain()
        return await self.answer()

    async def answer(self) -> dict[str, object]:
        line = await self._answers.readline()
        if not line:
            raise NoAnswerError(f"the process ended with status {await self.process.wait()}")
        answer = json.loads(line)
        if not isinstance(answer, dict) or answer.get("id") != self._asked:
            raise ValueError("it belongs to no question")
        return answer

    async def stop(self) -> None:
        self._transport.close()
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


async def _start(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> _Running:
    read, write = os.pipe()
    answers = asyncio.StreamReader(limit=_LONGEST_LINE)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(answers), os.fdopen(read, "rb", buffering=0)
    )
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            str(write),
            env=dict(env),
            cwd=cwd,
            stdin=asyncio.subprocess.PIPE,
            stdout=_ERROR_OUTPUT,
            pass_fds=(write,),
        )
    except BaseException:
        transport.close()
        raise
    finally:
        os.close(write)
    return _Running(process, answers, transport)


async def _within(seconds: float, work: Awaitable[Result]) -> Result:
    try:
        return await asyncio.wait_for(work, seconds)
    except asyncio.TimeoutError as error:
        raise NoAnswerError(f"no answer within {seconds:g} s") from error
