"""A request of CloudFormation as every poll receives it, and the names of its properties.

The construct, the handler and the provider framework must agree on the names. CloudFormation sends every number and
boolean as a string. After an update of the library one of the two sets of properties comes from an earlier version,
so a missing property counts as an empty one.
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
"""The key of onEvent's answer, which the provider framework merges into the event of every poll."""

MARKS: Final = "ProdOneBox"
"""The namespace of the marks: metrics that are 1 in the minute in which a release reached a milestone."""

STACK: Final = "Stack"
WAIT: Final = "Wait"
"""A mark's two dimensions: the stack's name, and the logical id of the wait that starts the release."""


class Mark(Enum):
    """The milestones of a release, in this order; the values are the metrics' names."""

    RELEASE_STARTED = "ReleaseStarted"
    BAKE_STARTED = "BakeStarted"
    PROMOTED = "Promoted"
    RELEASE_ABORTED = "ReleaseAborted"
    CONTAINED = "Contained"
    ROLLED_BACK = "RolledBack"


@dataclass(frozen=True)
class Placement:
    """An alias and the version that a release moves it to, both as logical ids in the wait's own stack."""

    alias: str
    version: str


@dataclass(frozen=True)
class AlarmReference:
    """An alarm to watch: named by its logical id if it is in the wait's own stack, else by its name and region.

    Attributes:
        logical_id: Its logical id in the wait's own stack, or "".
        name: Its name, or "" while only `logical_id` is known.
        region: Its region; "" means the wait's own.
        composite: Whether it may be a composite alarm, which CloudWatch returns only on request.
    """

    logical_id: str = ""
    name: str = ""
    region: str = ""
    composite: bool = False

    @property
    def label(self) -> str:
        """The alarm's name, or its logical id while the name is unknown."""
        return self.name or self.logical_id


@dataclass(frozen=True)
class Settings:
    """One set of the custom resource's properties, as values."""

    release_id: str
    duration: timedelta
    grace: timedelta
    alarms: tuple[AlarmReference, ...]
    baked: Placement | None
    contained: tuple[Placement, ...]
    no_data_is_red: bool
    overrides: Mapping[str, str]
    expedited_reason: str
    started_by: str

    @classmethod
    def of(cls, properties: Mapping[str, object]) -> "Settings":
        """Parse the properties that CloudFormation sent."""
        return cls(
            release_id=_text(properties, RELEASE_ID),
            duration=_seconds(properties, DURATION_SECONDS),
            grace=_seconds(properties, GRACE_SECONDS),
            alarms=tuple(map(_alarm, _mappings(properties.get(ALARMS)))),
            baked=next(map(_placement, _mappings([properties.get(BAKED)])), None),
            contained=tuple(map(_placement, _mappings(properties.get(CONTAINED)))),
            no_data_is_red=_text(properties, INSUFFICIENT_DATA) == RED,
            overrides=_texts(properties.get(OVERRIDES)),
            expedited_reason=_text(properties, EXPEDITED_REASON),
            started_by=_text(properties, STARTED_BY),
        )

    @property
    def placements(self) -> dict[str, str]:
        """The version for every alias that these properties name, both as logical ids."""
        return {each.alias: each.version for each in (*self.contained, *([self.baked] if self.baked else []))}


def _mappings(value: object) -> list[Mapping[str, object]]:
    entries = value if isinstance(value, Sequence) else []
    return [entry for entry in entries if isinstance(entry, Mapping) and entry]


def _text(properties: Mapping[str, object], key: str) -> str:
    return str(properties.get(key) or "").strip()


def _texts(value: object) -> dict[str, str]:
    return {str(key): _text(value, key) for key in value} if isinstance(value, Mapping) else {}


def _seconds(properties: Mapping[str, object], key: str) -> timedelta:
    return timedelta(seconds=int(_text(properties, key) or 0))


def _placement(entry: Mapping[str, object]) -> Placement:
    return Placement(alias=_text(entry, ALIAS), version=_text(entry, VERSION))


def _alarm(entry: Mapping[str, object]) -> AlarmReference:
    return AlarmReference(
        logical_id=_text(entry, LOGICAL_ID),
        name=_text(entry, NAME),
        region=_text(entry, REGION),
        composite=_text(entry, COMPOSITE) == TRUE,
    )


@dataclass(frozen=True)
class Request:
    """CloudFormation's request to the wait.

    Attributes:
        kind: "Create", "Update" or "Delete".
        stack_id: The ARN of the stack that the wait is in.
        logical_id: The wait's own logical id.
        new: The new properties; in a rollback, those that the stack goes back to.
        old: The old properties; in a rollback, those of the failed release.
        started_at: When the request started; None until onEvent has determined it.
    """

    kind: str
    stack_id: str
    logical_id: str
    new: Settings
    old: Settings
    started_at: datetime | None

    @classmethod
    def of(cls, event: Mapping[str, object]) -> "Request":
        """Parse an event of the provider framework."""
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
        """The stack's name, which is part of its ARN."""
        return self.stack_id.partition("/")[2].partition("/")[0]

    @property
    def is_release(self) -> bool:
        """Whether there is a release to hold: not on creation, on deletion or when only other properties change."""
        return self.kind == "Update" and self.new.release_id != self.old.release_id

    @property
    def starts_release(self) -> bool:
        """Whether the wait stands at the start of the release, where the guards of the whole release apply."""
        return not self.new.started_by

    def overridden(self, guard: str) -> str:
        """Return the reason for overriding a guard in this update; "" if there is none or it is the last update's."""
        reason = self.new.overrides.get(guard, "")
        return reason if reason != self.old.overrides.get(guard) else ""

    @property
    def expedited(self) -> str:
        """The reason for expediting this release; "" if there is none or it is the last release's."""
        return self.new.expedited_reason if self.new.expedited_reason != self.old.expedited_reason else ""

    def elapsed(self, now: datetime) -> timedelta:
        """Return how long the request has been waiting."""
        return now - (self.started_at or now)


def _properties(event: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = event.get(key)
    return value if isinstance(value, Mapping) else {}
