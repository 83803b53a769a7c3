"""A Lambda function in a process of its own on this machine."""

import asyncio
import os
import sys
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ..assembly.cloud_assembly import AssemblyError
from ..assembly.confined_node import find_node
from .function_code import FunctionCode
from .line_process import LineProcess, NoAnswerError

_HERE: Final = Path(__file__).parent
_START_SECONDS: Final = 10.0
"""What an environment has to load the code; one that needs longer gets the function's timeout for it, too.

Lambda developer guide, 'Understanding the Lambda execution environment lifecycle': the init phase.
"""

_MOST: Final = 8
"""How many environments a function has at most: a browser sends six requests at once to one host."""


class FunctionFailedError(Exception):
    """The function threw, ended or took too long."""


class LocalFunction:
    """Runs events, each in an execution environment that has no other at the time, as Lambda does.

    An environment is a process. Lambda starts as many as there are events at once; here the others wait at some point.

    Attributes:
        code: What is run.
        streams: Whether the last answer was streamed, by `awslambda.streamifyResponse`; it is handed over when whole.
    """

    def __init__(self, code: FunctionCode) -> None:
        """Starts nothing yet.

        Raises:
            AssemblyError: If this machine cannot run it.
            EngineMissingError: If it needs Node, which is not on this machine.
        """
        self.code = code
        self.streams = False
        self._command = [*_program(code), str(code.folder), code.handler]
        self._home = TemporaryDirectory()
        self._all: list[LineProcess] = []
        self._idle: list[LineProcess] = []
        self._free = asyncio.Semaphore(_MOST)

    async def run(self, event: dict[str, object]) -> object:
        """Gives the handler an event.

        Raises:
            FunctionFailedError: If it has no answer.
        """
        context = {
            "requestId": str(uuid.uuid4()),
            "milliseconds": int(self.code.seconds * 1000),
            "memory": self.code.memory,
        }
        async with self._free:
            process = self._idle.pop() if self._idle else self._new()
            try:
                answer = await process.ask(
                    {"event": event, "context": context},
                    seconds=self.code.seconds,
                    start_seconds=self.code.seconds + _START_SECONDS,
                )
            except NoAnswerError as error:
                raise FunctionFailedError(f"{self.code.name}: {error}") from error
            finally:
                self._idle.append(process)
        self.streams = answer.get("streamed") is True
        if "error" in answer:
            raise FunctionFailedError(f"{self.code.name} threw {answer['error']}")
        return answer["result"]

    async def close(self) -> None:
        """Ends the processes."""
        for process in self._all:
            await process.close()
        self._home.cleanup()

    def _new(self) -> LineProcess:
        environment = _environment(self.code, Path(self._home.name).resolve())
        process = LineProcess(self._command, env=environment, cwd=self.code.folder)
        self._all.append(process)
        return process


def _program(code: FunctionCode) -> list[str]:
    if code.runtime.startswith("nodejs"):
        return [find_node(), str(_HERE / "run_node.mjs")]
    if code.runtime.startswith("python"):
        return [sys.executable, str(_HERE / "run_python.py")]
    raise AssemblyError(f"{code.name}: its runtime {code.runtime} cannot be run here; give --origin")


def _layer_paths(code: FunctionCode) -> dict[str, str]:
    """Where Lambda looks into layers (Lambda developer guide, 'Packaging your layer content')."""
    opt = code.layers.folder
    if opt is None:
        return {}
    return {
        "PATH": os.pathsep.join([os.environ.get("PATH", ""), str(opt / "bin")]),
        "LD_LIBRARY_PATH": str(opt / "lib"),
        "PYTHONPATH": os.pathsep.join(
            [str(opt / "python" / "lib" / code.runtime / "site-packages"), str(opt / "python")]
        ),
        "NODE_PATH": os.pathsep.join(
            str(opt / "nodejs" / each) for each in (f"{_node_version(code.runtime)}/node_modules", "node_modules")
        ),
    }


def _node_version(runtime: str) -> str:
    return f"node{runtime.removeprefix('nodejs').partition('.')[0]}"


def _environment(code: FunctionCode, home: Path) -> dict[str, str]:
    """What the template says, and no more: whoever serves a preview lends its functions no credentials.

    Without these words AWS's own libraries look for credentials in the developer's home, by the user's entry in the
    system, and at the address where EC2 gives them (AWS SDKs and Tools reference guide, 'Standardized credential
    providers').
    """
    return {
        "PATH": os.environ.get("PATH", ""),
        **_layer_paths(code),
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(home),
        "USERPROFILE": str(home),
        "LAMBDA_TASK_ROOT": str(code.folder),
        "_HANDLER": code.handler,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(code.memory),
        **code.environment,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
