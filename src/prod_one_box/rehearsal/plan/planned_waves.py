"""What the templates say of each wave: its share, the exposure after its switch, the traffic that its alarms need."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ...template.cloud_assembly import Resource, StackTemplate, properties
from ...template.distributions import WaysIn, distributions
from ...template.links import Links, Place
from ...vocabulary import in_release_order, is_partition
from ..cloudwatch.alarm_definition import MetricWatch, read_alarms
from ..cloudwatch.metric_math_syntax import FunctionCall, Name, Node, Number, Operation
from .release_steps import ReleaseStep
from .split import shares_of, split_of

_ALL: Final = 100
_MINUTE: Final = 60


@dataclass(frozen=True, kw_only=True)
class PlannedWave:
    """A partition's turn, as the templates say it.

    Attributes:
        share: The percentage of visitors in the partition.
        exposure: The percentage of visitors on the new version after its switch; None if nothing bounds it, because a
            later partition has the same function.
        least_requests: The partition's requests a minute from which all alarms of it alone count them; None if none of
            them has a minimum.
        requests_needed: The requests a minute of the whole site from which the partition gets so many; None without a
            minimum.
    """

    share: float
    exposure: float | None
    least_requests: float | None
    requests_needed: float | None


def planned_waves(stack: StackTemplate, steps: Sequence[ReleaseStep], links: Links) -> dict[str, PlannedWave]:
    """Return the turns of a stack's partitions by the logical ids of their aliases; none without known shares."""
    shares = _shares(stack, links)
    turns = [step for step in steps if step.phase in shares]
    shared = {name for names in shared_functions(stack).values() for name in names[:-1]}
    needed = _least_requests(stack, links, turns)
    found = {}
    for turn in turns:
        so_far = [each.phase for each in turns if each.position <= turn.position]
        exposure = round(sum(shares[name] for name in so_far), 2)
        least, share = needed.get(turn.phase), shares[turn.phase]
        found[turn.resource.logical_id] = PlannedWave(
            share=share,
            exposure=exposure if exposure == _ALL or not shared & {*so_far} else None,
            least_requests=least,
            requests_needed=least * 100 / share if least and share else None,
        )
    return found


def _shares(stack: StackTemplate, links: Links) -> Mapping[str, float]:
    """Return the shares of the edge that leads to a stack's aliases, or else those that its waits say."""
    leading = [each for each in distributions(links) if any(alias.stack == stack.name for alias in each.aliases)]
    return leading[0].shares if leading else shares_of(split_of(stack))


def shared_functions(stack: StackTemplate) -> dict[str, list[str]]:
    """Return the partitions that share a function, in the order of a release, by the function's logical id."""
    links = Links([stack])
    found: dict[str, set[str]] = {}
    for partition, alias in _aliases(stack):
        for place in links.led_to(stack, properties(alias).get("FunctionName")):
            found.setdefault(place.logical_id, set()).add(partition)
    return {function: in_release_order(names) for function, names in found.items() if len(names) > 1}


def notes_on_shared_functions(stack: StackTemplate) -> Iterator[str]:
    """Yield a sentence for each function that several partitions share."""
    for function, names in shared_functions(stack).items():
        yield (
            f"{', '.join(names)} share the function {function}: a version that hangs uses the concurrency of all, so "
            "their shares do not bound the exposure"
        )


def _aliases(stack: StackTemplate) -> Iterator[tuple[str, Resource]]:
    for resource in stack.resources.values():
        if resource.type == "AWS::Lambda::Alias" and is_partition(resource.role.get("Phase")):
            yield str(resource.role["Phase"]), resource


def alarms_of_partitions(
    stack: StackTemplate, links: Links, turns: Sequence[ReleaseStep]
) -> Iterator[tuple[str, MetricWatch]]:
    """Yield each alarm that watches one partition alone, with that partition; `turns` are the partitions' aliases."""
    ways_in = WaysIn(links)
    behind = {Place(stack.name, each.resource.logical_id): each.phase for each in turns}
    functions: dict[Place, set[str]] = {}
    for turn in turns:
        for place in links.led_to(stack, properties(turn.resource).get("FunctionName")):
            functions.setdefault(place, set()).add(turn.phase)
    for name, alarm in read_alarms(stack).items():
        if not isinstance(alarm.watches, MetricWatch):
            continue
        places = links.led_to(stack, properties(stack.resources[name]).get("Metrics"))
        partitions = {behind[each] for each in ways_in.aliases(places) if each in behind}
        partitions |= {phase for place in places for phase in functions.get(place, ())}
        if len(partitions) == 1:
            yield partitions.pop(), alarm.watches


def _least_requests(stack: StackTemplate, links: Links, turns: Sequence[ReleaseStep]) -> dict[str, float]:
    """Return the most requests a minute of each partition's own that one of its alarms needs."""
    found: dict[str, float] = {}
    for partition, watch in alarms_of_partitions(stack, links, turns):
        least = _minimum(watch)
        if least is not None:
            found[partition] = max(least, found.get(partition, 0))
    return found


def _minimum(watch: MetricWatch) -> float | None:
    """Return the requests a minute from which an alarm's expression counts a period: `IF(requests >= 20, …, 0)`."""
    node: Node | None = watch.query.expressions.get(watch.query.watched)
    match node:
        case FunctionCall("IF", (Operation(">=", Name(name), Number(least)), _, Number(0))) if (
            name in watch.query.measures
        ):
            return least * _MINUTE / watch.query.period
    return None
