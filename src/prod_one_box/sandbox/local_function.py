"""Run a Lambda function in processes of its own, with the template's environment and without confinement."""

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
from .child_process import NoAnswerError
from .node import DRIVER, find_node
from .worker import Worker

_PYTHON_DRIVER: Final = Path(__file__).with_name("python_driver.py")
_START_SECONDS: Final = 10.0
"""How long an environment may take to load the code; one that needs longer may use the function's timeout, too.

Lambda developer guide, 'Understanding the Lambda execution environment lifecycle': the init phase.
"""

_MOST: Final = 8
"""The largest number of environments of a function: a browser sends up to six requests to one host simultaneously."""

_OPT: Final = re.compile(r"(?<![\w./-])/opt(?=$|[/:\s\"'])")


@dataclass(frozen=True, kw_only=True)
class Layers:
    """The layers of a function.

    Attributes:
        folder: The folder used as `/opt`; None: the assembly has none of the layers.
        missing: The layers that are not in the assembly, as the template names them.
    """

    folder: Path | None = None
    missing: tuple[str, ...] = ()

    def located(self, value: str) -> str:
        """Replace `/opt` with the layers' folder in an environment variable's value."""
        return value if self.folder is None else _OPT.sub(lambda _: str(self.folder), value)

    def why_not_found(self, failure: str) -> str:
        """Say why code that names `/opt` did not find its layers there; return "" for another failure."""
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
        name: The function's name for people: its construct's path.
        version: Identifies the code and configuration; the same in both partitions if they run the same.
        folder: The folder of its code.
        handler: Its handler, such as `index.handler`.
        runtime: Its runtime, such as `nodejs24.x`.
        environment: Its environment variables, with stand-ins for what is known only after deployment.
        seconds: Its timeout.
        memory: Its memory in MB.
        layers: Its layers; default: none.
        incomplete: What is missing here, and what to do about it; default: "", nothing is missing.
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
        """Say what it has in Lambda and not here, if that may be why it failed; otherwise return ""."""
        return self.incomplete or self.layers.why_not_found(failure)


class FunctionFailedError(Exception):
    """The function threw an error, ended its process or took too long."""


class LocalFunction:
    """Runs a function on events, one at a time in each execution environment, as Lambda does.

    An environment is a process. Lambda starts as many as there are simultaneous events; here there is a largest number,
    and further events wait.

    Attributes:
        code: The function's code.
        streams: Whether the last answer was streamed, by `awslambda.streamifyResponse`; it is returned when complete.
    """

    def __init__(self, code: FunctionCode) -> None:
        """Prepare the function; environments start with the first events.

        Raises:
            AssemblyError: If this machine cannot run it.
        """
        self.code = code
        self.streams = False
        self._command = [*_program(code), str(code.folder), code.handler]
        self._home = TemporaryDirectory()
        self._all: list[Worker] = []
        self._idle: list[Worker] = []
        self._free = asyncio.Semaphore(_MOST)

    async def run(self, event: dict[str, object]) -> object:
        """Run the handler on an event and return its answer.

        Raises:
            FunctionFailedError: If there is no answer.
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
        """End the processes."""
        for process in self._all:
            await process.close()
        self._home.cleanup()

    def _new(self) -> Worker:
        environment = _environment(self.code, Path(self._home.name).resolve())
        process = Worker(self._command, env=environment, cwd=self.code.folder)
        self._all.append(process)
        return process


def _program(code: FunctionCode) -> list[str]:
    if code.runtime.startswith("nodejs"):
        return [find_node(), str(DRIVER), "lambda"]
    if code.runtime.startswith("python"):
        return [sys.executable, str(_PYTHON_DRIVER)]
    raise AssemblyError(f"{code.name}: its runtime {code.runtime} cannot be run here; give --origin")


def _layer_paths(code: FunctionCode) -> dict[str, str]:
    """Return the variables by which Lambda finds layers (Lambda developer guide, 'Packaging your layer content')."""
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
    """Return what the template says, and nothing by which AWS's libraries find the developer's credentials.

    They would look into the home folder, and ask the address where EC2 gives credentials (AWS SDKs and Tools reference
    guide, 'Standardized credential providers').
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
