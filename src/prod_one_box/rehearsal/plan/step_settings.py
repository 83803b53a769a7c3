"""How long a step of a release holds it and what it watches, as deployed; the metadata only fills gaps."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, inf, nan
from sys import float_info
from typing import Final

from ...template.cloud_assembly import AssemblyError, Json, Resource, listing, mapping, properties
from ...template.intrinsics import readable, referred, text
from ..notation import duration
from .phases import is_of_waits

_ALL: Final = 100
_LONGEST_MINUTES: Final = 1e6
_ALL_AT_ONCE: Final = ((0.0, 1.0),)
# CodeDeploy's own names, and those that TrafficShiftedFunction leaves in the metadata.
_NAMED: Final = re.compile(r"Lambda(?:(AllAtOnce)|(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?)$")
_IN_METADATA: Final = re.compile(r"(?:(All at once)|(Canary|Linear) (\d+) %(?:, the rest after| every) (\d+) min)$")
_STOP_ON_ALARM: Final = "DEPLOYMENT_STOP_ON_ALARM"
_WAIT: Final = "Custom::ProdOneBoxDeployWait"
_INTERVAL: Final = re.compile(r'"IntervalSeconds":\s*(\d+)')


@dataclass(frozen=True, kw_only=True)
class TrafficShift:
    """How CodeDeploy moves an alias, by its deployment group.

    Attributes:
        steps: When, in seconds after the first step, and the new version's part of the requests from then on.
            CodeDeploy API reference, "TimeBasedLinear" and "TimeBasedCanary": the first part moves immediately.
        alarms: The logical ids of the alarms that stop it.
        elsewhere: The names of the alarms that would stop it but are not in the template.
        flips_back: Whether a deployment that an alarm stopped is undone (CodeDeploy user guide, "Automatic rollbacks").
        is_understood: Whether the steps are those of the template; otherwise all requests move in one step.
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
        """The time from the first step to the last."""
        return self.steps[-1][0]


def read_shift(alias: Resource, resources: Mapping[str, Resource]) -> TrafficShift | None:
    """Return how CodeDeploy moves an alias; None if it does not manage it."""
    policy = mapping(alias.body.get("UpdatePolicy")).get("CodeDeployLambdaAliasUpdate")
    if policy is None:
        return None
    group = resources.get(referred(mapping(policy).get("DeploymentGroupName")) or "")
    problems = [
        f"its {hook} is assumed to succeed immediately"
        for hook in ("BeforeAllowTrafficHook", "AfterAllowTrafficHook")
        if mapping(policy).get(hook)
    ]
    if group is None:
        problems.append("its deployment group is not in this template, so no alarm stops its shift")
    steps = _steps(alias, group, resources)
    if steps is None:
        problems.append("its deployment configuration is not understood, so it shifts all at once")
    alarms = _alarms(group, resources)
    elsewhere = tuple(name for name in alarms if name not in resources)
    problems += [f"alarm {name} is not in this template, so it never stops the shift" for name in elsewhere]
    return TrafficShift(
        steps=steps or _ALL_AT_ONCE,
        alarms=tuple(name for name in alarms if name in resources),
        elsewhere=elsewhere,
        flips_back=_flips_back(group),
        is_understood=steps is not None,
        not_understood=tuple(f"{alias.logical_id}: {problem}" for problem in problems),
    )


def _steps(
    alias: Resource, group: Resource | None, resources: Mapping[str, Resource]
) -> tuple[tuple[float, float], ...] | None:
    config = properties(group).get("DeploymentConfigName") if group else None
    own = resources.get(referred(config) or "")
    if own:
        return _own_steps(properties(own).get("TrafficRoutingConfig"))
    # The configuration itself takes precedence over the metadata.
    found = _NAMED.search(str(config or "")) or _IN_METADATA.search(str(alias.role.get("Shift") or ""))
    if found is None:
        return None
    all_at_once, kind, percentage, minutes = found.groups()
    return _ALL_AT_ONCE if all_at_once else _stepped(int(percentage), int(minutes), linear=kind == "Linear")


def _own_steps(routing: Json) -> tuple[tuple[float, float], ...] | None:
    kind = mapping(routing).get("Type")
    if kind == "AllAtOnce":
        return _ALL_AT_ONCE
    name = {"TimeBasedLinear": "Linear", "TimeBasedCanary": "Canary"}.get(str(kind))
    step = mapping(mapping(routing).get(str(kind)))
    percentage, minutes = step.get(f"{name}Percentage"), step.get(f"{name}Interval")
    if name is None or not isinstance(percentage, int | float) or not isinstance(minutes, int | float):
        return None
    return _stepped(percentage, minutes, linear=name == "Linear")


def _stepped(percentage: float, minutes: float, *, linear: bool) -> tuple[tuple[float, float], ...] | None:
    """Return the steps; None if CodeDeploy has no such shift."""
    if not (1 <= percentage <= _ALL and 0 < minutes < _LONGEST_MINUTES):
        return None
    if percentage == _ALL:
        return _ALL_AT_ONCE
    count = ceil(_ALL / percentage) if linear else 2
    parts = [min(1.0, n * percentage / _ALL) for n in range(1, count)] + [1.0]
    return tuple((n * minutes * 60, part) for n, part in enumerate(parts))


def _alarms(group: Resource | None, resources: Mapping[str, Resource]) -> list[str]:
    """Return the logical ids of a group's alarms, or the names of those that are not in the template."""
    configuration = mapping(properties(group).get("AlarmConfiguration")) if group else {}
    if configuration.get("Enabled") is False:
        return []
    names = [mapping(each).get("Name") for each in listing(configuration.get("Alarms"))]
    by_name = {
        str(properties(r).get("AlarmName")): r.logical_id for r in resources.values() if "AlarmName" in properties(r)
    }
    return [referred(name) or by_name.get(str(name), str(name)) for name in names]


def _flips_back(group: Resource | None) -> bool:
    configuration = mapping(properties(group).get("AutoRollbackConfiguration")) if group else {}
    return configuration.get("Enabled") is True and _STOP_ON_ALARM in listing(configuration.get("Events"))


@dataclass(frozen=True, kw_only=True)
class StepSettings:
    """What a step does to a release.

    Attributes:
        seconds: How long it holds the release; None if nothing says so.
        alarms: The alarms that it watches, for people: logical ids, or names of alarms that are not in the template.
        poll: The time from one poll of a wait to the next, in seconds; None for other steps, or if nothing says so.
        differs: Where the metadata says otherwise, a sentence each.
    """

    seconds: float | None
    alarms: tuple[str, ...]
    poll: float | None
    differs: tuple[str, ...] = ()


def is_wait(resource: Resource) -> bool:
    """Check whether a resource is one of the waits."""
    return resource.type == _WAIT or (
        is_of_waits(resource.role.get("Phase")) and "ServiceToken" in properties(resource)
    )


def step_settings(resource: Resource, resources: Mapping[str, Resource]) -> StepSettings:
    """Return the settings of a step, from its metadata only where nothing else says them.

    Raises:
        AssemblyError: If its duration is not a number of seconds, 0 or more.
    """
    metadata = _from_metadata(resource)
    deployed = _of_wait(resource, resources) if is_wait(resource) else _of_alias(resource, resources)
    if deployed is None:
        return metadata
    settings = StepSettings(
        seconds=metadata.seconds if deployed.seconds is None else deployed.seconds,
        alarms=metadata.alarms if _same_alarms(deployed.alarms, metadata.alarms, resources) else deployed.alarms,
        poll=metadata.poll if deployed.poll is None else deployed.poll,
    )
    return replace(settings, differs=tuple(_differences(resource, metadata, settings)))


def _of_wait(wait: Resource, resources: Mapping[str, Resource]) -> StepSettings:
    alarms = [mapping(each) for each in listing(properties(wait).get("Alarms"))]
    return StepSettings(
        seconds=_seconds(wait, properties(wait).get("DurationSeconds"), "DurationSeconds says"),
        alarms=tuple(text(each.get("LogicalId") or each.get("Name")) for each in alarms),
        poll=_poll(wait, resources),
    )


def _of_alias(alias: Resource, resources: Mapping[str, Resource]) -> StepSettings | None:
    shift = read_shift(alias, resources)
    if shift is None:
        return None
    seconds = shift.seconds if shift.is_understood else None
    return StepSettings(seconds=seconds, alarms=(*shift.alarms, *shift.elsewhere), poll=None)


def _from_metadata(resource: Resource) -> StepSettings:
    role = resource.role
    poll = role.get("PollSeconds")
    return StepSettings(
        seconds=_seconds(resource, role.get("DurationSeconds", role.get("ShiftSeconds")), "metadata says"),
        alarms=tuple(map(text, listing(role.get("Alarms")))),
        poll=float(poll) if isinstance(poll, int | float) and 0 < poll <= float_info.max else None,
    )


def _seconds(resource: Resource, value: Json, where: str) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value) if isinstance(value, int | float | str) else nan
    except (ValueError, OverflowError):
        seconds = nan
    if not 0 <= seconds < inf:
        raise AssemblyError(f"{resource.logical_id}: its {where} that it holds the release for {text(value)} s")
    return seconds


def _poll(wait: Resource, resources: Mapping[str, Resource]) -> float | None:
    """Read the interval of the provider's state machine, which calls the wait's code again and again."""
    framework = resources.get(referred(properties(wait).get("ServiceToken")) or "")
    environment = mapping(properties(framework).get("Environment")) if framework else {}
    machine = resources.get(referred(mapping(environment.get("Variables")).get("WAITER_STATE_MACHINE_ARN")) or "")
    found = _INTERVAL.search(text(properties(machine).get("DefinitionString"))) if machine else None
    return float(found[1]) if found and float(found[1]) > 0 else None


def _same_alarms(deployed: tuple[str, ...], metadata: tuple[str, ...], resources: Mapping[str, Resource]) -> bool:
    """Check whether both name the same alarms; those of other stacks have two names, so they are only counted."""
    return len(deployed) == len(metadata) and {*deployed} & resources.keys() == {*metadata} & resources.keys()


def _differences(resource: Resource, metadata: StepSettings, settings: StepSettings) -> Iterator[str]:
    for name, says in (("seconds", "holds the release for {}"), ("poll", "is polled every {}")):
        before, after = getattr(metadata, name), getattr(settings, name)
        if before != after and before is not None:
            yield f"it {says.format(duration(after))}, though its metadata says {duration(before)}"
    if "Alarms" in resource.role and metadata.alarms != settings.alarms:
        yield f"it watches {_named(settings.alarms)}, though its metadata says {_named(metadata.alarms)}"


def _named(alarms: tuple[str, ...]) -> str:
    return readable(", ".join(alarms)) or "no alarm"
