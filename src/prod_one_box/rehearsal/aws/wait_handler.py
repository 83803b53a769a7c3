"""Asks the code that answers a stack's waits: the very files that are deployed, from the assembly's asset."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ...sandbox.client_stubs import Ask
from ...sandbox.wait_process import process_of
from ...template.asset_files import asset_named
from ...template.cloud_assembly import AssemblyError, Json, Resource, StackTemplate, mapping, properties, referred

_ON_EVENT: Final = "USER_ON_EVENT_FUNCTION_ARN"
_IS_COMPLETE: Final = "USER_IS_COMPLETE_FUNCTION_ARN"
_PARTS: Final = 3  # handler.entry.on_event: the folder, the file, the function
_CLOCK: Final = "now"


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


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a function's code is, and whether concurrency is reserved for it."""

    function: str
    reserved: bool
    folder: Path
    module: str
    name: str


class WaitHandler:
    """The handlers behind a service token, with the clock and the AWS that a rehearsal gives them.

    Attributes:
        reserved: Whether Lambda keeps executions for both of them, whatever the account's other functions take.
    """

    def __init__(self, stack: StackTemplate, wait: Resource, *, ask: Ask, now: Callable[[], datetime]) -> None:
        """Finds and loads the code, afresh.

        Raises:
            AssemblyError: If it is not in the assembly, or is not this library's.
        """
        variables = _provider_variables(stack, wait)
        self._on_event = _place(stack, wait, variables.get(_ON_EVENT))
        self._is_complete = _place(stack, wait, variables.get(_IS_COMPLETE))
        self.reserved = self._on_event.reserved and self._is_complete.reserved
        if self._on_event.folder != self._is_complete.folder:
            raise AssemblyError(f"{wait.logical_id}: its two handlers are not of one asset, as this library's are")
        self._process = process_of(self._on_event.folder)
        loaded = self._process.load({self._on_event.module, self._is_complete.module})
        for place in (self._on_event, self._is_complete):
            if not {place.name, _CLOCK} <= loaded[place.module]:
                raise AssemblyError(f"{place.function}: its code is not this library's, or of another version")
        self._ask = ask
        self._now = now

    def on_event(self, event: Mapping[str, object]) -> dict[str, object]:
        """Starts a request; returns the event as every poll gets it.

        Raises:
            AssemblyError: If the handler did not come to an end.
            HandlerFailedError: If the handler raised.
        """
        answer, _ = self._call(self._on_event, event)
        return {**event, **answer}

    def poll(self, event: Mapping[str, object]) -> Poll:
        """Makes one poll.

        Raises:
            AssemblyError: If the handler did not come to an end.
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

    def _call(self, place: _Place, event: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, Any]]:
        answer, printed = self._process.call(place.module, place.name, event, now=self._now(), ask=self._ask)
        return answer if isinstance(answer, dict) else {}, _line(printed)


def _line(printed: str) -> dict[str, Any]:
    try:
        line = json.loads(printed)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _provider_variables(stack: StackTemplate, wait: Resource) -> dict[str, Json]:
    framework = stack.resources.get(referred(properties(wait).get("ServiceToken")) or "")
    if framework is None:
        raise AssemblyError(f"{wait.logical_id}: the function that answers it is not in this template")
    return mapping(mapping(properties(framework).get("Environment")).get("Variables"))


def _place(stack: StackTemplate, wait: Resource, arn: Json) -> _Place:
    function = stack.resources.get(referred(arn) or "")
    if function is None:
        raise AssemblyError(f"{wait.logical_id}: its handlers are not functions of this template")
    module, _, name = str(properties(function).get("Handler")).rpartition(".")
    if len(module.split(".")) != _PARTS - 1:
        raise AssemblyError(f"{function.logical_id}: its handler {module}.{name} is not this library's")
    reserved = bool(properties(function).get("ReservedConcurrentExecutions"))
    folder = _asset(stack, function)
    return _Place(function=function.logical_id, reserved=reserved, folder=folder, module=module, name=name)


def _asset(stack: StackTemplate, function: Resource) -> Path:
    """Finds the folder of a function's code."""
    key = mapping(properties(function).get("Code")).get("S3Key")
    folder = asset_named(stack.assets, key)
    if folder is None or not folder.is_dir():
        raise AssemblyError(f"{function.logical_id}: its code, {key}, is not among the assembly's assets")
    return folder
