"""CDK's provider framework between CloudFormation and the waits' code, which is run from the assembly's asset.

The framework (aws-cdk-lib, custom-resources/lib/provider-framework) polls first right after `onEvent`, and again an
interval after each answer; an exception in a poll ends the request. Only an answer stops the polling, so it goes on
when CloudFormation no longer waits for the request.
"""

import json
import re
from collections.abc import Generator, Mapping
from math import inf
from typing import Any, Final, NamedTuple

import simpy

from ...sandbox.client_stubs import Ask
from ...sandbox.wait_process import HandlerFailedError, WaitProcess, process_of
from ...template.cloud_assembly import AssemblyError, Json, Resource, StackTemplate, mapping, properties
from ...template.intrinsics import is_intrinsic, readable, referred, text
from ..plan.phases import wave_of
from ..plan.release_plan import COMPARISON, ReleasePlan
from .aws_clients import AwsClients
from .outcome import Answer
from .recorded_calls import CallOfCode, Question, Result
from .stack_state import STACK_ID, StackState
from .wait_code import CodeOfWait, code_of_wait
from .world import World

_CONTAINED: Final = re.compile(r" Contained: .*?(?= Containment failed: |$)", re.DOTALL)
_LONGEST_SECONDS: Final = 3600.0

_WORSE: Final = "New against old:"
"""How the handler's reason begins where its comparison ends the release."""

THROTTLED: Final = "TooManyRequestsException: Rate Exceeded."
NOT_THROTTLED: Final = "concurrency is reserved for its handler, so it is not throttled"


class Provider:
    """The provider of the waits of one stack.

    Attributes:
        answers: What the waits have answered to the release, in order.
        worse_at: When the minute could be read by which the comparison ended the release, in seconds; None if it did
            not.
    """

    def __init__(self, world: World, plan: ReleasePlan, stack: StackState) -> None:
        """Load the waits' code.

        Raises:
            AssemblyError: If it is not in the assembly, or is not this library's.
        """
        self._world = world
        self._plan = plan
        self._start = world.now
        self.answers: list[Answer] = []
        self.worse_at: float | None = None
        self._said: dict[str, str] = {}
        aws = AwsClients(world, plan, stack)
        # As in Lambda, waits with one service token share the functions behind it.
        by_token: dict[str | None, _WaitHandler] = {}
        self._handlers: dict[str, _WaitHandler] = {}
        for name in sorted(plan.waits):
            token = referred(properties(plan.new.resources[name]).get("ServiceToken"))
            if token not in by_token:
                by_token[token] = _WaitHandler(plan.new, plan.new.resources[name], world, aws)
            self._handlers[name] = by_token[token]

    def release(self, wait: str) -> Generator[simpy.Event, object, str]:
        """Send a wait the release's request; return why it failed, or ""."""
        kind = "Create" if wait in self._plan.created else "Update"
        disturbance = self._plan.disturbance
        crash_at = disturbance.crash_at_poll if self._plan.phases[wait] == disturbance.crash_of else None
        began = self._world.now
        old = self._plan.old.resources.get(wait)
        failure = yield from self._send(kind, wait, self._plan.new.resources[wait], old, crash_at)
        text = failure or self._said.get(wait, "")
        phase, wave = self._plan.phases[wait], wave_of(self._plan.new.resources[wait])
        self.answers.append(Answer(wait, phase, wave, self._world.now, not failure, text))
        if failure.startswith(_WORSE) and self.worse_at is None:
            # Minutes are judged when they are three minutes old, so another one whenever a minute begins.
            self.worse_at = max(began, self._world.now - self._world.date().second)
        return failure

    def roll_back(self, wait: str) -> Generator[simpy.Event, object, str]:
        """Send a wait the rollback's request, in which the properties change places; return why it failed, or ""."""
        return self._send("Update", wait, self._plan.old.resources[wait], self._plan.new.resources[wait])

    def _send(
        self, kind: str, wait: str, new: Resource, old: Resource | None, crash_at: int | None = None
    ) -> Generator[simpy.Event, object, str]:
        event: dict[str, object] = {
            "RequestType": kind,
            "RequestId": f"{kind}-{self._world.now:g}",
            "StackId": STACK_ID,
            "ResourceType": new.type,
            "LogicalResourceId": wait,
            "PhysicalResourceId": wait,
            "ResourceProperties": self._sent(new),
        }
        if old is not None:
            event["OldResourceProperties"] = self._sent(old)
        answered = self._world.env.event()
        self._world.env.process(self._answer(wait, event, answered, crash_at))
        return str((yield answered))

    def _sent(self, wait: Resource) -> Json:
        """Return a wait's properties as CloudFormation sends them, without the parts that are left out."""
        left_out = {COMPARISON} if "comparison" in self._plan.without else set()
        return _as_sent({name: value for name, value in properties(wait).items() if name not in left_out})

    def _answer(
        self, wait: str, event: dict[str, object], answered: simpy.Event, crash_at: int | None
    ) -> Generator[simpy.Event, None, None]:
        handler, seconds = self._handlers[wait], self._world.assumptions.handler_seconds
        deadline = self._world.now + _service_timeout(self._plan.new.resources[wait])
        failure, polls = "", 0
        try:
            yield self._world.env.timeout(seconds)
            self._refuse_throttled(wait)
            request = handler.on_event(event)
            while True:
                yield self._world.env.timeout(seconds)
                polls += 1
                self._refuse_throttled(wait)
                if polls == crash_at:
                    raise HandlerFailedError("the handler crashed")
                if self._poll(wait, handler, request):
                    break
                if self._world.now >= deadline:
                    raise HandlerFailedError("CloudFormation waited for its ServiceTimeout in vain")
                yield self._world.env.timeout(self._plan.waits[wait])
        except HandlerFailedError as error:
            failure = self._shown(str(error))
            self._world.note("poll", f"{wait} ends with {failure}")
        answered.succeed(failure)

    def _refuse_throttled(self, wait: str) -> None:
        """Raise as the framework does when Lambda has no execution left for the handler: nothing of it runs."""
        start, duration = self._plan.disturbance.throttle_at, self._plan.disturbance.throttle_for
        if start is None or not 0 <= self._world.now - self._start - start < (inf if duration is None else duration):
            return
        if not self._handlers[wait].reserved:
            raise HandlerFailedError(THROTTLED)
        self._world.note("poll", f"{wait}: {NOT_THROTTLED}")

    def _poll(self, wait: str, handler: "_WaitHandler", request: Mapping[str, object]) -> bool:
        self._world.evaluate_alarms()
        poll = handler.poll(request)
        self._said[wait] = self._shown(poll.reason)
        self._world.note("poll", f"{wait}: {poll.outcome}. {self._said[wait]}")
        return poll.complete

    def _shown(self, reason: str) -> str:
        """Return the handler's reason, which speaks of containment even where the rehearsal leaves that out."""
        if "containment" in self._plan.without:
            reason = _CONTAINED.sub(" (played without containment: nothing was put back)", reason)
        return readable(reason)


def _service_timeout(wait: Resource) -> float:
    seconds = properties(wait).get("ServiceTimeout")
    return float(seconds) if isinstance(seconds, int | float | str) else _LONGEST_SECONDS


def _as_sent(value: Json) -> Json:
    """Resolve properties as CloudFormation sends them: every number and boolean as a string."""
    if isinstance(value, list):
        return [_as_sent(item) for item in value]
    if isinstance(value, dict) and not is_intrinsic(value):
        return {name: _as_sent(item) for name, item in value.items()}
    if isinstance(value, bool):
        return str(value).lower()
    return text(value) if isinstance(value, dict | str) else str(value)


class _Poll(NamedTuple):
    """What a poll answered: whether the request is complete, and the handler's words for how and why."""

    complete: bool
    outcome: str
    reason: str


class _WaitHandler:
    """The two functions behind a service token, given the clock and the AWS of a rehearsal.

    Attributes:
        reserved: Whether both have reserved concurrency, so that other functions cannot take it.
    """

    def __init__(self, stack: StackTemplate, wait: Resource, world: World, aws: AwsClients) -> None:
        """Find the code, and load it unless another play has: its calls may be answered from that play's."""
        self._on_event, self._is_complete = code_of_wait(stack, wait)
        self.reserved = self._on_event.reserved and self._is_complete.reserved
        self._world = world
        self._aws = aws
        self._has_loaded = False
        if world.calls.is_first_of(self._on_event.folder):
            self._load()

    def on_event(self, event: Mapping[str, object]) -> dict[str, object]:
        """Start a request; return the event as every poll gets it.

        Raises:
            AssemblyError: If the handler did not end.
            HandlerFailedError: If the handler raised.
        """
        answer, _ = self._call(self._on_event, event)
        return {**event, **answer}

    def poll(self, event: Mapping[str, object]) -> _Poll:
        """Poll once; raise as `on_event` does."""
        answer, line = self._call(self._is_complete, event)
        data = mapping(answer.get("Data")) or line
        return _Poll(
            complete=answer.get("IsComplete") is True,
            outcome=str(data.get("Outcome") or line.get("outcome") or ""),
            reason=str(data.get("Reason") or line.get("reason") or ""),
        )

    def _load(self) -> WaitProcess:
        """Return the process of the code, which is loaded afresh for this play."""
        process = process_of(self._on_event.folder)
        if not self._has_loaded:
            loaded = process.load({self._on_event.module, self._is_complete.module})
            for code in (self._on_event, self._is_complete):
                if not {code.name, "now"} <= loaded[code.module]:
                    raise AssemblyError(f"{code.function}: its code is not this library's, or of another version")
            self._has_loaded = True
        return process

    def _call(self, code: CodeOfWait, event: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Call a function; return its answer and the line that it logged last."""
        now = self._world.date()

        def run(ask: Ask) -> tuple[Result, list[Question]]:
            process = self._load()
            try:
                result = Result(*process.call(code.module, code.name, event, now=now, ask=ask))
            except HandlerFailedError as error:
                result = Result(None, "", str(error))
            return result, [Question(*each) for each in process.asked]

        call = CallOfCode(folder=code.folder, module=code.module, function=code.name, now=now, event=event)
        answer, printed, _ = self._world.calls.result(call, self._aws.ask, run)
        try:
            line = json.loads(printed)
        except ValueError:
            line = {}
        return answer if isinstance(answer, dict) else {}, line if isinstance(line, dict) else {}
