"""A Lambda function in a process of its own on this machine."""

import asyncio
import os
import re
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ..template.cloud_assembly import AssemblyError
from .confined_node import find_node
from .line_process import LineProcess, NoAnswerError

_HERE: Final = Path(__file__).parent
_START_SECONDS: Final = 10.0
"""What an environment has to load the code; one that needs longer gets the function's timeout for it, too.

Lambda developer guide, 'Understanding the Lambda execution environment lifecycle': the init phase.
"""

_MOST: Final = 8
"""How many environments a function has at most: a browser sends six requests at once to one host."""


_OPT: Final = re.compile(r"(?<![\w./-])/opt(?=$|[/:\s\"'])")


@dataclass(frozen=True, kw_only=True)
class Layers:
    """The layers of a function.

    Attributes:
        folder: What stands for `/opt`; None: the assembly has none of the layers.
        missing: The layers that are not in the assembly, as the template names them.
    """

    folder: Path | None = None
    missing: tuple[str, ...] = ()

    def located(self, value: str) -> str:
        """Write an environment variable's value with the layers' folder where it says `/opt`."""
        return value if self.folder is None else _OPT.sub(lambda _: str(self.folder), value)

    def why_not_found(self, failure: str) -> str:
        """Say why a function that named `/opt` in its code did not find its layers there; "" for another failure."""
        if self.folder is None or _OPT.search(failure) is None:
            return ""
        return (
            f"its layers are in {self.folder} here, and the preview writes that into environment variables that say "
            "/opt, not into code; let the code read such a variable"
        )


@dataclass(frozen=True, kw_only=True)
class FunctionCode:
    """A function's code.

    Attributes:
        name: What people know the function by: its construct's path.
        version: What tells this code and configuration from another, alike in both partitions.
        folder: Where its code is.
        handler: Its handler, such as `index.handler`.
        runtime: Its runtime, such as `nodejs24.x`.
        environment: Its environment variables; what is known only when deployed is replaced by a stand-in.
        seconds: Its timeout.
        memory: Its memory in MB.
        layers: Its layers; default: none.
        incomplete: What it has to do without here, and what to do about it; default: "", which means nothing.
    """

    name: str
    version: str
    folder: Path
    handler: str
    runtime: str
    environment: dict[str, str]
    seconds: float
    memory: int
    layers: Layers = field(default_factory=Layers)
    incomplete: str = ""

    def why_failed(self, failure: str) -> str:
        """Say what it lacks here and has in Lambda, if that may be why it failed; else ""."""
        return self.incomplete or self.layers.why_not_found(failure)


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
