"""Finds the canaries that visit the release's site, and the metrics that they report."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ...template.cloud_assembly import Resource, StackTemplate, mapping, properties
from ...template.distributions import Distribution
from ...template.intrinsics import text
from ...template.links import Links, Place
from ...vocabulary import is_partition
from ..cloudwatch.metrics import MINUTE, MetricKey
from ..notation import duration
from ..plan.release_plan import ReleasePlan

_CANARY: Final = "AWS::Synthetics::Canary"
_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_RATE: Final = re.compile(r"rate\(([1-9][0-9]*) (minute|hour)s?\)")
_SECONDS: Final = {"minute": MINUTE, "hour": 60 * MINUTE}


@dataclass(frozen=True, kw_only=True)
class Canary:
    """A canary that visits one partition of the site.

    Attributes:
        name: Its logical id, prefixed with its stack's name if that is not the release's stack.
        partition: The partition that it visits.
        interval: How often it runs, in seconds.
        measures: The metric of its success, by all names that an alarm of the release's stack can use.
    """

    name: str
    partition: str
    interval: float
    measures: frozenset[MetricKey]


@dataclass(frozen=True, kw_only=True)
class Canaries:
    """The canaries that are played, by name, `before` the update and `after` it; default: none."""

    before: Mapping[str, Canary] = field(default_factory=dict)
    after: Mapping[str, Canary] = field(default_factory=dict)

    def named(self, name: str, *, released: bool) -> Canary | None:
        """Return a canary as the release deploys it, or as it was before; None if there is none."""
        return (self.after if released else self.before).get(name)

    def measure(self, key: MetricKey) -> bool:
        """Return whether one of them reports a metric."""
        return any(key in each.measures for each in (*self.before.values(), *self.after.values()))


def read_canaries(plan: ReleasePlan, links: Links, edge: Distribution | None, notes: list[str]) -> Canaries:
    """Return the canaries of the release's stack, and those of other stacks that visit its distribution.

    `notes` receives a line for each canary: how it is played, or why it is not.
    """
    others = [each for each in links.stacks.values() if each.name != plan.new.name]
    site = Place(edge.stack.name, edge.resource.logical_id) if edge else None
    elsewhere = {name: each for stack in others for name, each in _read(stack, plan, links, site, notes)}
    after = {**elsewhere, **dict(_read(plan.new, plan, links, site, notes))}
    before = {**elsewhere, **dict(_read(plan.old, plan, links, site, []))}
    notes.extend(_note(each, is_new=name not in before) for name, each in sorted(after.items()))
    return Canaries(before=before, after=after)


def _read(
    stack: StackTemplate, plan: ReleasePlan, links: Links, site: Place | None, notes: list[str]
) -> Iterator[tuple[str, Canary]]:
    is_own = stack.name == plan.new.name
    for resource in stack.resources.values():
        if resource.type != _CANARY:
            continue
        visited = {
            place
            for place in links.led_to(stack, properties(resource).get("RunConfig"))
            if links.resource(place).type == _DISTRIBUTION
        }
        if site not in visited and not is_own:
            continue
        name = resource.logical_id if is_own else f"{stack.name}/{resource.logical_id}"
        reason = _why_not_played(resource)
        if not reason and site and visited and site not in visited:
            reason = "it visits another distribution"
        if reason:
            notes.append(f"{name}: this canary is not played: {reason}")
        else:
            yield name, _canary(name, resource, is_own)


def _why_not_played(resource: Resource) -> str:
    """Return why a canary cannot be played; "" if it can."""
    schedule = mapping(properties(resource).get("Schedule"))
    if "Canary" not in resource.role:
        return "its metadata does not say which partition it visits, so it is not a ReleaseCanary"
    if not is_partition(resource.role["Canary"]):
        return f"it visits {text(resource.role['Canary'])}, which is not a partition"
    if not _RATE.fullmatch(text(schedule.get("Expression"))):
        return f"its schedule {text(schedule.get('Expression'))} is not a rate in minutes or hours"
    if text(schedule.get("DurationInSeconds", "0")) != "0":
        return "its schedule ends after a while"
    if text(properties(resource).get("StartCanaryAfterCreation", True)).lower() != "true":
        return "nothing starts it"
    return ""


def _canary(name: str, resource: Resource, is_own: bool) -> Canary:
    settings = properties(resource)
    rate = _RATE.fullmatch(text(mapping(settings.get("Schedule")).get("Expression")))
    assert rate is not None  # noqa: S101  # Checked in `_why_not_played`.
    names = {text(settings["Name"])} if "Name" in settings else set()
    names |= {f"${{{resource.logical_id}}}"} if is_own else set()
    return Canary(
        name=name,
        partition=str(resource.role["Canary"]),
        interval=float(int(rate[1]) * _SECONDS[rate[2]]),
        measures=frozenset(
            MetricKey("CloudWatchSynthetics", "SuccessPercent", frozenset({("CanaryName", each)})) for each in names
        ),
    )


def _note(canary: Canary, *, is_new: bool) -> str:
    since = "comes with the release" if is_new else "was green before the release"
    return (
        f"{canary.name}: this canary is played: it {since} and visits the {canary.partition} partition every "
        f"{duration(canary.interval)}; it does not count as a visitor"
    )
