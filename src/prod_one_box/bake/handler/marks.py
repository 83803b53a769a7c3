"""Marks: what became of a release, and when, for graphs to show.

A line of a log that has a member `_aws` becomes metrics (CloudWatch user guide, "Specification: Embedded metric
format"), also when it is printed in Lambda ("Using the embedded metric format with Lambda"), so that a mark needs no
call and no permission. CloudWatch may count a line twice, and a request that is delivered twice is marked twice: read
marks with the statistic Maximum.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from . import wire
from .containment import Containment
from .decision import Step, Verdict
from .request import Request
from .wire import Mark


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
        "Namespace": wire.MARKS,
        "Dimensions": [[wire.STACK, wire.WAIT]],
        "Metrics": [{"Name": mark.value, "Unit": "Count"} for mark in marks],
    }
    return {
        "_aws": {"Timestamp": round(at.timestamp() * 1000), "CloudWatchMetrics": [directive]},
        wire.STACK: request.stack_name,
        wire.WAIT: request.new.started_by or request.old.started_by or request.logical_id,
        **{mark.value: 1 for mark in marks},
    }
