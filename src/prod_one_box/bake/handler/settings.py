"""The custom resource's properties as values.

CloudFormation sends every number and boolean as a string, and after an update of the library one of
the two sets of properties is an earlier version's: a missing one is an empty one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from . import wire


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
        baked = _mappings([properties.get(wire.BAKED) or {}])
        return cls(
            release_id=_text(properties, wire.RELEASE_ID),
            duration=_seconds(properties, wire.DURATION_SECONDS),
            grace=_seconds(properties, wire.GRACE_SECONDS),
            alarms=tuple(_watched(each) for each in _mappings(properties.get(wire.ALARMS))),
            baked=_placement(baked[0]) if baked else None,
            contained=tuple(_placement(each) for each in _mappings(properties.get(wire.CONTAINED))),
            no_data_is_red=_text(properties, wire.INSUFFICIENT_DATA) == wire.RED,
            overrides=_texts(properties.get(wire.OVERRIDES)),
            expedited_reason=_text(properties, wire.EXPEDITED_REASON),
            started_by=_text(properties, wire.STARTED_BY),
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
    return Placement(alias=_text(entry, wire.ALIAS), version=_text(entry, wire.VERSION))


def _watched(entry: Mapping[str, object]) -> Watched:
    return Watched(
        logical_id=_text(entry, wire.LOGICAL_ID),
        name=_text(entry, wire.NAME),
        region=_text(entry, wire.REGION),
        composite=_text(entry, wire.COMPOSITE) == wire.TRUE,
    )
