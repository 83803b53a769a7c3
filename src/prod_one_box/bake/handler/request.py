"""One request of CloudFormation, as each poll gets it: the original event and what onEvent added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import wire
from .settings import Settings


@dataclass(frozen=True)
class Request:
    """What CloudFormation asks of the wait.

    Attributes:
        kind: "Create", "Update" or "Delete".
        stack_id: The ARN of the stack that the wait is in.
        logical_id: The wait's own logical id.
        new: What the properties ask for now; in a rollback, what the stack goes back to.
        old: What they asked for before; in a rollback, the release that failed.
        started_at: When the request began, or None before onEvent has said it.
    """

    kind: str
    stack_id: str
    logical_id: str
    new: Settings
    old: Settings
    started_at: datetime | None

    @classmethod
    def of(cls, event: Mapping[str, object]) -> "Request":
        """Reads the event as the provider framework hands it over."""
        started_at = event.get(wire.STARTED_AT)
        return cls(
            kind=str(event["RequestType"]),
            stack_id=str(event["StackId"]),
            logical_id=str(event["LogicalResourceId"]),
            new=Settings.of(_properties(event, "ResourceProperties")),
            old=Settings.of(_properties(event, "OldResourceProperties")),
            started_at=datetime.fromisoformat(str(started_at)) if started_at else None,
        )

    @property
    def stack_name(self) -> str:
        """The name of the stack that the wait is in, which its ARN holds."""
        return self.stack_id.partition("/")[2].partition("/")[0]

    @property
    def releases(self) -> bool:
        """Whether there is a release to hold: a new resource, a deletion or another change of properties is none."""
        return self.kind == "Update" and self.new.release_id != self.old.release_id

    @property
    def begins_release(self) -> bool:
        """Whether the wait stands at the release's beginning, where the guards of the whole release are."""
        return not self.new.started_by

    def overridden(self, guard: str) -> str:
        """Return the reason to override a guard in this update; one that stood there in the last update is over."""
        reason = self.new.overrides.get(guard, "")
        return reason if reason != self.old.overrides.get(guard) else ""

    @property
    def expedited(self) -> str:
        """The reason to expedite this release; one that stood there in the last release counts no more."""
        return self.new.expedited_reason if self.new.expedited_reason != self.old.expedited_reason else ""

    def elapsed(self, now: datetime) -> timedelta:
        """How long the request has been waiting."""
        return now - (self.started_at or now)


def _properties(event: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = event.get(key)
    return value if isinstance(value, Mapping) else {}
