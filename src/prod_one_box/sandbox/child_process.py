"""Start code in a process of its own and exchange lines of JSON with it."""

import os
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

_LONGEST_LINE: Final = 64 * 1024 * 1024
_ERROR_OUTPUT: Final = 2
_CHECK_SECONDS: Final = 0.5
_REQUIRED: Final = ("LD_LIBRARY_PATH", "SYSTEMROOT")


class NoAnswerError(Exception):
    """The program did not answer: it ended, took too long, or wrote something that cannot be read."""


def bare_environment() -> dict[str, str]:
    """Return the variables without which a program may not start, and nothing else of this process's environment."""
    return {name: os.environ[name] for name in _REQUIRED if name in os.environ}


def launch(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdin: int | IO[bytes],
    stdout: int | IO[bytes],
    stderr: int | IO[bytes] | None = None,
    pass_fds: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start a program, in a session of its own so that `kill` reaches what it starts.

    All code that this package runs starts here, so a stricter confinement of whole processes belongs here.
    """
    return subprocess.Popen(  # noqa: S603
        command,
        env=dict(env),
        cwd=cwd,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        pass_fds=pass_fds,
        start_new_session=True,
    )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a program that was launched, with everything that it has started: a pipe ends with its last holder."""
    with suppress(OSError):
        if process.returncode is None and hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


class ChildProcess:
    """A program that reads lines from its input and answers with lines.

    It is killed when it misses a deadline, and when this object is closed or garbage collected.
    """

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, keeps_output: bool = False
    ) -> None:
        """Start the program with its whole environment.

        With `keeps_output`, the code it runs may write to its output and error output, which then are this process's
        error output; it answers on another descriptor, whose number is its last argument. Otherwise it answers on its
        output, and its error output is discarded.

        Raises:
            OSError: If it cannot be started.
        """
        if keeps_output:
            read, write = os.pipe()
            self._answers: IO[bytes] = os.fdopen(read, "rb")
            try:
                self._process = launch(
                    [*command, str(write)],
                    env=env,
                    cwd=cwd,
                    stdin=subprocess.PIPE,
                    stdout=_ERROR_OUTPUT,
                    pass_fds=(write,),
                )
            except BaseException:
                self._answers.close()
                raise
            finally:
                os.close(write)
        else:
            pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
            self._process = launch(command, env=env, cwd=cwd, stdin=pipe, stdout=pipe, stderr=nowhere)
            assert self._process.stdout  # noqa: S101
            self._answers = self._process.stdout
        self._watchdog = _Watchdog(self._process)
        self._end = weakref.finalize(self, _end, self._process, self._watchdog, self._answers)

    @property
    def ended(self) -> bool:
        """Whether the program has ended."""
        return not self._end.alive or self._process.poll() is not None

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Kill the program if what is done in this context takes longer than this."""
        self._watchdog.allow(seconds)
        try:
            yield
        finally:
            self._watchdog.allow(None)

    def exchange(self, lines: bytes) -> bytes:
        """Send any number of lines and return the next line that the program writes.

        Raises:
            NoAnswerError: If it writes no line.
        """
        assert self._process.stdin  # noqa: S101
        with suppress(OSError):  # The program has ended, which the missing answer shows.
            self._process.stdin.write(lines)
            self._process.stdin.flush()
        line = self._answers.readline(_LONGEST_LINE)
        if line.endswith(b"\n"):
            return line
        if len(line) == _LONGEST_LINE:
            raise NoAnswerError(f"its answer cannot be read: it is longer than {_LONGEST_LINE} bytes")
        status = self._process.wait()
        if self._watchdog.missed is not None:
            raise NoAnswerError(f"no answer within {self._watchdog.missed:g} s")
        raise NoAnswerError(f"the process ended with status {status}")

    def kill(self) -> None:
        """Kill the program, which ends an exchange in another thread."""
        kill(self._process)

    def close(self) -> None:
        """Kill the program and release its pipes."""
        self._end()


class _Watchdog:
    """Kills a process that misses a deadline.

    One thread does so for all exchanges with the process: starting a thread takes longer than most of them.
    """

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.missed: float | None = None
        self.over = threading.Event()
        self._process = process
        self._limit: tuple[float, float] | None = None
        self._lock = threading.Lock()
        threading.Thread(target=self._watch, daemon=True).start()

    def allow(self, seconds: float | None) -> None:
        limit = None if seconds is None else (seconds, time.monotonic() + seconds)
        with self._lock:
            self._limit = limit

    def _watch(self) -> None:
        pause = _CHECK_SECONDS
        while not self.over.wait(pause):
            with self._lock:
                pause = _CHECK_SECONDS
                if self._limit is not None:
                    seconds, end = self._limit
                    pause = min(end - time.monotonic(), _CHECK_SECONDS)
                    if pause <= 0:
                        self.missed = seconds
                        kill(self._process)
                        return


def _end(process: "subprocess.Popen[bytes]", watchdog: _Watchdog, answers: IO[bytes]) -> None:
    watchdog.over.set()
    kill(process)
    for pipe in filter(None, (process.stdin, answers)):
        with suppress(OSError):
            pipe.close()
    process.wait()
