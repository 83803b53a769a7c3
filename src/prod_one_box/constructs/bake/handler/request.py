"""One request of CloudFormation, as each poll gets it: the original event and what onEvent added.

The names that the construct, the handler and the provider framework must agree on.

The custom resource's properties as values.

CloudFormation sends every number and boolean as a string, and after an update of the library one of
the two sets of properties is an earlier version's: a missing one is an empty one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

RELEASE_ID: Final = "ReleaseId"
DURATION_SECONDS: Final = "DurationSeconds"
GRACE_SECONDS: Final = "GraceSeconds"
ALARMS: Final = "Alarms"
BAKED: Final = "Baked"
CONTAINED: Final = "Contained"
INSUFFICIENT_DATA: Final = "InsufficientData"
OVERRIDES: Final = "Overrides"
EXPEDITED_REASON: Final = "ExpeditedReason"
STARTED_BY: Final = "StartedBy"

ALIAS: Final = "Alias"
VERSION: Final = "Version"

LOGICAL_ID: Final = "LogicalId"
NAME: Final = "Name"
REGION: Final = "Region"
COMPOSITE: Final = "Composite"

RED_ALARMS: Final = "RED_ALARMS"
ROLLBACK_DISABLED: Final = "ROLLBACK_DISABLED"

RED: Final = "RED"
TRUE: Final = "true"

STARTED_AT: Final = "StartedAt"
"""What onEvent answers; the provider framework merges it into the event of every poll."""

MARKS: Final = "ProdOneBox"
"""The namespace of the marks, which are metrics: 1 in the minute in which something became of a release."""

STACK: Final = "Stack"
WAIT: Final = "Wait"
"""A mark's two dimensions: the stack's name, and the logical id of the wait at the release's beginning."""


class Mark(Enum):
    """What can become of a release, in this order; the values are the metrics' names."""

    RELEASE_STARTED = "ReleaseStarted"
    BAKE_STARTED = "BakeStarted"
    PROMOTED = "Promoted"
    RELEASE_ABORTED = "ReleaseAborted"
    CONTAINED = "Contained"
    ROLLED_BACK = "RolledBack"


@dataclass(frozen=True)
class Placement:
    """An alias and the version that a release puts it on, both as logical ids of the wait's own stack."""

    alias: str
    version: str


@dataclass(frozen=True)
class Watched:
    """An alarm to watch: by its logical id when it is of the wait's own stack, else by its name and region.

    Attributes:
        logical_id: Its logical id in the wait's own stack, or "".
        name: Its name, or "" when `logical_id` is given.
        region: Its region; "" means the wait's own.
        composite: Whether it may be a composite alarm, which CloudWatch returns only when asked to.
    """

    logical_id: str = ""
    name: str = ""
    region: str = ""
    composite: bool = False

    @property
    def label(self) -> str:
        """What people know it by while its name is not known."""
        return self.name or self.logical_id


@dataclass(frozen=True)
class Settings:
    """What one set of properties asks for."""

    release_id: str
    duration: timedelta
    grace: timedelta
    alarms: tuple[Watched, ...]
    baked: Placement | None
    contained: tuple[Placement, ...]
    no_data_is_red: bool
    overrides: Mapping[str, str]
    expedited_reason: str
    started_by: str

    @classmethod
    def of(cls, properties: Mapping[str, object]) -> "Settings":
        """Reads the properties as they came."""
        baked = _mappings([properties.get(BAKED) or {}])
        return cls(
            release_id=_text(properties, RELEASE_ID),
            duration=_seconds(properties, DURATION_SECONDS),
            grace=_seconds(properties, GRACE_SECONDS),
            alarms=tuple(_watched(each) for each in _mappings(properties.get(ALARMS))),
            baked=_placement(baked[0]) if baked else None,
            contained=tuple(_placement(each) for each in _mappings(properties.get(CONTAINED))),
            no_data_is_red=_text(properties, INSUFFICIENT_DATA) == RED,
            overrides=_texts(properties.get(OVERRIDES)),
            expedited_reason=_text(properties, EXPEDITED_REASON),
            started_by=_text(properties, STARTED_BY),
        )

    @property
    def placements(self) -> dict[str, str]:
        """The version of every alias that these properties name, both by logical id."""
        return {each.alias: each.version for each in (*self.contained, *([self.baked] if self.baked else []))}


def _mappings(value: object) -> list[Mapping[str, object]]:
    entries = value if isinstance(value, Sequence) and not isinstance(value, str) else []
    return [entry for entry in entries if isinstance(entry, Mapping) and entry]


def _text(properties: Mapping[str, object], key: str) -> str:
    return str(properties.get(key) or "").strip()


def _texts(value: object) -> dict[str, str]:
    return {str(key): _text(value, key) for key in value} if isinstance(value, Mapping) else {}


def _seconds(properties: Mapping[str, object], key: str) -> timedelta:
    return timedelta(seconds=int(_text(properties, key) or 0))


def _placement(entry: Mapping[str, object]) -> Placement:
    return Placement(alias=_text(entry, ALIAS), version=_text(entry, VERSION))


def _watched(entry: Mapping[str, object]) -> Watched:
    return Watched(
        logical_id=_text(entry, LOGICAL_ID),
        name=_text(entry, NAME),
        region=_text(entry, REGION),
        composite=_text(entry, COMPOSITE) == TRUE,
    )


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
        started_at = event.get(STARTED_AT)
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
