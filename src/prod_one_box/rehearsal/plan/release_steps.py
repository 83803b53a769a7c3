"""The steps of a release as a template enforces them: which resources change, in which order, watched by what."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...template.cloud_assembly import AssemblyError, Resource, StackTemplate
from ...template.stacks import all_dependencies
from ...vocabulary import SPLIT
from .phases import phase_of, wave_of
from .step_settings import step_settings


@dataclass(frozen=True, kw_only=True)
class ReleaseStep:
    """A resource that a release passes through.

    Attributes:
        position: 1 for a step that waits for no other; otherwise one more than the latest step that it waits for.
        phase: The phase that the resource belongs to.
        wave: The partition that has just switched, for a bake; "" for other steps.
        resource: The resource.
        waits_for: The logical ids of the steps right before it.
        seconds: How long it holds the release; None if nothing says so.
        watched_by: The alarms that it watches.
        differs: Where its metadata differs from what is deployed, a sentence each.
    """

    position: int
    phase: str
    wave: str
    resource: Resource
    waits_for: tuple[str, ...]
    seconds: float | None
    watched_by: tuple[str, ...]
    differs: tuple[str, ...]


def plan_release(stack: StackTemplate) -> list[ReleaseStep]:
    """Return the release's steps in the order that references and `DependsOn` of a stack's template enforce.

    The split's wait is none of them: in a release it holds nothing.

    The order is never taken from the phases' names: a template that lacks a dependency shows steps side by side.

    Raises:
        AssemblyError: If a step waits for itself, which CloudFormation refuses as a circular dependency, or its
            duration is not a number of seconds, 0 or more.
    """
    phases = {name: phase_of(resource) for name, resource in stack.resources.items()}
    phased = {name: stack.resources[name] for name, phase in phases.items() if phase not in ("", SPLIT)}
    closure = all_dependencies(stack.resources)
    before = {name: closure[name] & phased.keys() for name in phased}
    circular = sorted(name for name in phased if name in before[name])
    if circular:
        raise AssemblyError(f"{stack.name}: {', '.join(circular)} wait for themselves, a circular dependency")
    positions: dict[str, int] = {}
    for name in sorted(phased, key=lambda name: len(before[name])):
        positions[name] = 1 + max((positions[other] for other in before[name]), default=0)
    steps = [_step(stack, phased[name], positions[name], _right_before(name, before)) for name in phased]
    return sorted(steps, key=lambda step: (step.position, step.resource.logical_id))


def _right_before(name: str, before: Mapping[str, set[str]]) -> tuple[str, ...]:
    implied = {other for between in before[name] for other in before[between]}
    return tuple(sorted(before[name] - implied))


def _step(stack: StackTemplate, resource: Resource, position: int, waits_for: tuple[str, ...]) -> ReleaseStep:
    settings = step_settings(resource, stack.resources)
    return ReleaseStep(
        position=position,
        phase=str(resource.role["Phase"]),
        wave=wave_of(resource),
        resource=resource,
        waits_for=waits_for,
        seconds=settings.seconds,
        watched_by=settings.alarms,
        differs=settings.differs,
    )
