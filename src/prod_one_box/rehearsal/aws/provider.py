"""The provider framework between CloudFormation and the waits' code: one call to begin with, then polls.

Its code (aws-cdk-lib, custom-resources/lib/provider-framework) settles how: the first poll comes at once, the next an
interval after the last one's answer; whatever a poll raises ends the request. Nothing stops a waiter but its answer,
so it goes on when CloudFormation no longer waits for it.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass
from math import inf
from typing import Final

import simpy

from ...sandbox.wait_process import HandlerFailedError
from ...template.cloud_assembly import Json, Resource, properties, referred
from ...template.intrinsics import readable, text
from ..plan.release_plan import ReleasePlan
from .aws_clients import AwsClients
from .stack_state import STACK_ID
from .wait_handler import Poll, WaitHandler
from .world import AlarmWatch, World

_CONTAINED: Final = re.compile(r" Contained: .*?(?= Containment failed: |$)", re.DOTALL)
_LONGEST_SECONDS: Final = 3600.0

THROTTLED: Final = "TooManyRequestsException: Rate Exceeded."
NOT_THROTTLED: Final = "concurrency is reserved for its handler, so it is not throttled"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What CloudFormation is told."""

    succeeded: bool
    reason: str


class Provider:
    """Asks the waits of one stack."""

    def __init__(self, world: World, plan: ReleasePlan, aws: AwsClients, watch: AlarmWatch) -> None:
        """Loads the waits' code.

        Raises:
            AssemblyError: If it is not in the assembly, or is not this library's.
        """
        self._world = world
        self._plan = plan
        self._watch = watch
        self._handlers = _handlers(world, plan, aws)
        self._start = world.now

    def release(self, wait: str) -> simpy.Event:
        """Sends a wait the release's request; the event comes with its `Answer`."""
        kind = "Create" if wait in self._plan.created else "Update"
        crash = self._plan.disturbance
        crash_at = crash.crash_at_poll if self._plan.phases[wait] == crash.crash_of else None
        return self._ask(kind, wait, self._plan.new.resources[wait], self._plan.old.resources.get(wait), crash_at)

    def go_back(self, wait: str) -> simpy.Event:
        """Sends a wait the rollback's request: the properties change places."""
        return self._ask("Update", wait, self._plan.old.resources[wait], self._plan.new.resources[wait], None)

    def _ask(self, kind: str, wait: str, new: Resource, old: Resource | None, crash_at: int | None) -> simpy.Event:
        event: dict[str, object] = {
            "RequestType": kind,
            "RequestId": f"{kind}-{self._world.now:g}",
            "StackId": STACK_ID,
            "ResourceType": new.type,
            "LogicalResourceId": wait,
            "PhysicalResourceId": wait,
            "ResourceProperties": _sent(properties(new)),
        }
        if old is not None:
            event["OldResourceProperties"] = _sent(properties(old))
        answered = self._world.env.event()
        self._world.env.process(self._carry_out(wait, event, answered, crash_at))
        return answered

    def _carry_out(
        self, wait: str, event: dict[str, object], answered: simpy.Event, crash_at: int | None
    ) -> Generator[simpy.Event, None, None]:
        handler, seconds = self._handlers[wait], self._world.assumptions.handler_seconds
        deadline = self._world.now + _service_timeout(self._plan.new.resources[wait])
        try:
            yield self._world.env.timeout(seconds)
            self._refuse_throttled(wait)
            request = handler.on_event(event)
            polls = 0
            while True:
                yield self._world.env.timeout(seconds)
                polls += 1
                self._refuse_throttled(wait)
                if polls == crash_at:
                    raise HandlerFailedError("the handler crashed")
                poll = self._poll(wait, handler, request)
                if poll.complete:
                    answered.succeed(Answer(succeeded=True, reason=self._said(poll.reason)))
                    return
                if self._world.now >= deadline:
                    raise HandlerFailedError("CloudFormation waited for its ServiceTimeout in vain")
                yield self._world.env.timeout(self._plan.waits[wait])
        except HandlerFailedError as error:
            reason = self._said(str(error))
            self._world.note("poll", f"{wait} ends with {reason}")
            answered.succeed(Answer(succeeded=False, reason=reason))

    def _refuse_throttled(self, wait: str) -> None:
        """Answer as the framework does when Lambda has no execution left for the handler: nothing of it runs."""
        begin, long = self._plan.disturbance.throttle_at, self._plan.disturbance.throttle_for
        if begin is None or not 0 <= self._world.now - self._start - begin < (inf if long is None else long):
            return
        if not self._handlers[wait].reserved:
            raise HandlerFailedError(THROTTLED)
        self._world.note("poll", f"{wait}: {NOT_THROTTLED}")

    def _poll(self, wait: str, handler: WaitHandler, request: dict[str, object]) -> Poll:
        self._watch.look()
        poll = handler.poll(request)
        self._world.note("poll", f"{wait}: {poll.outcome}. {self._said(poll.reason)}")
        return poll

    def _said(self, reason: str) -> str:
        """What the waits' code says; it believes that it contained, even where the rehearsal goes without."""
        if "containment" in self._plan.without:
            reason = _CONTAINED.sub(" (played without containment: nothing was put back)", reason)
        return readable(reason)


def _handlers(world: World, plan: ReleasePlan, aws: AwsClients) -> dict[str, WaitHandler]:
    """The handlers by wait: as in Lambda, waits with one service token share the functions behind it."""
    by_token: dict[str | None, WaitHandler] = {}
    handlers: dict[str, WaitHandler] = {}
    for name in sorted(plan.waits):
        wait = plan.new.resources[name]
        token = referred(properties(wait).get("ServiceToken"))
        if token not in by_token:
            by_token[token] = WaitHandler(plan.new, wait, ask=aws.ask, now=world.date)
        handlers[name] = by_token[token]
    return handlers


def _service_timeout(wait: Resource) -> float:
    given = properties(wait).get("ServiceTimeout")
    return float(given) if isinstance(given, int | float | str) else _LONGEST_SECONDS


def _sent(value: Json) -> Json:
    """Resolves properties as CloudFormation sends them: every number and boolean as a string."""
    if isinstance(value, list):
        return [_sent(item) for item in value]
    if isinstance(value, dict) and not _is_intrinsic(value):
        return {name: _sent(item) for name, item in value.items()}
    if isinstance(value, bool):
        return str(value).lower()
    return text(value) if isinstance(value, dict | str) else str(value)


def _is_intrinsic(value: dict[str, Json]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))
