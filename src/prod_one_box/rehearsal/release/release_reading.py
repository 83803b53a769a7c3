"""What a release's templates tell that takes some reading: changes, waits, and what they leave to be guessed."""

from collections.abc import Collection, Mapping
from math import inf, nan
from typing import Final

from ...assembly.canonical import text
from ...assembly.cloud_assembly import AssemblyError, Json, Resource, StackTemplate
from ...assembly.template_parts import listing, mapping, properties
from ...vocabulary import BAKE, ONE_BOX, PREFLIGHT
from .former_template import REASONS

_WAIT: Final = "Custom::ProdOneBoxDeployWait"


def difference(new: StackTemplate, old: StackTemplate) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Compares two templates: what the newer one creates, updates and deletes. Metadata alone updates nothing."""
    both = new.resources.keys() & old.resources.keys()
    updated = frozenset(name for name in both if _settings(new.resources[name]) != _settings(old.resources[name]))
    return frozenset(new.resources.keys() - both), updated, frozenset(old.resources.keys() - both)


def poll_intervals(stack: StackTemplate, usual: float) -> dict[str, float]:
    """Finds the waits, and how often each is polled, in seconds; one that does not say it, as is usual."""
    return {name: _poll_seconds(resource, usual) for name, resource in stack.resources.items() if _is_wait(resource)}


def seconds_said_by(resource: Resource) -> float | None:
    """How long a resource says that it holds a release, in seconds; None if it says nothing.

    Raises:
        AssemblyError: If what it says is no time.
    """
    said = resource.role.get("DurationSeconds", resource.role.get("ShiftSeconds"))
    if said is None:
        return None
    try:
        seconds = float(said) if isinstance(said, int | float | str) else nan
    except ValueError:
        seconds = nan
    if not 0 <= seconds < inf:
        raise AssemblyError(f"{resource.logical_id}: its metadata says that it holds the release for {text(said)} s")
    return seconds


def guessed_backends(stack: StackTemplate, aliases: Collection[str], phases: Mapping[str, str]) -> frozenset[str]:
    """Finds the aliases of no phase that a one-box names in its `DependsOn`: what else would it wait for them?"""
    named = {
        str(before)
        for name in aliases
        if phases[name] == ONE_BOX
        for before in listing(stack.resources[name].body.get("DependsOn"))
    }
    return frozenset(name for name in named & set(aliases) if not phases[name])


def taken_for_granted(
    new: StackTemplate,
    old: StackTemplate | None,
    backends: Collection[str],
    waits: Mapping[str, float],
    before: StackTemplate,
) -> tuple[str, ...]:
    """Says what is taken for what because the templates do not say it, a sentence each."""
    roleless = [name for name in sorted(waits) if not new.resources[name].role]
    return (
        *(_without_old(new, before, waits) if old is None else ()),
        *(f"{name} is taken for a backend: the one-box waits for it" for name in sorted(backends)),
        *(
            f"{name} is taken for a bake that is polled every {waits[name]:g} s: it says nothing of it"
            for name in roleless
        ),
    )


def watched_elsewhere(stack: StackTemplate, waits: Collection[str]) -> tuple[str, ...]:
    """Names the alarms that a wait watches and the template does not hold, a sentence each."""
    return tuple(
        f"{name} watches alarm {text(mapping(alarm)['Name'])}, which is not in this template: it is taken to be OK"
        for name in sorted(waits)
        for alarm in listing(properties(stack.resources[name]).get("Alarms"))
        if "Name" in mapping(alarm)
    )


def unplayed_phases(stack: StackTemplate, phases: Mapping[str, str]) -> tuple[str, ...]:
    """Names what says a phase that cannot be played, a sentence each; `phases` is what is played."""
    said = {name: str(each.role["Phase"]) for name, each in stack.resources.items() if "Phase" in each.role}
    return tuple(
        f"{name} says that it is of phase {said[name]}, "
        + ("which is none" if name in phases else "but it is neither an alias nor a wait: nothing is played for it")
        for name in sorted(said)
        if phases.get(name) != said[name]
    )


def _without_old(new: StackTemplate, before: StackTemplate, waits: Collection[str]) -> list[str]:
    idle = [name for name in sorted(waits) if _release_id(new, name) == _release_id(before, name)]
    reasons = [name for name, each in sorted(new.resources.items()) if properties(each).keys() & REASONS]
    return [
        "No deployed templates were given: every version that an alias points at is taken to be new, nothing else",
        *(f"{name}: its release id names no version that is new, so it holds nothing back" for name in idle),
        *(f"{name}: its reason to expedite or to force is taken to be given for this release" for name in reasons),
    ]


def _release_id(stack: StackTemplate, wait: str) -> Json:
    return properties(stack.resources[wait]).get("ReleaseId")


def _is_wait(resource: Resource) -> bool:
    return resource.type == _WAIT or (
        resource.role.get("Phase") in (PREFLIGHT, BAKE) and "ServiceToken" in properties(resource)
    )


def _poll_seconds(wait: Resource, usual: float) -> float:
    seconds = wait.role.get("PollSeconds")
    return float(seconds) if isinstance(seconds, int | float) and seconds > 0 else usual


def _settings(resource: Resource) -> tuple[str, object]:
    return resource.type, properties(resource)
