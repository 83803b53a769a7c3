"""How long a step of a release holds it, and what it watches: by what is deployed, not by what the metadata tells."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, nan
from sys import float_info
from typing import Final

from ...assembly.cloud_assembly import AssemblyError, Json, Resource
from ...assembly.template_parts import listing, mapping, properties, referred
from ...release_rules.canonical import readable, text
from ...vocabulary import BAKE, PREFLIGHT
from ..notation import duration
from .shift import read_shift

_WAIT: Final = "Custom::ProdOneBoxDeployWait"
_INTERVAL: Final = re.compile(r'"IntervalSeconds":\s*(\d+)')


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a step does to a release.

    Attributes:
        seconds: How long it holds the release; None if nothing says it.
        alarms: What it watches, for people: logical ids, or names of what the template does not hold.
        poll: From one look of a wait to the next, in seconds; None for what is no wait, or if nothing says it.
        differs: Where the metadata says otherwise, a sentence each.
    """

    seconds: float | None
    alarms: tuple[str, ...]
    poll: float | None
    differs: tuple[str, ...]


def is_wait(resource: Resource) -> bool:
    """Whether a resource is one of the waits."""
    return resource.type == _WAIT or (
        resource.role.get("Phase") in (PREFLIGHT, BAKE) and "ServiceToken" in properties(resource)
    )


def held_by(resource: Resource, resources: Mapping[str, Resource]) -> Held:
    """Reads a step; what only the metadata says is taken from there.

    Args:
        resource: The step.
        resources: All of its template.

    Raises:
        AssemblyError: If the time that it says is none.
    """
    told = _told(resource)
    deployed = _of_wait(resource, resources) if is_wait(resource) else _of_alias(resource, resources)
    if deployed is None:
        return told
    seconds = told.seconds if deployed.seconds is None else deployed.seconds
    alarms = told.alarms if _alike(deployed.alarms, told.alarms, resources) else deployed.alarms
    poll = told.poll if deployed.poll is None else deployed.poll
    held = Held(seconds=seconds, alarms=alarms, poll=poll, differs=())
    return Held(seconds=seconds, alarms=alarms, poll=poll, differs=tuple(_differing(resource, told, held)))


def _of_wait(wait: Resource, resources: Mapping[str, Resource]) -> Held:
    said = properties(wait)
    alarms = [mapping(each) for each in listing(said.get("Alarms"))]
    return Held(
        seconds=_seconds(wait, said.get("DurationSeconds"), "DurationSeconds says"),
        alarms=tuple(text(each.get("LogicalId") or each.get("Name")) for each in alarms),
        poll=_poll(wait, resources),
        differs=(),
    )


def _of_alias(alias: Resource, resources: Mapping[str, Resource]) -> Held | None:
    shift = read_shift(alias, resources)
    if shift is None:
        return None
    seconds = shift.seconds if shift.is_understood else None
    return Held(seconds=seconds, alarms=(*shift.alarms, *shift.elsewhere), poll=None, differs=())


def _told(resource: Resource) -> Held:
    role = resource.role
    poll = role.get("PollSeconds")
    return Held(
        seconds=_seconds(resource, role.get("DurationSeconds", role.get("ShiftSeconds")), "metadata says"),
        alarms=tuple(map(text, listing(role.get("Alarms")))),
        poll=float(poll) if isinstance(poll, int | float) and 0 < poll <= float_info.max else None,
        differs=(),
    )


def _seconds(resource: Resource, said: Json, where: str) -> float | None:
    if said is None:
        return None
    try:
        seconds = float(said) if isinstance(said, int | float | str) else nan
    except (ValueError, OverflowError):
        seconds = nan
    if not 0 <= seconds < inf:
        raise AssemblyError(f"{resource.logical_id}: its {where} that it holds the release for {text(said)} s")
    return seconds


def _poll(wait: Resource, resources: Mapping[str, Resource]) -> float | None:
    """Reads the provider's state machine: it is what calls the wait's code again and again."""
    framework = resources.get(referred(properties(wait).get("ServiceToken")) or "")
    environment = mapping(properties(framework).get("Environment")) if framework else {}
    machine = resources.get(referred(mapping(environment.get("Variables")).get("WAITER_STATE_MACHINE_ARN")) or "")
    found = _INTERVAL.search(text(properties(machine).get("DefinitionString"))) if machine else None
    return float(found[1]) if found and float(found[1]) > 0 else None


def _alike(deployed: tuple[str, ...], told: tuple[str, ...], resources: Mapping[str, Resource]) -> bool:
    """Whether both name the same alarms; those of other stacks have another name for people, so they are counted."""
    return len(deployed) == len(told) and {*deployed} & resources.keys() == {*told} & resources.keys()


def _differing(resource: Resource, told: Held, held: Held) -> Iterator[str]:
    for name, says in (("seconds", "holds the release for {}"), ("poll", "is polled every {}")):
        before, after = getattr(told, name), getattr(held, name)
        if before != after and before is not None:
            yield f"it {says.format(duration(after))}, though its metadata says {duration(before)}"
    if "Alarms" in resource.role and told.alarms != held.alarms:
        yield f"it watches {_named(held.alarms)}, though its metadata says {_named(told.alarms)}"


def _named(alarms: tuple[str, ...]) -> str:
    return readable(", ".join(alarms)) or "no alarm"
