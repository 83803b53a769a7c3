"""The two handlers that the provider framework calls.

Its code (aws-cdk-lib, custom-resources/lib/provider-framework) settles how: onEvent's answer is merged
into the event that every poll gets; `IsComplete: False` polls again; an exception fails the request at
once with its message as the reason; a request delivered twice has two waiters.

Marks: what became of a release, and when, for graphs to show.

A line of a log that has a member `_aws` becomes metrics (CloudWatch user guide, "Specification: Embedded metric
format"), also when it is printed in Lambda ("Using the embedded metric format with Lambda"), so that a mark needs no
call and no permission. CloudWatch may count a line twice, and a request that is delivered twice is marked twice: read
marks with the statistic Maximum.
"""

import json
import os
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Final

from .aws import Reading
from .containment import Containment, contain, moves
from .decision import QUIET, UNVISITED, Poll, Step, Verdict, decide, without_reading
from .observation import count_served, observe, observe_beginning, observe_stacks
from .request import MARKS, STACK, STARTED_AT, WAIT, Mark, Request


def started(request: Request, at: datetime) -> dict[str, object]:
    """Marks the beginning of a release, or of the bake in it, which is when the one-box has switched."""
    return _embedded(request, [Mark.BAKE_STARTED if request.new.duration else Mark.RELEASE_STARTED], at)


def concluded(request: Request, verdict: Verdict, containment: Containment, at: datetime) -> dict[str, object]:
    """Marks what a poll brought about; nothing when it goes on waiting."""
    return _embedded(request, [*_end(request, verdict), *([Mark.CONTAINED] if containment.moved else [])], at)


def _end(request: Request, verdict: Verdict) -> Iterator[Mark]:
    # Answered by another waiter, which has marked what became of the release.
    if verdict.step is Step.WAIT or verdict.outcome == "answered":
        return
    if verdict.step is Step.FAIL:
        yield Mark.RELEASE_ABORTED
    elif verdict.outcome == "gone-back":
        yield Mark.ROLLED_BACK
    elif request.new.duration:
        yield Mark.PROMOTED


def _embedded(request: Request, marks: Sequence[Mark], at: datetime) -> dict[str, object]:
    if not marks:
        return {}
    directive = {
        "Namespace": MARKS,
        "Dimensions": [[STACK, WAIT]],
        "Metrics": [{"Name": mark.value, "Unit": "Count"} for mark in marks],
    }
    return {
        "_aws": {"Timestamp": round(at.timestamp() * 1000), "CloudWatchMetrics": [directive]},
        STACK: request.stack_name,
        WAIT: request.new.started_by or request.old.started_by or request.logical_id,
        **{mark.value: 1 for mark in marks},
    }


# In bytes: CloudFormation takes an answer of 4,096 of them, and the framework adds a stack trace.
_LONGEST_REASON: Final = 1500


class ReleaseEnded(Exception):  # noqa: N818  nothing went wrong in here: it says what became of the release
    """Ends the release; its message is the reason that CloudFormation shows."""


def on_event(event: Mapping[str, object], _context: object) -> dict[str, str]:
    """Says when the request began; all else is decided in the polls, of which the first comes at once."""
    request = Request.of(event)
    if without_reading(request):
        return {STARTED_AT: now().isoformat()}
    reading = observe_beginning(request)
    began = _began(request, reading) or now()
    # A rollback's request names a release as well, the one before, and begins none.
    if Poll(request, reading, began).forward:
        _log_start(event, request, began)
    return {STARTED_AT: began.isoformat()}


def is_complete(event: Mapping[str, object], _context: object) -> dict[str, object]:
    """Makes one poll.

    Raises:
        ReleaseEnded: If the release must not go on.
    """
    request = Request.of(event)
    settled = without_reading(request)
    if settled:
        return _answer(settled)
    try:
        poll = _poll(request, observe(request))
    except Exception as error:
        traceback.print_exc()
        poll = _poll(request, observe_stacks(request, f"{type(error).__name__}: {error}"))
    _log(event, request, *poll)
    return _answer(poll[1])


def now() -> datetime:
    """Reads the clock."""
    return datetime.now(timezone.utc)


def _began(request: Request, reading: Reading) -> datetime | None:
    """Finds what CloudFormation says, which is the same for a request that is delivered twice."""
    own = (reading.resources or {}).get(request.logical_id)
    return own.updated_at if own and own.in_progress else None


def _poll(request: Request, reading: Reading) -> tuple[Reading, Verdict, Containment]:
    verdict, containment = _carry_out(decide(request, reading, now()), request, reading)
    return reading, _with_served(verdict, request, reading), containment


def _with_served(verdict: Verdict, request: Request, reading: Reading) -> Verdict:
    """Say how many requests a bake saw that ends well."""
    served = count_served(request, reading, now()) if verdict.outcome == QUIET else None
    if served is None:
        return verdict
    outcome = verdict.outcome if served.requests != 0 else UNVISITED
    return replace(verdict, outcome=outcome, reason=f"{verdict.reason} {served}")


def _carry_out(verdict: Verdict, request: Request, reading: Reading) -> tuple[Verdict, Containment]:
    if not verdict.contain:
        return verdict, Containment()
    if reading.resources is None:
        containment = Containment(failed=("nothing could be put back: the stack's resources are unread",))
    else:
        containment = contain(moves(request, reading.resources))
    step = Step.WAIT if containment.may_succeed and verdict.patient else verdict.step
    return replace(verdict, step=step, reason=_with_containment(verdict.reason, containment)), containment


def _with_containment(reason: str, containment: Containment) -> str:
    moved = f" Contained: {'; '.join(containment.moved)}." if containment.moved else ""
    failed = f" Containment failed: {'; '.join(containment.failed)}." if containment.failed else ""
    done = _cut(f"{moved}{failed}", _LONGEST_REASON)
    return f"{_cut(reason, _LONGEST_REASON - len(done.encode()))}{done}"


def _cut(text: str, size: int) -> str:
    """Keeps what fits into a number of bytes, in whole characters."""
    return text.encode(errors="replace")[:size].decode(errors="ignore")


def _answer(verdict: Verdict) -> dict[str, object]:
    reason = _cut(verdict.reason, _LONGEST_REASON)
    if verdict.step is Step.FAIL:
        # The framework's own hint names the default log group, which these functions do not write to.
        log_group = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        raise ReleaseEnded(f"{reason} (log group {log_group})" if log_group else reason)
    if verdict.step is Step.WAIT:
        return {"IsComplete": False}
    return {"IsComplete": True, "Data": {"Outcome": verdict.outcome, "Reason": reason}}


def _log_start(event: Mapping[str, object], request: Request, began: datetime) -> None:
    line = {"message": "start", "wait": request.logical_id, "requestId": event.get("RequestId")}
    print(json.dumps({**line, **started(request, began)}))


def _log(
    event: Mapping[str, object], request: Request, reading: Reading, verdict: Verdict, containment: Containment
) -> None:
    line = {
        "message": "poll",
        "wait": request.logical_id,
        "requestId": event.get("RequestId"),
        "elapsedSeconds": round(request.elapsed(now()).total_seconds()),
        "step": verdict.step.value,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "alarms": {alarm.label: alarm.state.value for alarm in reading.alarms},
        "contained": containment.moved,
        "notContained": containment.failed,
        "problems": reading.problems,
    }
    print(json.dumps({**line, **concluded(request, verdict, containment, now())}))
