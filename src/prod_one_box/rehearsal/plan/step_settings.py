"""How long a step of a release holds it, and what it watches: by what is deployed, not by what the metadata tells.

How CodeDeploy moves an alias: the steps, the alarms and the way back, read from its deployment group.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, inf, nan
from sys import float_info
from typing import Final

from ...template.cloud_assembly import AssemblyError, Json, Resource, listing, mapping, properties, referred
from ...template.intrinsics import readable, text
from ...vocabulary import BAKE, PREFLIGHT
from ..notation import duration

_ALL: Final = 100
_LONGEST_MINUTES: Final = 1e6  # Nobody waits for years; a number beyond is no time.
_AT_ONCE: Final = ((0.0, 1.0),)
# CodeDeploy's own names, and those that TrafficShiftedFunction leaves in the metadata.
_NAMED: Final = re.compile(r"Lambda(?:(AllAtOnce)|(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?)$")
_TOLD: Final = re.compile(r"(?:(All at once)|(Canary|Linear) (\d+) %(?:, the rest after| every) (\d+) min)$")
_STOP_ON_ALARM: Final = "DEPLOYMENT_STOP_ON_ALARM"


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A deployment as its group has it.

    Attributes:
        steps: When, in seconds after the first step, and the new version's part of the requests from then on.
            CodeDeploy API reference, "TimeBasedLinear" and "TimeBasedCanary": the first part moves at once.
        alarms: The logical ids of the alarms that stop it.
        elsewhere: The names of the alarms that would stop it and that the template does not hold.
        flips_back: Whether a deployment that an alarm stopped is undone (CodeDeploy user guide, "Automatic rollbacks").
        is_understood: Whether the steps are those of the template; otherwise all moves at once.
        not_understood: What the template says of it that is not modelled, a sentence each.
    """

    steps: tuple[tuple[float, float], ...]
    alarms: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    flips_back: bool = True
    is_understood: bool = True
    not_understood: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """From the first step to the last."""
        return self.steps[-1][0]


def read_shift(alias: Resource, resources: Mapping[str, Resource]) -> Shift | None:
    """Reads how an alias is moved; None if CodeDeploy does not manage it."""
    policy = mapping(alias.body.get("UpdatePolicy")).get("CodeDeployLambdaAliasUpdate")
    if policy is None:
        return None
    group = resources.get(referred(mapping(policy).get("DeploymentGroupName")) or "")
    problems = [
        f"{alias.logical_id}: its {hook} is assumed to succeed at once"
        for hook in ("BeforeAllowTrafficHook", "AfterAllowTrafficHook")
        if mapping(policy).get(hook)
    ]
    if group is None:
        problems.append(
            f"{alias.logical_id}: its deployment group is not in this template, so no alarm stops its shift"
        )
    steps = _steps(alias, group, resources)
    if steps is None:
        problems.append(f"{alias.logical_id}: its deployment configuration is not understood, so it shifts all at once")
    alarms, unknown = _alarms(group, resources)
    problems += [
        f"{alias.logical_id}: alarm {name} is not in this template, so it never stops the shift" for name in unknown
    ]
    return Shift(
        steps=steps or _AT_ONCE,
        alarms=alarms,
        elsewhere=tuple(unknown),
        flips_back=_flips_back(group),
        is_understood=steps is not None,
        not_understood=tuple(problems),
    )


def _steps(
    alias: Resource, group: Resource | None, resources: Mapping[str, Resource]
) -> tuple[tuple[float, float], ...] | None:
    config = properties(group).get("DeploymentConfigName") if group else None
    own = resources.get(referred(config) or "")
    if own:
        return _own_steps(properties(own).get("TrafficRoutingConfig"))
    # The configuration itself goes before what the metadata tells of it.
    found = _NAMED.search(str(config or "")) or _TOLD.search(str(alias.role.get("Shift") or ""))
    if found is None:
        return None
    at_once, kind, percentage, minutes = found.groups()
    return _AT_ONCE if at_once else _stepped(int(percentage), int(minutes), linear=kind == "Linear")


def _own_steps(routing: Json) -> tuple[tuple[float, float], ...] | None:
    kind = mapping(routing).get("Type")
    if kind == "AllAtOnce":
        return _AT_ONCE
    name = {"TimeBasedLinear": "Linear", "TimeBasedCanary": "Canary"}.get(str(kind))
    step = mapping(mapping(routing).get(str(kind)))
    percentage, minutes = step.get(f"{name}Percentage"), step.get(f"{name}Interval")
    if name is None or not isinstance(percentage, int | float) or not isinstance(minutes, int | float):
        return None
    return _stepped(percentage, minutes, linear=name == "Linear")


def _stepped(percentage: float, minutes: float, *, linear: bool) -> tuple[tuple[float, float], ...] | None:
    """The steps; None if no shift can go so."""
    if not (1 <= percentage <= _ALL and 0 < minutes < _LONGEST_MINUTES):
        return None
    if percentage == _ALL:
        return _AT_ONCE
    count = ceil(_ALL / percentage) if linear else 2
    parts = [min(1.0, n * percentage / _ALL) for n in range(1, count)] + [1.0]
    return tuple((n * minutes * 60, part) for n, part in enumerate(parts))


def _alarms(group: Resource | None, resources: Mapping[str, Resource]) -> tuple[tuple[str, ...], list[str]]:
    configuration = mapping(properties(group).get("AlarmConfiguration")) if group else {}
    if configuration.get("Enabled") is False:
        return (), []
    names = [mapping(each).get("Name") for each in listing(configuration.get("Alarms"))]
    by_name = {
        str(properties(r).get("AlarmName")): r.logical_id for r in resources.values() if "AlarmName" in properties(r)
    }
    found = [referred(name) or by_name.get(str(name), str(name)) for name in names]
    return tuple(name for name in found if name in resources), [name for name in found if name not in resources]


def _flips_back(group: Resource | None) -> bool:
    configuration = mapping(properties(group).get("AutoRollbackConfiguration")) if group else {}
    return configuration.get("Enabled") is True and _STOP_ON_ALARM in listing(configuration.get("Events"))


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
