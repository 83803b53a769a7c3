"""What a release's templates tell that takes some reading: changes, waits, and what they leave to be guessed."""

from collections.abc import Collection, Mapping, Sequence

from ...assembly.cloud_assembly import Json, Resource, StackTemplate
from ...assembly.links import Links
from ...assembly.template_parts import listing, mapping, properties
from ...release_rules.canonical import readable, text
from ...vocabulary import ONE_BOX, PHASES
from .former_template import REASONS
from .step_reading import held_by, is_wait


def difference(new: StackTemplate, old: StackTemplate) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Compares two templates: what the newer one creates, updates and deletes. Metadata alone updates nothing."""
    both = new.resources.keys() & old.resources.keys()
    updated = frozenset(name for name in both if _settings(new.resources[name]) != _settings(old.resources[name]))
    return frozenset(new.resources.keys() - both), updated, frozenset(old.resources.keys() - both)


def poll_intervals(stack: StackTemplate, usual: float) -> dict[str, float]:
    """Finds the waits, and how often each is polled, in seconds; one that does not say it, as is usual.

    Raises:
        AssemblyError: If one holds the release for what is no time.
    """
    waits = {name: held_by(each, stack.resources) for name, each in stack.resources.items() if is_wait(each)}
    return {name: usual if held.poll is None else held.poll for name, held in waits.items()}


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
    phased = sorted(name for name, each in new.resources.items() if each.role.get("Phase") in PHASES)
    roleless = [name for name in sorted(waits) if not new.resources[name].role]
    return (
        *(_without_old(new, before, waits) if old is None else ()),
        *(f"{name} counts as a backend, because the one-box waits for it" for name in sorted(backends)),
        *(
            f"{name} is played as a bake that is polled every {waits[name]:g} s: its metadata does not say"
            for name in roleless
        ),
        *(f"{name}: {words}" for name in phased for words in held_by(new.resources[name], new.resources).differs),
    )


def watched_elsewhere(stack: StackTemplate, waits: Collection[str], links: Links) -> tuple[str, ...]:
    """Names the alarms that waits watch and the template does not hold, a sentence for those that watch the same."""
    alarms_of = {
        name: tuple(
            _name_elsewhere(stack, mapping(alarm)["Name"], links)
            for alarm in listing(properties(stack.resources[name]).get("Alarms"))
            if "Name" in mapping(alarm)
        )
        for name in sorted(waits)
    }
    watchers: dict[tuple[str, ...], list[str]] = {}
    for name, alarms in alarms_of.items():
        watchers.setdefault(alarms, []).append(name)
    return tuple(_taken_to_be_ok(names, alarms) for alarms, names in watchers.items() if alarms)


def _taken_to_be_ok(waits: Sequence[str], alarms: Sequence[str]) -> str:
    watch = f"{', '.join(waits)} {'watches' if len(waits) == 1 else 'watch'}"
    if len(alarms) == 1:
        return f"{watch} alarm {alarms[0]}, which is not in this template: it is assumed to be OK"
    return f"{watch} alarms {', '.join(alarms)}, which are not in this template: they are assumed to be OK"


def _name_elsewhere(stack: StackTemplate, name: Json, links: Links) -> str:
    """An alarm's name for people: its logical id in another stack of this assembly, if one of them gives the name."""
    found = sorted(place for place in links.led_to(stack, name) if place.stack != stack.name)
    said = mapping(name).get("Fn::ImportValue", name)
    return f"{found[0].logical_id} of {found[0].stack}" if found else readable(text(said))


def unplayed_phases(stack: StackTemplate, phases: Mapping[str, str]) -> tuple[str, ...]:
    """Names what says a phase that cannot be played, a sentence each; `phases` is what is played."""
    said = {name: str(each.role["Phase"]) for name, each in stack.resources.items() if "Phase" in each.role}
    return tuple(
        f"{name} has an unknown phase, {said[name]}"
        if name in phases
        else f"{name} has the phase {said[name]}, but it is neither an alias nor a wait: nothing is played for it"
        for name in sorted(said)
        if phases.get(name) != said[name]
    )


def _without_old(new: StackTemplate, before: StackTemplate, waits: Collection[str]) -> list[str]:
    idle = [name for name in sorted(waits) if _release_id(new, name) == _release_id(before, name)]
    reasons = [name for name, each in sorted(new.resources.items()) if properties(each).keys() & REASONS]
    return [
        "No deployed templates were given: every version that an alias points at counts as new, and nothing else",
        *(f"{name}: its release id names no version that is new, so it holds nothing back" for name in idle),
        *(
            f"{name}: its reason to expedite it or to override a guard is taken to be given for this release"
            for name in reasons
        ),
    ]


def _release_id(stack: StackTemplate, wait: str) -> Json:
    return properties(stack.resources[wait]).get("ReleaseId")


def _settings(resource: Resource) -> tuple[str, object]:
    return resource.type, properties(resource)
