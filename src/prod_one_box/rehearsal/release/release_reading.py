"""What a release's templates tell that takes some reading: changes, waits, and what they leave to be guessed."""

from collections.abc import Collection, Mapping
from typing import Final

from ...assembly.canonical import text
from ...assembly.cloud_assembly import Resource, StackTemplate
from ...assembly.template_parts import listing, mapping, properties
from ...vocabulary import BAKE, ONE_BOX, PREFLIGHT
from .former_template import REASONS

_WAIT: Final = "Custom::ProdOneBoxDeployWait"
_USUAL_POLL: Final = 10.0


def difference(new: StackTemplate, old: StackTemplate) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Compares two templates: what the newer one creates, updates and deletes. Metadata alone updates nothing."""
    both = new.resources.keys() & old.resources.keys()
    updated = frozenset(name for name in both if _settings(new.resources[name]) != _settings(old.resources[name]))
    return frozenset(new.resources.keys() - both), updated, frozenset(old.resources.keys() - both)


def poll_intervals(stack: StackTemplate) -> dict[str, float]:
    """Finds the waits, and how often each is polled, in seconds."""
    return {name: _poll_seconds(resource) for name, resource in stack.resources.items() if _is_wait(resource)}


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
    new: StackTemplate, old: StackTemplate | None, backends: Collection[str], waits: Mapping[str, float]
) -> tuple[str, ...]:
    """Says what is taken for what because the templates do not say it, a sentence each."""
    roleless = [name for name in sorted(waits) if not new.resources[name].role]
    return (
        *(_without_old(new) if old is None else ()),
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


def _without_old(new: StackTemplate) -> list[str]:
    reasons = [name for name, each in sorted(new.resources.items()) if properties(each).keys() & REASONS]
    return [
        "No deployed templates were given: every version that an alias points at is taken to be new, nothing else",
        *(f"{name}: its reason to expedite or to force is taken to be given for this release" for name in reasons),
    ]


def _is_wait(resource: Resource) -> bool:
    return resource.type == _WAIT or (
        resource.role.get("Phase") in (PREFLIGHT, BAKE) and "ServiceToken" in properties(resource)
    )


def _poll_seconds(wait: Resource) -> float:
    seconds = wait.role.get("PollSeconds")
    return float(seconds) if isinstance(seconds, int | float) and seconds > 0 else _USUAL_POLL


def _settings(resource: Resource) -> tuple[str, object]:
    return resource.type, properties(resource)
