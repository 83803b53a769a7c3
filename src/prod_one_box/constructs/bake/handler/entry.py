"""The two handlers that the provider framework calls, from the event to the answer, the log and the marks.

The framework's code (aws-cdk-lib, custom-resources/lib/provider-framework) defines their contract: onEvent's answer is
merged into the event of every poll; `IsComplete: False` asks for another poll; an exception fails the request
immediately, with its message as the reason. A request that is delivered twice has two waiters.
"""

import json
import os
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Final

from .aws import Reading
from .containment import Containment, contain, planned_moves
from .decision import QUIET, UNVISITED, Decision, NextStep, Poll, decide, decide_without_reading
from .gate import decide_gate, decide_gate_without_reading
from .marks import NAMESPACE, STACK, WAIT, Mark
from .observation import count_requests, observe, observe_stacks, observe_start
from .request import STARTED_AT, WAVE, Request

# In bytes: CloudFormation accepts an answer of 4,096 bytes, and the framework adds a stack trace.
_LONGEST_REASON: Final = 1500


class ReleaseEnded(Exception):  # noqa: N818  not an error of this code
    """Ends the release; its message is the reason that CloudFormation shows."""


def on_event(event: Mapping[str, object], _context: object) -> dict[str, str]:
    """Return when the request started; the polls, the first of which follows immediately, decide all else."""
    request = Request.of(event)
    if _decide_without_reading(request):
        return {STARTED_AT: now().isoformat()}
    reading = observe_start(request)
    start = _start_of(request, reading) or now()
    # A rollback's request also names a release, the former one, but does not start it.
    if Poll(request, reading, start).forward:
        marks = [*_start_marks(request)]
        _print_line("start", event, request, _embedded_metrics(request, marks, start))
    return {STARTED_AT: start.isoformat()}


def is_complete(event: Mapping[str, object], _context: object) -> dict[str, object]:
    """Make one poll.

    Raises:
        ReleaseEnded: If the release must not go on.
    """
    request = Request.of(event)
    immediate = _decide_without_reading(request)
    if immediate:
        return _answer(immediate)
    try:
        poll = _poll(request, observe(request, now()))
    except Exception as error:
        traceback.print_exc()
        poll = _poll(request, observe_stacks(request, f"{type(error).__name__}: {error}"))
    _log(event, request, *poll)
    return _answer(poll[1])


def _decide_without_reading(request: Request) -> Decision | None:
    return (decide_gate_without_reading if request.is_gate else decide_without_reading)(request)


def now() -> datetime:
    """Read the clock."""
    return datetime.now(timezone.utc)


def _start_of(request: Request, reading: Reading) -> datetime | None:
    """Return the start according to CloudFormation, which is the same for a request that is delivered twice."""
    own = (reading.resources or {}).get(request.logical_id)
    return own.updated_at if own and own.in_progress else None


def _poll(request: Request, reading: Reading) -> tuple[Reading, Decision, Containment]:
    decided = (decide_gate if request.is_gate else decide)(request, reading, now())
    decision, containment = _carry_out(decided, request, reading)
    return reading, _with_requests(decision, request, reading), containment


def _carry_out(decision: Decision, request: Request, reading: Reading) -> tuple[Decision, Containment]:
    if not decision.contain:
        return decision, Containment()
    if reading.resources is None:
        containment = Containment(failed=("nothing could be put back: the stack's resources are unread",))
    else:
        containment = contain(planned_moves(request, reading.resources))
    step = NextStep.WAIT if containment.may_succeed and decision.patient else decision.step
    return replace(decision, step=step, reason=_with_containment(decision.reason, containment)), containment


def _with_containment(reason: str, containment: Containment) -> str:
    moved = f" Contained: {'; '.join(containment.moved)}." if containment.moved else ""
    failed = f" Containment failed: {'; '.join(containment.failed)}." if containment.failed else ""
    done = _cut(f"{moved}{failed}", _LONGEST_REASON)
    return f"{_cut(reason, _LONGEST_REASON - len(done.encode()))}{done}"


def _with_requests(decision: Decision, request: Request, reading: Reading) -> Decision:
    """Add the number of requests to the reason of a bake that ended well."""
    served = count_requests(request, reading, now()) if decision.outcome == QUIET else None
    if served is None:
        return decision
    outcome = UNVISITED if served.count == 0 else decision.outcome
    return replace(decision, outcome=outcome, reason=f"{decision.reason} {served}")


def _answer(decision: Decision) -> dict[str, object]:
    reason = _cut(decision.reason, _LONGEST_REASON)
    if decision.step is NextStep.FAIL:
        # The framework's own hint names the default log group, which these functions do not write to.
        log_group = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        raise ReleaseEnded(f"{reason} (log group {log_group})" if log_group else reason)
    if decision.step is NextStep.WAIT:
        return {"IsComplete": False}
    return {"IsComplete": True, "Data": {"Outcome": decision.outcome, "Reason": reason}}


def _cut(text: str, size: int) -> str:
    """Keep as many whole characters as fit into a number of bytes."""
    return text.encode(errors="replace")[:size].decode(errors="ignore")


def _log(
    event: Mapping[str, object], request: Request, reading: Reading, decision: Decision, containment: Containment
) -> None:
    details = {
        "elapsedSeconds": round(request.elapsed(now()).total_seconds()),
        "step": decision.step.value,
        "outcome": decision.outcome,
        "reason": decision.reason,
        "alarms": {alarm.label: alarm.state.value for alarm in reading.alarms},
        **({"evidence": reading.verdict.evidence} if reading.verdict else {}),
        "contained": containment.moved,
        "notContained": containment.failed,
        "problems": reading.problems,
    }
    marks = [*_end_marks(request, decision), *([Mark.CONTAINED] if containment.moved else [])]
    _print_line("poll", event, request, {**details, **_embedded_metrics(request, marks, now())})


def _print_line(message: str, event: Mapping[str, object], request: Request, details: Mapping[str, object]) -> None:
    wave = {"wave": request.wave} if request.wave else {}
    line = {"message": message, "wait": request.logical_id, **wave, "requestId": event.get("RequestId")}
    print(json.dumps({**line, **details}))


def _start_marks(request: Request) -> Iterator[Mark]:
    # A bake starts when its wave has switched, the release with the wait that holds nothing.
    if request.new.duration and not request.new.watches:
        yield Mark.BAKE_STARTED
    elif not request.new.duration and not request.is_gate:
        yield Mark.RELEASE_STARTED


def _end_marks(request: Request, decision: Decision) -> Iterator[Mark]:
    # Another waiter has answered the request and marked the end of the release.
    if decision.step is NextStep.WAIT or decision.outcome == "answered" or request.is_gate:
        return
    if decision.step is NextStep.FAIL:
        yield Mark.RELEASE_ABORTED
    elif decision.outcome == "gone-back":
        # The other waits of the release say it; the watch marks only how it ends a release.
        if not request.new.watches:
            yield Mark.ROLLED_BACK
    elif request.new.duration and request.new.promotes:
        yield Mark.PROMOTED


def _embedded_metrics(request: Request, marks: Sequence[Mark], at: datetime) -> dict[str, object]:
    """Return what turns a line of the log into metrics; nothing without marks.

    CloudWatch user guide, "Specification: Embedded metric format": a line with a member `_aws` becomes metrics, also
    if it is printed in Lambda ("Using the embedded metric format with Lambda"). So a mark needs no call and no
    permission. CloudWatch may count a line twice, and a request that is delivered twice is marked twice: read marks
    with the statistic Maximum.
    """
    if not marks:
        return {}
    # Each wave's bake has a start of its own; everything else happens to the release.
    of_wave = {WAVE: request.wave} if request.wave and marks == [Mark.BAKE_STARTED] else {}
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [[STACK, WAIT], *([[STACK, WAIT, WAVE]] if of_wave else [])],
        "Metrics": [{"Name": mark.value, "Unit": "Count"} for mark in marks],
    }
    return {
        "_aws": {"Timestamp": round(at.timestamp() * 1000), "CloudWatchMetrics": [directive]},
        STACK: request.stack_name,
        WAIT: request.new.started_by or request.old.started_by or request.logical_id,
        **of_wave,
        **{mark.value: 1 for mark in marks},
    }
