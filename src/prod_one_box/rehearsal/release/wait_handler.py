"""Runs the code that answers a stack's waits: the very files that are deployed, from the assembly's asset."""

import contextlib
import hashlib
import importlib
import importlib.util
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from ...assembly.cloud_assembly import AssemblyError, Json, Resource, StackTemplate
from ...assembly.template_parts import mapping, properties, referred
from . import client_stubs

_ON_EVENT: Final = "USER_ON_EVENT_FUNCTION_ARN"
_IS_COMPLETE: Final = "USER_IS_COMPLETE_FUNCTION_ARN"
_PARTS: Final = 3  # handler.entry.on_event: the folder, the file, the function


class HandlerFailedError(Exception):
    """The handler raised, which ends its request; the message is the handler's own."""


@dataclass(frozen=True, kw_only=True)
class Poll:
    """What a poll came to.

    Attributes:
        complete: Whether the request is answered.
        outcome: The handler's word for it; "" if it wrote none.
        reason: Why, for people.
        contained: What it put back, a sentence for each alias.
    """

    complete: bool
    outcome: str
    reason: str
    contained: tuple[str, ...]


class WaitHandler:
    """The handlers of a stack's waits, with the clock and the AWS that a rehearsal gives them."""

    def __init__(
        self,
        stack: StackTemplate,
        wait: Resource,
        *,
        connect: Callable[[str, str], object],
        now: Callable[[], datetime],
    ) -> None:
        """Finds and loads the code.

        Raises:
            AssemblyError: If it is not in the assembly, or is not this library's.
        """
        variables = _provider_variables(stack, wait)
        self._on_event = _function(stack, wait, variables.get(_ON_EVENT))
        self._is_complete = _function(stack, wait, variables.get(_IS_COMPLETE))
        self._connect = connect
        self._now = now

    def on_event(self, event: Mapping[str, object]) -> dict[str, object]:
        """Starts a request; returns the event as every poll gets it.

        Raises:
            HandlerFailedError: If the handler raised.
        """
        answer, _ = self._call(self._on_event, event)
        return {**event, **answer}

    def poll(self, event: Mapping[str, object]) -> Poll:
        """Makes one poll.

        Raises:
            HandlerFailedError: If the handler raised, which ends its request.
        """
        answer, line = self._call(self._is_complete, event)
        data = mapping(answer.get("Data")) or line
        contained = line.get("contained")
        return Poll(
            complete=answer.get("IsComplete") is True,
            outcome=str(data.get("Outcome") or line.get("outcome") or ""),
            reason=str(data.get("Reason") or line.get("reason") or ""),
            contained=tuple(map(str, contained)) if isinstance(contained, list) else (),
        )

    def _call(
        self, place: tuple[ModuleType, str], event: Mapping[str, object]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        module, name = place
        printed = io.StringIO()
        module.__dict__["aws"].connect = self._connect
        module.__dict__["now"] = self._now
        try:
            with contextlib.redirect_stdout(printed):
                answer = getattr(module, name)(json.loads(json.dumps(event)), None)
        except Exception as error:
            raise HandlerFailedError(str(error) or type(error).__name__) from error
        return json.loads(json.dumps(answer)), _last_line(printed.getvalue())


def _last_line(printed: str) -> dict[str, Any]:
    try:
        line = json.loads(printed.strip().rpartition("\n")[2])
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _provider_variables(stack: StackTemplate, wait: Resource) -> dict[str, Json]:
    framework = stack.resources.get(referred(properties(wait).get("ServiceToken")) or "")
    if framework is None:
        raise AssemblyError(f"{wait.logical_id}: the function that answers it is not in this template")
    return mapping(mapping(properties(framework).get("Environment")).get("Variables"))


def _function(stack: StackTemplate, wait: Resource, arn: Json) -> tuple[ModuleType, str]:
    function = stack.resources.get(referred(arn) or "")
    if function is None:
        raise AssemblyError(f"{wait.logical_id}: its handlers are not functions of this template")
    place = str(properties(function).get("Handler")).split(".")
    if len(place) != _PARTS:
        raise AssemblyError(f"{function.logical_id}: its handler {'.'.join(place)} is not this library's")
    folder, file, name = place
    module = _load(_asset(stack, function) / folder, file)
    if not hasattr(module, name) or not hasattr(module, "now") or not hasattr(module.__dict__.get("aws"), "connect"):
        raise AssemblyError(f"{function.logical_id}: its code is not this library's, or of another version")
    return module, name


def _asset(stack: StackTemplate, function: Resource) -> Path:
    """Finds the asset that CDK's default synthesizer names by its hash."""
    key = str(mapping(properties(function).get("Code")).get("S3Key")).removesuffix(".zip").rpartition("/")[2]
    folder = stack.assets.get(key)
    if folder is None or not folder.is_dir():
        raise AssemblyError(f"{function.logical_id}: its code, {key}, is not among the assembly's assets")
    return folder


@lru_cache(maxsize=32)
def _load(folder: Path, file: str) -> ModuleType:
    """Loads a package under a name of its own, so that it never meets another version of itself."""
    name = f"_prod_one_box_rehearsed_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]}"
    with client_stubs.instead_of_boto(), _no_bytecode():
        try:
            spec = importlib.util.spec_from_file_location(
                name, folder / "__init__.py", submodule_search_locations=[str(folder)]
            )
            if spec is None or spec.loader is None:
                raise ImportError(f"{folder} is not a package")
            package = importlib.util.module_from_spec(spec)
            sys.modules[name] = package
            spec.loader.exec_module(package)
            return importlib.import_module(f"{name}.{file}")
        except Exception as error:
            raise AssemblyError(f"the waits' code in {folder} cannot be loaded: {error}") from error


@contextlib.contextmanager
def _no_bytecode() -> Iterator[None]:
    """Keeps Python from writing into somebody's assembly, whose hashes would change."""
    usual, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = usual
