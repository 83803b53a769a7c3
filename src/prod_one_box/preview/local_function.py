"""A Lambda function in a process of its own on this machine."""

import os
import sys
import time
import uuid
from pathlib import Path
from typing import Final

from ..assembly.cloud_assembly import AssemblyError
from ..assembly.confined_node import find_node
from .function_code import FunctionCode
from .line_process import LineProcess, NoAnswerError

_HERE: Final = Path(__file__).parent
_START_SECONDS: Final = 10.0
"""A process that starts may take this much longer (Lambda developer guide, 'Execution environment lifecycle': init)."""


class FunctionFailedError(Exception):
    """The function threw, ended or took too long."""


class LocalFunction:
    """Runs one event after another, as one execution environment does."""

    def __init__(self, code: FunctionCode) -> None:
        """Starts nothing yet.

        Raises:
            AssemblyError: If this machine cannot run it.
            EngineMissingError: If it needs Node, which is not on this machine.
        """
        self.code = code
        self._process = LineProcess(
            [*_program(code), str(code.folder), code.handler], env=_environment(code), cwd=code.folder
        )

    async def run(self, event: dict[str, object]) -> object:
        """Gives the handler an event.

        Raises:
            FunctionFailedError: If it has no answer.
        """
        context = {
            "requestId": str(uuid.uuid4()),
            "deadline": int((time.time() + self.code.seconds) * 1000),
            "memory": self.code.memory,
        }
        try:
            answer = await self._process.ask(
                {"event": event, "context": context}, seconds=self.code.seconds + _START_SECONDS
            )
        except NoAnswerError as error:
            raise FunctionFailedError(f"{self.code.name}: {error}") from error
        if "error" in answer:
            raise FunctionFailedError(f"{self.code.name} threw {answer['error']}")
        return answer["result"]

    async def close(self) -> None:
        """Ends the process."""
        await self._process.close()


def _program(code: FunctionCode) -> list[str]:
    if code.runtime.startswith("nodejs"):
        return [find_node(), str(_HERE / "run_node.mjs")]
    if code.runtime.startswith("python"):
        return [sys.executable, str(_HERE / "run_python.py")]
    raise AssemblyError(f"{code.name}: its runtime {code.runtime} cannot be run here; give --origin")


def _environment(code: FunctionCode) -> dict[str, str]:
    """What the template says, and no more: whoever serves a preview lends its functions no credentials."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LAMBDA_TASK_ROOT": str(code.folder),
        "_HANDLER": code.handler,
        "AWS_LAMBDA_FUNCTION_NAME": code.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(code.memory),
        **code.environment,
    }
