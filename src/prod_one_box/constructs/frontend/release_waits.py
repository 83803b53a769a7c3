"""The waits of a release: the preflight, a bake after each wave, the watch, and the gate before the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ...template.intrinsics import references
from ...vocabulary import BAKE, BUCKETS, METADATA_KEY, ONE_BOX, PREFLIGHT, SPLIT, WATCH, bucket_bounds
from ..bake.deploy_wait_resource import DeployWaitResource
from ..bake.handler import request as properties
from ..bake.handler.compared import READABLE_AFTER
from ..bake.wait_settings import Guard, InsufficientData, whole_seconds
from ..enclosing_stacks import holder_in
from ..jsii_cache import (
    logical_id_of,
    path_of,
    properties_of,
    resource_of,
    resources_in,
    resources_of_type,
    stack_of,
)
from ..resource_graph import ResourceGraph
from ..synth_check import check_at_synth
from .comparison_property import ComparedMetrics
from .partition import Partition
from .prerequisites import Earlier, resources_of
from .wave import Wave

_AT_ONCE: Final = cdk.Duration.seconds(0)

_GATE_LIMIT: Final = cdk.Duration.minutes(30)
"""Longer than a backend of the same update shifts by default, after which the one-box's alias is created."""

_WAYS_IN: Final = (
    "AWS::Lambda::Alias",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ApiGateway::Method",
)
"""Resources without which a partition cannot answer."""

_MAY_NEED_THE_SITE: Final = ("AWS::IAM::Policy", "AWS::SSM::Parameter")
"""Resources through which a function may wait for a distribution that it does not refer to itself."""

_STAGES: Final = ("AWS::ApiGatewayV2::Stage", "AWS::ApiGateway::Stage")
"""Those that refer to an API alone."""


@dataclass(frozen=True, kw_only=True)
class WaitSettings:
    """The arguments that all waits of a release have in common."""

    poll_interval: cdk.Duration | None
    insufficient_data: InsufficientData
    override: Mapping[Guard, str | None] | None
    expedited_reason: str | None
    reserved_wait_concurrency: int | None


class ReleaseWaits:
    """The waits, in the order of a release.

    Attributes:
        preflight: The wait before everything.
        bakes: The wait after each wave.
        watch: The wait after the promotion; None without one.
        gate: The wait that the edge has for new partitions.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        partitions: Sequence[Partition],
        waves: Sequence[Wave],
        watch_time: cdk.Duration | None,
        backend: Sequence[lambda_.Alias],
        after: Sequence[Earlier],
        alarms: Sequence[cloudwatch.IAlarm],
        compared: ComparedMetrics | None,
        settings: WaitSettings,
    ) -> None:
        """Create the waits."""
        self._compared = compared
        self._scope = scope
        self._partitions = partitions
        self._alarms = alarms
        self._after = after
        self._settings = settings
        self._split = _split(partitions)
        self._shares = {each.partition_name: each.share for each in partitions}
        # All partitions' versions: if the recipe's partitions differ, nothing may be promoted without a bake.
        self._released = {_id(each.alias): each.version_id for each in partitions}
        self._versions = {**{_id(alias): _version_id(alias) for alias in backend}, **self._released}
        self.preflight = self._preflight()
        self.bakes = [self._bake(number, wave.bake_time) for number, wave in enumerate(waves)]
        self.watch = None if watch_time is None else self._watch(watch_time)
        self.gate = self._gate()

    @property
    def _released_split(self) -> Mapping[str, object]:
        return {properties.VERSIONS: self._released, properties.SPLIT: self._split}

    @property
    def watching(self) -> list[DeployWaitResource]:
        """The waits that watch alarms."""
        return [self.preflight, *self.bakes, *([self.watch] if self.watch else [])]

    def _preflight(self) -> DeployWaitResource:
        wait = self._wait("Preflight", _AT_ONCE, self._versions)
        role = {"Phase": PREFLIGHT, "Shares": self._shares}
        wait._take_part(role, {properties.VERSIONS: self._versions, properties.SPLIT: self._split})
        return wait

    def _bake(self, number: int, time: cdk.Duration) -> DeployWaitResource:
        name = self._partitions[number].partition_name
        is_last = number == len(self._partitions) - 2
        if self._compared:
            # The last minutes of the bake must have become readable.
            time = cdk.Duration.seconds(whole_seconds("bake_time", time, path_of(self._scope)) + READABLE_AFTER)
        wait = self._hold("Bake" if name == ONE_BOX else f"BakeWave{number + 1}", time, self._partitions[: number + 1])
        promotes = {} if is_last else {properties.PROMOTES: properties.FALSE}
        wait._take_part(
            {"Phase": BAKE, "Partition": name},
            {**self._released_split, properties.WAVE: name, **promotes},
        )
        self._compare(wait, number)
        return wait

    def compare_again(self) -> None:
        """Tell the bakes that other metrics are compared."""
        for number, bake in enumerate(self.bakes):
            self._compare(bake, number)

    def _compare(self, bake: DeployWaitResource, number: int) -> None:
        if self._compared:
            visited = any(each.share for each in self._partitions[: number + 1])
            bake._compare(self._compared.property_of(visited=visited))

    def _watch(self, time: cdk.Duration) -> DeployWaitResource:
        wait = self._hold("Watch", time, self._partitions)
        wait._take_part({"Phase": WATCH}, {**self._released_split, properties.PROMOTES: properties.FALSE})
        return wait

    def _hold(self, id: str, time: cdk.Duration, switched: Sequence[Partition]) -> DeployWaitResource:
        return self._wait(id, time, self._released, baked=[each.alias for each in switched], started_by=self.preflight)

    def _wait(
        self,
        id: str,
        duration: cdk.Duration,
        versions: Mapping[str, str],
        *,
        baked: Sequence[lambda_.Alias] = (),
        started_by: DeployWaitResource | None = None,
    ) -> DeployWaitResource:
        most_visitors_first = sorted(self._partitions, key=lambda each: -each.share)
        return DeployWaitResource(
            self._scope,
            id,
            duration=duration,
            release_id="-".join(versions.values()),
            alarms=self._alarms,
            baked=baked,
            contained=[each.alias for each in most_visitors_first],
            started_by=started_by,
            poll_interval=self._settings.poll_interval,
            insufficient_data=self._settings.insufficient_data,
            override=self._settings.override,
            expedited_reason=self._settings.expedited_reason,
            reserved_wait_concurrency=self._settings.reserved_wait_concurrency,
        )

    def _gate(self) -> DeployWaitResource:
        """Create the wait that keeps the edge from partitions that cannot answer yet.

        A dependency of the edge on what a partition needs would put the edge behind the partition's alias, and so
        behind every bake of every release. The gate looks for the resources when it polls, and only if the split
        changes.
        """
        gate = DeployWaitResource(
            self._scope,
            "Split",
            duration=_AT_ONCE,
            grace=_GATE_LIMIT,
            release_id="split",
            started_by=self.preflight,
            poll_interval=self._settings.poll_interval,
            reserved_wait_concurrency=self._settings.reserved_wait_concurrency,
        )
        gate._take_part({"Phase": SPLIT, "Shares": self._shares}, {properties.SPLIT: self._split})
        check_at_synth(self._scope, self._name_what_the_edge_awaits)
        return gate

    def _name_what_the_edge_awaits(self) -> None:
        stack = stack_of(self._scope)
        ways_in = self._ways_in(stack)
        self.gate.cfn_resource.add_property_override(properties.AWAITED, ways_in)
        sites = self._sites_needed(stack, [name for names in ways_in.values() for name in names])
        if sites:
            self.gate.cfn_resource.add_property_override(properties.EDGE_FIRST, properties.TRUE)
            self.gate.cfn_resource.add_property_override(properties.SITES, sites)

    def _ways_in(self, stack: cdk.Stack) -> dict[str, list[str]]:
        """Return the logical ids of each partition's alias and of what leads to it."""
        if self._has_apis:
            return {
                each.partition_name: [logical_id_of(found) for found in resources_of_type(each, *_WAYS_IN)]
                for each in self._partitions
            }
        uses = _references_in(stack, *_WAYS_IN, "AWS::ApiGatewayV2::Integration")
        urls = _references_in(stack, "AWS::Lambda::Url")
        functions = stack.resolve([logical_id_of(_resource(each.function)) for each in self._partitions])
        stages = _references_in(stack, *_STAGES)
        aliases = stack.resolve([_id(each.alias) for each in self._partitions])
        return {
            each.partition_name: _leading_to(alias, {name for name in urls if function in urls[name]}, uses, stages)
            for each, alias, function in zip(self._partitions, aliases, functions, strict=True)
        }

    def _sites_needed(self, stack: cdk.Stack, ways_in: Sequence[str]) -> list[str]:
        """Return the sites if a way into a partition waits for one, for its domain name or its id, and so for the gate.

        The graph of all resources is read only if a resource that may be on such a way refers to a site.
        """
        distributions = resources_of_type(stack, "AWS::CloudFront::Distribution")
        split = [each for each in distributions if "Partitions" in (each.get_metadata(METADATA_KEY) or {})]
        # A site in a nested stack is as late as all of that stack.
        within = [each if stack_of(each) is stack else holder_in(stack, stack_of(each)) for each in split]
        sites = [each for each in within if each]
        if not sites:
            return []
        names = set(stack.resolve([each.logical_id for each in sites]))
        functions = [_resource(each.function) for each in self._partitions]
        before = [each for one in self._after for each in resources_of(one)]
        others = resources_in(stack, *_MAY_NEED_THE_SITE, *([] if self._has_apis else ["AWS::Lambda::Permission"]))
        suspects = [*functions, *(each for each in before if stack_of(each) is stack), *others]
        ids = set(stack.resolve([logical_id_of(each) for each in before]))
        if names.isdisjoint(references(properties_of(stack, suspects))) and names.isdisjoint(ids):
            return []
        graph, starts = ResourceGraph(stack), stack.resolve(list(ways_in))
        return sorted(names) if any(next(graph.paths_to(site, starts=starts), None) for site in sites) else []

    @property
    def _has_apis(self) -> bool:
        return all(each.http_api is not None for each in self._partitions)


def _references_in(stack: cdk.Stack, *types: str) -> dict[str, set[str]]:
    """Return what each resource of some types refers to, by logical ids."""
    found = resources_of_type(stack, *types)
    names = stack.resolve([each.logical_id for each in found])
    return dict(zip(names, (set(references(each)) for each in properties_of(stack, found)), strict=True))


def _leading_to(alias: str, urls: set[str], uses: Mapping[str, set[str]], stages: Mapping[str, set[str]]) -> list[str]:
    """Return an alias, what uses it or its URL, directly or through an integration, and the stages of such APIs."""
    leading = urls | {name for name in uses if alias in uses[name]}
    leading |= {name for name in uses if not uses[name].isdisjoint(leading)}
    used = set[str]().union(*(uses[name] for name in leading))
    leading |= {name for name in stages if not stages[name].isdisjoint(used)}
    return [alias, *sorted(leading - {alias})]


def _split(partitions: Sequence[Partition]) -> list[dict[str, str]]:
    """Return each partition's buckets, by the first that is not its own any more, and its function."""
    bounds = [*bucket_bounds([each.share for each in partitions[:-1]]), BUCKETS]
    return [
        {
            properties.PARTITION: each.partition_name,
            properties.BOUND: str(bound),
            properties.FUNCTION: logical_id_of(_resource(each.function)),
        }
        for each, bound in zip(partitions, bounds, strict=True)
    ]


def _resource(function: lambda_.Function) -> cdk.CfnResource:
    return cast("cdk.CfnResource", resource_of(function))


def _id(alias: lambda_.Alias) -> str:
    return logical_id_of(cast("lambda_.CfnAlias", resource_of(alias)))


def _version_id(alias: lambda_.Alias) -> str:
    return logical_id_of(cast("lambda_.CfnVersion", resource_of(alias.version)))
