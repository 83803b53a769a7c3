"""What a poll of the gate decides: the edge learns of a split once everything that serves its partitions exists.

The edge functions and the distribution come after the gate. It holds updates of the split, and its own creation in a
stack that may have visitors already; it never fails a rollback.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from .aws import Reading
from .decision import Decision, NextStep, Poll, denial
from .request import Request, SplitEntry
from .split_changes import new_partitions_with_visitors, partitions_with_first_visitors

_UNCHANGED: Final = "The split is the same as before."
_NOBODY: Final = "No partition gets its first visitors by this update."
_EDGE_FIRST: Final = "The partitions can only be created after the edge."
_NEW_SITE: Final = "The site does not exist yet, so it has no visitors."
_NEW_STACK: Final = "The stack is being created, so it has no visitors yet."


def decide_gate_without_reading(request: Request) -> Decision | None:
    """Decide a request that changes nothing for the edge, before any call to AWS; return None for any other."""
    if request.kind == "Delete":
        return Decision(NextStep.DONE, "nothing-to-hold", "Delete: there is no edge to hold.")
    if request.kind == "Update" and not request.changes_split:
        return Decision(NextStep.DONE, "nothing-to-hold", _UNCHANGED)
    if not partitions_with_first_visitors(request):
        return Decision(NextStep.DONE, "nothing-to-hold", _NOBODY)
    # What is created after the edge, and so after the gate, cannot be awaited by it.
    may_be_early = request.new.sites if request.kind == "Create" else new_partitions_with_visitors(request)
    if request.new.edge_first and not may_be_early:
        return Decision(NextStep.DONE, "nothing-to-hold", _EDGE_FIRST)
    return None


def decide_gate(request: Request, reading: Reading, now: datetime) -> Decision:
    """Decide one poll of a request that creates or changes the split."""
    poll = Poll(request, reading, now)
    if poll.in_rollback:
        # A creation that is rolled back is followed by a Delete, whatever its answer.
        return Decision(NextStep.DONE, "gone-back", "The stack is going back.")
    if reading.going_back:
        return Decision(NextStep.FAIL, "ended-elsewhere", "The update has failed elsewhere.")
    if poll.answered:
        return Decision(NextStep.FAIL if poll.too_late else NextStep.WAIT, "answered", "Another waiter has answered.")
    if reading.stack and reading.stack.status == "CREATE_IN_PROGRESS":
        return Decision(NextStep.DONE, "nothing-to-hold", _NEW_STACK)
    return _decide_split(poll)


def _decide_split(poll: Poll) -> Decision:
    request = poll.request
    if request.new.edge_first and request.kind == "Update":
        return _refuse_early(poll, _refusal(new_partitions_with_visitors(request)))
    if poll.reading.resources is None:
        return _unread(poll, "the stack's resources are unread")
    missing = _missing(poll, partitions_with_first_visitors(request))
    if not missing:
        return Decision(NextStep.DONE, "ready", "Everything that serves the partitions exists.")
    if request.new.edge_first:
        return _decide_adoption(poll)
    if not poll.too_late:
        return Decision(NextStep.WAIT, "waiting", f"Not created yet: {', '.join(missing)}.")
    return Decision(NextStep.FAIL, "missing", _timeout(poll, missing))


def _decide_adoption(poll: Poll) -> Decision:
    """Decide a creation with partitions that can only be created after the edge."""
    if not any(_exists(poll, each) for each in poll.request.new.sites):
        return Decision(NextStep.DONE, "nothing-to-hold", _NEW_SITE)
    early = [each for each in partitions_with_first_visitors(poll.request) if _missing(poll, [each])]
    return _refuse_early(poll, _refusal_of_adoption(early))


def _refuse_early(poll: Poll, reason: str) -> Decision:
    if poll.reading.going_forward:
        return Decision(NextStep.FAIL, "edge-first", reason)
    return _unread(poll, "the stack is unread")


def _missing(poll: Poll, partitions: Sequence[SplitEntry]) -> list[str]:
    awaited = poll.request.new.awaited
    names = [name for each in partitions for name in awaited.get(each.partition, ())]
    return [name for name in names if not _exists(poll, name)]


def _exists(poll: Poll, logical_id: str) -> bool:
    resource = (poll.reading.resources or {}).get(logical_id)
    return resource is not None and resource.exists


def _unread(poll: Poll, what: str) -> Decision:
    decision = denial(poll)
    if decision is None and poll.too_late:
        reason = f"No conclusive reading in time: {'; '.join((what, *poll.reading.problems))}."
        decision = Decision(NextStep.FAIL, "inconclusive", reason)
    if decision is None:
        return Decision(NextStep.WAIT, "waiting", f"Waiting: {what}.")
    if poll.request.kind == "Create" or poll.reading.going_forward:
        return decision
    # A failed rollback is left for people to repair, so a request that may belong to one never fails.
    return Decision(NextStep.DONE, "unread", f"{decision.reason} The edge goes on, since this may be a rollback.")


def _shown(partitions: Sequence[SplitEntry]) -> str:
    return " and ".join(f"{each.partition} ({each.buckets})" for each in partitions)


def _refusal_of_adoption(early: Sequence[SplitEntry]) -> str:
    return (
        f"The update gives {_shown(early)} visitors of a site that exists, but functions or routes of the partitions "
        "can only be created after the edge, such as a function with the site's domain in its environment: the "
        "visitors would meet an origin that cannot answer yet. The edge was not changed. Create the partitions in one "
        "update, without the edge or with a share of 0, and give them visitors in the next."
    )


def _refusal(early: Sequence[SplitEntry]) -> str:
    return (
        f"The update adds {_shown(early)}, whose function or route can only be created after the edge, such as a "
        "function with the site's domain in its environment: its visitors would meet an origin that cannot answer yet. "
        "The edge was not changed. Add the partition with a share of 0 in an update of its own, then give it visitors."
    )


def _timeout(poll: Poll, missing: Sequence[str]) -> str:
    return (
        f"Not created within {poll.request.new.duration + poll.request.new.grace}: {', '.join(missing)}. The edge was "
        "not changed, so no visitor is sent to a partition that cannot answer. If something that they wait for has the "
        "distribution's domain name or id, add the partitions with a share of 0 in an update of its own, then give "
        "them visitors."
    )
