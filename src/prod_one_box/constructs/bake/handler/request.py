"""A request of CloudFormation as every poll receives it, and the names of its properties.

The construct, the handler and the provider framework must agree on the names. CloudFormation sends every number and
boolean as a string. After an update of the library one of the two sets of properties comes from an earlier version,
so a property that is missing, or has another form, counts as an empty one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .compared import COMPARISON, Compared

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
VERSIONS: Final = "Versions"
PROMOTES: Final = "Promotes"
SPLIT: Final = "Split"
AWAITED: Final = "Awaited"
EDGE_FIRST: Final = "EdgeFirst"
SITES: Final = "Sites"
ORIGINS: Final = "Origins"

WAVE: Final = "Wave"
"""The partition that has just switched, for bakes; also the name of a mark's third dimension."""

ALIAS: Final = "Alias"
VERSION: Final = "Version"

PARTITION: Final = "Partition"
BOUND: Final = "Bound"
FUNCTION: Final = "Function"

LOGICAL_ID: Final = "LogicalId"
NAME: Final = "Name"
REGION: Final = "Region"
COMPOSITE: Final = "Composite"

RED_ALARMS: Final = "RED_ALARMS"
ROLLBACK_DISABLED: Final = "ROLLBACK_DISABLED"
SPLIT_CHANGED: Final = "SPLIT_CHANGED"

RED: Final = "RED"
TRUE: Final = "true"
FALSE: Final = "false"

STARTED_AT: Final = "StartedAt"
"""The key of onEvent's answer, which the provider framework merges into the event of every poll."""


@dataclass(frozen=True)
class Placement:
    """An alias and the version that a release moves it to, both as logical ids in the wait's own stack."""

    alias: str
    version: str


@dataclass(frozen=True)
class SplitEntry:
    """One partition in the split of the visitors' buckets.

    Attributes:
        partition: Its name.
        first: Its first bucket.
        bound: The first bucket after it.
        function: The logical id of its function.
    """

    partition: str
    first: int
    bound: int
    function: str

    @property
    def has_visitors(self) -> bool:
        """Whether any bucket belongs to it."""
        return self.bound > self.first

    @property
    def buckets(self) -> str:
        """Its buckets, for people."""
        return f"buckets {self.first} to {self.bound - 1}" if self.has_visitors else "no buckets"


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
    """One set of the custom resource's properties, as values.

    Attributes:
        release_id: The release's identity, where `versions` does not tell.
        duration: How long to hold.
        grace: How long after that to try for a conclusive reading.
        alarms: The alarms to watch.
        baked: The partitions that must be on the release's version alone, the wait's own last.
        contained: The partitions to put back, those with most visitors first.
        no_data_is_red: Whether an alarm without data ends the release.
        overrides: The reason for each guard that is overridden.
        expedited_reason: The reason for holding nothing.
        started_by: The wait that starts the release; "" if this one does.
        versions: The version for every alias whose change makes a release, both as logical ids.
        wave: The name of the partition that has just switched; "" for other waits and those of an earlier library.
        promotes: Whether the end of this wait is the promotion.
        split: The partitions in release order; empty if it is not given or cannot be read.
        origins: The address of the origin that each edge of the stack has for a partition, by both.
        awaited: For each partition the resources that must exist before the edge sends visitors to it.
        edge_first: Whether some of the partitions' resources can only be created after the edge.
        compared: What is compared between the new version and the old; None for nothing.
        sites: With `edge_first`, the logical ids of the stack's distributions with an edge, or of the nested stacks
            with them.
    """

    release_id: str
    duration: timedelta
    grace: timedelta
    alarms: tuple[AlarmReference, ...]
    baked: tuple[Placement, ...]
    contained: tuple[Placement, ...]
    no_data_is_red: bool
    overrides: Mapping[str, str]
    expedited_reason: str
    started_by: str
    versions: Mapping[str, str]
    wave: str
    promotes: bool
    split: tuple[SplitEntry, ...]
    origins: Mapping[tuple[str, str], str]
    awaited: Mapping[str, tuple[str, ...]]
    edge_first: bool
    compared: Compared | None
    sites: tuple[str, ...]

    @classmethod
    def of(cls, properties: Mapping[str, object]) -> "Settings":
        """Parse the properties that CloudFormation sent."""
        return cls(
            release_id=_text(properties, RELEASE_ID),
            duration=_seconds(properties, DURATION_SECONDS),
            grace=_seconds(properties, GRACE_SECONDS),
            alarms=tuple(map(_alarm, _mappings(properties.get(ALARMS)))),
            baked=tuple(map(_placement, _mappings(_as_list(properties.get(BAKED))))),
            contained=tuple(map(_placement, _mappings(properties.get(CONTAINED)))),
            no_data_is_red=_text(properties, INSUFFICIENT_DATA) == RED,
            overrides=_texts(properties.get(OVERRIDES)),
            expedited_reason=_text(properties, EXPEDITED_REASON),
            started_by=_text(properties, STARTED_BY),
            versions=_texts(properties.get(VERSIONS)),
            wave=_text(properties, WAVE),
            promotes=_text(properties, PROMOTES) != FALSE,
            split=_split(_mappings(properties.get(SPLIT))),
            origins=_nested_texts(properties.get(ORIGINS)),
            awaited=_lists(properties.get(AWAITED)),
            edge_first=_text(properties, EDGE_FIRST) == TRUE,
            compared=Compared.of(properties.get(COMPARISON)),
            sites=tuple(map(str, _entries(properties.get(SITES)))),
        )

    @property
    def placements(self) -> dict[str, str]:
        """The version for every alias that these properties name, both as logical ids."""
        return {each.alias: each.version for each in (*self.contained, *self.baked)}

    @property
    def watches(self) -> bool:
        """Whether this wait comes after the promotion."""
        return not self.promotes and not self.wave

    @property
    def is_gate(self) -> bool:
        """Whether this wait holds nothing but the edge."""
        return bool(self.awaited) or self.edge_first


_LONGEST_NUMBER: Final = 9
"""Digits: more are no number of seconds or buckets, and too many for a time."""


def _as_list(value: object) -> object:
    # An earlier library bakes one alias, and sends it without a list.
    return [value] if isinstance(value, Mapping) else value


def _entries(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else []


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [entry for entry in _entries(value) if isinstance(entry, Mapping) and entry]


def _text(properties: Mapping[str, object], key: str) -> str:
    value = properties.get(key)
    return "" if isinstance(value, (Mapping, list)) else str(value or "").strip()


def _texts(value: object) -> dict[str, str]:
    return {str(key): _text(value, key) for key in value} if isinstance(value, Mapping) else {}


def _nested_texts(value: object) -> dict[tuple[str, str], str]:
    entries = value.items() if isinstance(value, Mapping) else ()
    return {(str(outer), inner): text for outer, each in entries for inner, text in _texts(each).items()}


def _lists(value: object) -> dict[str, tuple[str, ...]]:
    entries = value.items() if isinstance(value, Mapping) else ()
    return {str(key): tuple(map(str, _entries(each))) for key, each in entries}


def _seconds(properties: Mapping[str, object], key: str) -> timedelta:
    return timedelta(seconds=_whole(properties, key) or 0)


def _whole(properties: Mapping[str, object], key: str) -> int | None:
    text = _text(properties, key)
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else None


def _split(entries: Sequence[Mapping[str, object]]) -> tuple[SplitEntry, ...]:
    split: list[SplitEntry] = []
    for entry in entries:
        bound, first = _whole(entry, BOUND), split[-1].bound if split else 0
        if bound is None or not _text(entry, PARTITION):
            return ()  # What cannot be read must not refuse a release.
        split.append(SplitEntry(_text(entry, PARTITION), first, bound, _text(entry, FUNCTION)))
    return tuple(split)


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
        """Whether there is a release to hold: not on creation, on deletion or when only other properties change.

        A partition that is added or removed makes none by itself. One that moves to another function does: whether that
        has the same code is not known here.
        """
        if self.kind != "Update":
            return False
        after, before = self.new.versions, self.old.versions
        if not after or not before:
            return self.new.release_id != self.old.release_id
        return any(after[alias] != before[alias] for alias in after.keys() & before.keys())

    @property
    def changes_split(self) -> bool:
        """Whether visitors get another partition, or a partition another function or origin.

        What a side does not say counts as equal.
        """
        both = bool(self.new.split and self.old.split)
        return both and (self.new.split != self.old.split or bool(self.changed_origins))

    @property
    def changed_origins(self) -> set[str]:
        """The partitions to which an edge has another way than before."""
        new, old = self.new.origins, self.old.origins
        return {
            partition for edge, partition in new.keys() & old.keys() if new[edge, partition] != old[edge, partition]
        }

    @property
    def is_gate(self) -> bool:
        """Whether it asks the wait that holds the edge until the partitions can answer."""
        return self.new.is_gate or self.old.is_gate

    @property
    def wave(self) -> str:
        """The name of the wave, in a rollback also that of the failed release; "" if the wait has none."""
        return self.new.wave or self.old.wave

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
