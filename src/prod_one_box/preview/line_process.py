"""A process of its own that is asked and answers in lines of JSON."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

_LONGEST_LINE: Final = 64 * 1024 * 1024


class NoAnswerError(Exception):
    """The process gave no answer: it ended, or took too long."""


class LineProcess:
    """Starts its program when it is first asked, and again when it has ended; one question at a time."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
        """Starts nothing yet.

        Args:
            command: The program and its words. What it writes to its error output appears on this process's.
            env: All of its environment.
            cwd: Where it runs.
        """
        self._command = command
        self._env = env
        self._cwd = cwd
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def ask(self, question: Mapping[str, object], *, seconds: float) -> dict[str, object]:
        """Sends one line and waits for the line that answers it.

        Raises:
            NoAnswerError: If the program ends or takes longer than this. The next question starts it anew.
        """
        async with self._lock:
            try:
                process = await self._started()
                line = await asyncio.wait_for(_exchange(process, json.dumps(question)), seconds)
            except asyncio.TimeoutError as error:
                await self._stop()
                raise NoAnswerError(f"no answer within {seconds:g} s") from error
            except OSError as error:
                await self._stop()
                raise NoAnswerError(f"the process ended: {error}") from error
            except asyncio.CancelledError:
                await self._stop()
                raise
            if not line:
                raise NoAnswerError(f"the process ended with status {await process.wait()}")
            return cast("dict[str, object]", json.loads(line))

    async def close(self) -> None:
        """Ends the program."""
        async with self._lock:
            await self._stop()

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=dict(self._env),
                cwd=self._cwd,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LONGEST_LINE,
            )
        return self._process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _exchange(process: asyncio.subprocess.Process, question: str) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise OSError("its pipes are closed")
    process.stdin.write(question.encode() + b"\n")
    await process.stdin.drain()
    return await process.stdout.readline()
