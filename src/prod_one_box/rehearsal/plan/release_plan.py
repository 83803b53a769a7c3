"""A release to play: what the stack update changes, in which order, how it may go back, and what disturbs it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from typing import Final

from ...errors import check_numbers, is_number
from ...template.cloud_assembly import AssemblyError, Resource, StackTemplate, listing, properties
from ...template.intrinsics import referred, text
from ...template.links import Links
from ...template.stacks import all_dependencies
from ...vocabulary import BACKEND, BAKE
from ..assumptions import Assumptions
from .phases import orders_of, phase_of
from .release_changes import (
    alarms_elsewhere,
    assumed,
    difference,
    former_template,
    guessed_backends,
    not_modelled,
    phases_not_played,
)
from .step_settings import TrafficShift, is_wait, read_shift, step_settings

PARTS: Final = ("stickiness", "bake", "order", "containment", "comparison", "retained-assets")
"""The parts that a rehearsal can leave out, to show what each is worth."""


COMPARISON: Final = "Comparison"
"""The property of a wait that compares the new version with the old one."""


class Managed(Enum):
    """What a rollback may do with an alias that CodeDeploy manages."""

    FLIPPED = "put back in one call"
    SHIFTED = "shifted back as it was shifted out, whatever its alarms say"
    STOPPED = "shifted back, and stopped on the way by an alarm that is red"


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """A way in which CloudFormation may roll back. AWS documents neither the order nor the manner.

    Attributes:
        order: The phases in the order in which the rollback visits their aliases and waits, those of one phase
            together. "" stands for the aliases of no phase. A phase that is missing here is visited with the first;
            without any order, everything is visited together.
        managed: What becomes of an alias that CodeDeploy manages; default: it is put back in one call.
    """

    order: tuple[str, ...]
    managed: Managed = Managed.FLIPPED

    def __str__(self) -> str:
        order = ", ".join(phase or "aliases of no phase" for phase in self.order) or "all at once"
        return f"{order}; aliases that CodeDeploy manages {self.managed.value}"


def visits(way_back: WayBack, phases: Mapping[str, str]) -> list[list[str]]:
    """Group the resources of `phases`, which has the phase of each by logical id, by when a rollback visits them."""
    turns: list[list[str]] = [[] for _ in range(max(1, len(way_back.order)))]
    for name in sorted(phases):
        phase = phases[name]
        turns[way_back.order.index(phase) if phase in way_back.order else 0].append(name)
    return [turn for turn in turns if turn]


@dataclass(frozen=True, kw_only=True)
class AliasChange:
    """An alias in a release.

    Attributes:
        logical_id: Its logical id.
        function: The function's name, as `text` writes it.
        name: The alias's own name.
        old: The logical id of the version before the release; None for a new alias.
        new: The logical id of the version that the release puts it on.
        shift: How CodeDeploy moves it; None for an alias that moves in one call.
    """

    logical_id: str
    function: str
    name: str
    old: str | None
    new: str
    shift: TrafficShift | None


@dataclass(frozen=True, kw_only=True)
class Disturbance:
    """What ends an update from outside. Times are seconds since the update started; None means never.

    Attributes:
        cancel_at: When an operator cancels the update, in seconds; default: None.
        sibling_fails_at: When another resource of the stack fails, in seconds; default: None.
        crash_at_poll: The number of the poll, counted from 1, at which a wait's handler ends without an answer;
            default: None.
        crash_of: The phase of that wait; default: `bake`.
        throttle_at: When Lambda starts to throttle the waits' handlers, because other functions have taken all of the
            account's concurrency, in seconds; default: None. Handlers with reserved concurrency are not throttled.
        throttle_for: How long that lasts, in seconds; default: None, which means until the end.

    Raises:
        ValueError: If a time is not a number of seconds, 0 or more, the number of the poll is below 1, or
            `throttle_for` is given alone.
    """

    cancel_at: float | None = None
    sibling_fails_at: float | None = None
    crash_at_poll: int | None = None
    crash_of: str = BAKE
    throttle_at: float | None = None
    throttle_for: float | None = None

    def __post_init__(self) -> None:
        """Check the times and the number of the poll."""
        times = ("cancel_at", "sibling_fails_at", "throttle_at", "throttle_for")
        check_numbers(self, times, "seconds, 0 or more")
        if self.throttle_for is not None and self.throttle_at is None:
            raise ValueError(
                f"throttle_for: got {self.throttle_for:g} s without throttle_at; "
                "allowed: only together with throttle_at. "
                "Give throttle_at too: how long after the update's start the throttling starts."
            )
        poll: object = self.crash_at_poll
        if poll is not None and not (isinstance(poll, int) and is_number(poll) and poll >= 1):
            raise ValueError(f"crash_at_poll: got {poll!r}; allowed: a whole number, 1 or more")


@dataclass(frozen=True, kw_only=True)
class ReleasePlan:
    """A release to play: what the templates say, and what happens to it.

    Attributes:
        old: The template that is deployed.
        new: The template that replaces it.
        aliases: The aliases of the new template by logical id.
        waits: How often each wait is polled, in seconds, by its logical id.
        phases: The phase of each alias and wait; "" for none.
        backends: The aliases that must be on the new version while any new front end serves.
        created: The resources that the update creates.
        updated: The resources that it changes.
        deleted: The resources that it deletes when everything else is done.
        assumed: What was assumed because the templates do not say it, a sentence each.
        not_understood: What the template says that is not modelled, a sentence each.
        disturbance: What ends the update from outside.
        way_back: How a rollback goes, if there is one.
        without: The parts that it is played without, of `PARTS`.
        unordered: The stacks with a backend of the same release that nothing orders before this one's front end.
    """

    old: StackTemplate
    new: StackTemplate
    aliases: dict[str, AliasChange]
    waits: dict[str, float]
    phases: dict[str, str]
    backends: frozenset[str]
    created: frozenset[str]
    updated: frozenset[str]
    deleted: frozenset[str]
    assumed: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    disturbance: Disturbance = field(default_factory=Disturbance)
    way_back: WayBack = field(default_factory=lambda: WayBack(order=()))
    without: frozenset[str] = frozenset()
    unordered: tuple[str, ...] = ()

    @property
    def changed(self) -> frozenset[str]:
        """The resources that CloudFormation creates or changes before the update is complete."""
        return self.created | self.updated

    @property
    def moving(self) -> frozenset[str]:
        """The aliases that the release puts on another version."""
        return frozenset(name for name, alias in self.aliases.items() if alias.old not in (None, alias.new))

    @property
    def left_out(self) -> frozenset[str]:
        """The waits that the release is played without."""
        return frozenset(name for name in self.waits if "bake" in self.without and self.phases[name] == BAKE)

    @property
    def compares(self) -> bool:
        """Whether a wait compares the new version with the old one."""
        return any(map(self.compares_in, self.waits))

    def compares_in(self, wait: str) -> bool:
        """Return whether one wait compares them in this release."""
        left_out = "comparison" in self.without or wait in self.left_out
        return not left_out and COMPARISON in properties(self.new.resources[wait])

    def order(self) -> dict[str, set[str]]:
        """Return, for each change, the changes that must be complete before it starts.

        Raises:
            AssemblyError: If resources depend on each other in a circle.
        """
        before = _everything_before(self.new, frozenset(self.phases if "order" in self.without else ()))
        return {name: before[name] & self.changed for name in self.changed}


def read_release(
    new: StackTemplate,
    old: StackTemplate | None = None,
    *,
    poll_seconds: float = Assumptions().poll_seconds,
    links: Links | None = None,
) -> ReleasePlan:
    """Read a release of one stack.

    Without `old`, the stack that is deployed, every version that an alias points at is new, and nothing else. Without
    `links`, the new stack is alone. `poll_seconds` is how often a wait is polled where nothing says so.
    """
    before = old or former_template(new)
    aliases, problems = _aliases(new, before)
    waits = {
        name: step_settings(resource, new.resources).poll or poll_seconds
        for name, resource in new.resources.items()
        if is_wait(resource)
    }
    phases = {name: _phase(new.resources[name], name in waits) for name in (*aliases, *waits)}
    created, updated, deleted = difference(new, before)
    guessed = guessed_backends(new, aliases.keys(), phases)
    plan = ReleasePlan(
        old=before,
        new=new,
        aliases=aliases,
        waits=waits,
        phases=phases,
        backends=guessed | {name for name in aliases if phases[name] == BACKEND},
        created=created,
        updated=updated,
        deleted=deleted,
        assumed=assumed(new, old, guessed, waits, before),
        not_understood=(
            *problems,
            *phases_not_played(new, phases),
            *alarms_elsewhere(new, waits, links or Links([new])),
            *not_modelled(new, created | updated, handled={*aliases, *waits}),
        ),
    )
    return replace(plan, way_back=next(ways_back(plan)))


def ways_back(plan: ReleasePlan, touched: frozenset[str] | None = None) -> Iterator[WayBack]:
    """Yield every order of a release's phases that `orders_of` has, with every manner, and everything together.

    With the resources that an update touched, only orders that differ for these are yielded.
    """
    visited = (plan.changed if touched is None else touched) & plan.phases.keys()
    phases = {plan.phases[name] for name in visited}
    managed = any(name in plan.aliases and plan.aliases[name].shift for name in visited)
    for order in (*orders_of(phases), ()):
        for manner in Managed if managed else (Managed.FLIPPED,):
            yield WayBack(order=order, managed=manner)


def _phase(resource: Resource, is_a_wait: bool) -> str:
    return BAKE if is_a_wait and "Phase" not in resource.role else phase_of(resource)


@lru_cache(maxsize=8)  # called by each play of a release
def _everything_before(stack: StackTemplate, unordered: frozenset[str]) -> Mapping[str, set[str]]:
    ordered = {name: _without_order(stack.resources[name], unordered) for name in unordered}
    closure = all_dependencies({**stack.resources, **ordered})
    circular = sorted(name for name in closure if name in closure[name])
    if circular:
        raise AssemblyError(f"{stack.name}: {', '.join(circular)} wait for themselves, a circular dependency")
    return closure


def _without_order(resource: Resource, names: Collection[str]) -> Resource:
    kept = [name for name in listing(resource.body.get("DependsOn")) if name not in names]
    return replace(resource, body={**resource.body, "DependsOn": kept})


def _aliases(new: StackTemplate, old: StackTemplate) -> tuple[dict[str, AliasChange], list[str]]:
    found: dict[str, AliasChange] = {}
    problems: list[str] = []
    for name, resource in new.resources.items():
        if resource.type != "AWS::Lambda::Alias":
            continue
        version = _version(resource, new)
        before = _version(old.resources[name], old) if name in old.resources else None
        if version is None or (name in old.resources and before is None):
            problems.append(f"{name}: its version is not a resource of this template, so it is assumed not to move")
            continue
        shift = read_shift(resource, new.resources)
        problems.extend(shift.not_understood if shift else ())
        found[name] = AliasChange(
            logical_id=name,
            function=text(properties(resource).get("FunctionName")),
            name=text(properties(resource).get("Name")),
            old=before,
            new=version,
            shift=shift,
        )
    return found, problems


def _version(alias: Resource, stack: StackTemplate) -> str | None:
    name = referred(properties(alias).get("FunctionVersion"))
    return name if name in stack.resources else None
