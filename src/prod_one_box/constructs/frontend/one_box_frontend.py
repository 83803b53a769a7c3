"""The front end of a release: preflight, one wave after the other with a bake each, regular, in this order."""

from collections.abc import Mapping, Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ...errors import InvalidArgumentError
from ...vocabulary import ONE_BOX, REGULAR, partition_names, regular_share
from ..alias_name import check_alias_name
from ..bake.comparison_settings import DEFAULT_COMPARISON, Comparison, check_comparison, check_slow_requests
from ..bake.deploy_wait_resource import DeployWaitResource
from ..bake.wait_settings import Guard, InsufficientData
from ..jsii_cache import path_in, path_of, remember_place, resource_of, stack_of
from ..watch.alarms import check_alarms
from ..watch.thresholds import DEFAULT_THRESHOLDS, Thresholds, check_thresholds
from .comparison_property import ComparedMetrics
from .partition import BuildFunction, Partition
from .prerequisites import Earlier, aliases_among, check_after, put_before
from .release_waits import ReleaseWaits, WaitSettings
from .wave import Wave, check_bake_time, check_waves


class OneBoxFrontend(Construct):
    """Several front ends from one recipe: a release reaches a few visitors first, then more, and at last all others.

    A stack update with a new version follows this order: preflight, what is in `after`, then for each wave its alias
    and its bake, the regular partition's alias, the watch. CloudFormation updates everything else in the stack in
    parallel (CloudFormation template reference, "DependsOn attribute"). Each wait puts all partitions back when the
    release is aborted.

    Attributes:
        partitions: The partitions in the order of a release: `one-box`, `wave-2` and so on, `regular`.
        one_box: The first of them.
        regular: The last of them, which gets a release after all bakes.
        preflight: The wait before everything: no release starts while an alarm is red, or if CloudFormation would not
            roll the update back.
        bakes: The wait after each wave.
        watch: The wait after the promotion; None without `watch_time`.
        alarms: The alarms that the waits watch: each partition's and the user's.
    """

    partitions: tuple[Partition, ...]
    one_box: Partition
    regular: Partition
    alarms: tuple[cloudwatch.IAlarm, ...]
    preflight: DeployWaitResource
    bakes: tuple[DeployWaitResource, ...]
    watch: DeployWaitResource | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        build_function: BuildFunction,
        waves: Sequence[Wave] = (Wave(),),
        watch_time: cdk.Duration | None = None,
        after: Sequence[Earlier] = (),
        alarms: Sequence[cloudwatch.IAlarm] = (),
        thresholds: Thresholds | None = DEFAULT_THRESHOLDS,
        comparison: Comparison | None = DEFAULT_COMPARISON,
        alias_name: str = "live",
        create_apis: bool = True,
        poll_interval: cdk.Duration | None = None,
        insufficient_data: InsufficientData = InsufficientData.QUIET,
        override: Mapping[Guard, str | None] | None = None,
        expedited_reason: str | None = None,
        reserved_wait_concurrency: int | None = None,
    ) -> None:
        """Create the partitions, the waits and the order between them.

        Args:
            scope: The parent construct.
            id: The construct's id.
            build_function: The recipe, called once for each partition with a scope and the partition's name (`one-box`,
                `wave-2` and so on, `regular`); returns the partition's function, made in that scope or existing
                already.
            waves: What a release reaches before the regular partition, one after the other. All visitors that are in
                no wave are in the regular partition. Change shares, or the number of waves, in an update that releases
                nothing. Default: one wave of 20 % that bakes for 10 minutes.
            watch_time: How long to hold the update under alarms after the promotion, as long as a bake may be. An alarm
                that turns red then puts every partition back, and CloudFormation rolls the whole stack back, the
                backend too. Default: None, so the update ends with the promotion, and later faults are for your own
                monitoring: a release in which nobody waits any more cannot be rolled back, only followed by another.
            after: What comes before the one-box: the backend's aliases, which are on the new version by then; the
                `RetainedAssets` of the pages, which are uploaded by then; any other construct, such as a
                `BucketDeployment`, with every resource in it. Aliases of this stack wait for the preflight, including
                those that such a construct holds by now; everything else waits for nothing. Default: none, so the
                preflight stands before the one-box.
            alarms: The user's own alarms for the waits to watch, such as the backend's `alias_alarms` and those of
                canaries. Default: none.
            thresholds: When each partition's error rate and latency are red; None for no alarms but the user's.
                Default: `Thresholds()`.
            comparison: How the bakes compare the partitions on the new version with those on the old one; None: not at
                all. Default: `Comparison()`, so a release that is worse than what the other visitors have is aborted.
            alias_name: The name of each partition's alias; a wave that shares a function adds its own name to it.
                Default: `live`.
            create_apis: Whether each partition gets its own HTTP API; False for users who bring another origin.
                Default: True.
            poll_interval: How often the waits poll, a divisor of a minute. Default: 10 seconds.
            insufficient_data: The meaning of an alarm without data. Default: quiet, see `InsufficientData`.
            override: A reason for each `Guard` that this release overrides. A reason counts only in the update in
                which it changes; a reason of None overrides nothing. Default: None, so every guard applies.
            expedited_reason: The reason for releasing without preflight, bakes and watch. It counts only in the update
                in which it changes, and cannot be combined with a reason for `Guard.RED_ALARMS`. Default: None.
            reserved_wait_concurrency: How many executions Lambda reserves for each of the five functions behind the
                waits, at least two for each wait: the preflight, the gate before the edge, the bakes and the watch.
                Default: None, so none, see `DeployWaitResource`. The partitions' functions belong to the recipe, which
                can set `reserved_concurrent_executions` itself.

        Raises:
            InvalidArgumentError: If an argument cannot work; the message says which and why.
        """
        path = path_in(scope, id)
        check_alias_name(path=path, alias_name=alias_name)
        check_thresholds(thresholds, path=path)
        check_comparison(comparison, path=path)
        waves = check_waves(waves, path=path, thresholds=thresholds, comparison=comparison)
        check_slow_requests(comparison, [wave.bake_time for wave in waves], path=path)
        if watch_time is not None:
            check_bake_time(watch_time, path=path, argument="watch_time", thresholds=thresholds)
        check_after(after, scope=scope, path=path)
        check_alarms(alarms, path=path)
        super().__init__(scope, id)
        remember_place(scope, self, id)
        self.partitions = self._build_partitions(waves, build_function, alias_name, create_apis, thresholds)
        self.one_box, self.regular = self.partitions[0], self.partitions[-1]
        self.alarms = (*(alarm for each in self.partitions for alarm in each.alarms), *alarms)
        self._check_watched()
        backend = aliases_among(after, stack=stack_of(self))
        latency = thresholds._latency_milliseconds if thresholds else None
        self._compared = ComparedMetrics(self, self.partitions, comparison, latency) if comparison else None
        self._waits = ReleaseWaits(
            self,
            partitions=self.partitions,
            waves=waves,
            watch_time=watch_time,
            backend=backend,
            after=after,
            alarms=self.alarms,
            compared=self._compared,
            settings=WaitSettings(
                poll_interval=poll_interval,
                insufficient_data=insufficient_data,
                override=override,
                expedited_reason=expedited_reason,
                reserved_wait_concurrency=reserved_wait_concurrency,
            ),
        )
        self.preflight, self.watch = self._waits.preflight, self._waits.watch
        self.bakes = tuple(self._waits.bakes)
        self._order(after, backend)

    def add_alarm(self, alarm: cloudwatch.IAlarm) -> None:
        """Let the waits watch one more alarm that could only be made later, such as a canary's on the site.

        Args:
            alarm: The alarm, as in `alarms`.

        Raises:
            InvalidArgumentError: If it cannot fire within a bake, or cannot be read.
        """
        self.alarms = (*self.alarms, alarm)
        for wait in self._waits.watching:
            wait.add_alarm(alarm)

    def compare_by(self, partition: Partition, *, requests: cloudwatch.Metric, errors: cloudwatch.Metric) -> None:
        """Compare a partition by the metrics of an origin of your own.

        Give them for every partition. Without them, the requests of an alias are compared by Lambda's metrics, which
        omit answers of 500 and throttled requests, and a difference is only reported.

        Args:
            partition: One of `partitions`.
            requests: The number of its requests.
            errors: The number of those that failed. Both are metrics with data for each minute, of this stack's account
                and region.

        Raises:
            InvalidArgumentError: If nothing is compared, or the waits could not read a metric.
        """
        if self._compared is None:
            raise InvalidArgumentError(
                path=self.node.path, argument="comparison", given=None, allowed="a Comparison, which uses the metrics"
            )
        self._compared.replace(partition, requests=requests, errors=errors)
        self._waits.compare_again()

    def _build_partitions(
        self,
        waves: Sequence[Wave],
        build_function: BuildFunction,
        alias_name: str,
        create_apis: bool,
        thresholds: Thresholds | None,
    ) -> tuple[Partition, ...]:
        shares = [wave.share for wave in waves]
        made: list[Partition] = []
        for name, share, shared in zip(
            partition_names(len(waves)),
            [*shares, regular_share(shares)],
            [*(wave.shares_function for wave in waves), False],
            strict=True,
        ):
            former = made[-1].function if shared else None
            own_name = f"{alias_name}-{name}" if shared else alias_name
            check_alias_name(path=path_of(self), alias_name=own_name)
            made.append(
                Partition(
                    self,
                    _ID.get(name, f"Wave{len(made) + 1}"),
                    partition_name=name,
                    share=share,
                    build_function=_recipe_for(former) if former else self._distinct(build_function, made),
                    alias_name=own_name,
                    create_api=create_apis,
                    thresholds=thresholds,
                )
            )
        return tuple(made)

    def _distinct(self, build_function: BuildFunction, made: Sequence[Partition]) -> BuildFunction:
        def build(scope: Construct, partition: str) -> lambda_.Function:
            function = build_function(scope, partition)
            other = next((each.partition_name for each in made if each.function is function), None)
            if other is not None:
                raise InvalidArgumentError(
                    path=self.node.path,
                    argument="build_function",
                    given=f"the function {function.node.path} for both {other} and {partition}",
                    allowed="a function for each partition",
                    remedy="Two partitions on one function share its concurrency and its failures. "
                    "For a small wave that may, give Wave(shares_function=True).",
                )
            return function

        return build if made else build_function

    def _check_watched(self) -> None:
        if not self.alarms:
            raise InvalidArgumentError(
                path=self.node.path,
                argument="alarms",
                given="none, and thresholds=None",
                allowed="at least one alarm",
                remedy="A bake without alarms detects nothing: give alarms of your own, or omit thresholds.",
            )

    def _order(self, after: Sequence[Earlier], backend: Sequence[lambda_.Alias]) -> None:
        preflight, one_box = self.preflight.cfn_resource, _cfn(self.one_box.alias)
        for alias in backend:
            _cfn(alias).add_resource_dependency(preflight)
        for earlier in after:
            put_before(one_box, earlier, path=path_of(self))
        one_box.add_resource_dependency(preflight)
        for bake, following in zip(self.bakes, self.partitions[1:], strict=True):
            _cfn(following.alias).add_resource_dependency(bake.cfn_resource)


_ID = {ONE_BOX: "OneBox", REGULAR: "Regular"}
"""The construct ids of the first and the last partition; those between have their number."""


def _recipe_for(function: lambda_.Function) -> BuildFunction:
    return lambda _scope, _partition: function


def _cfn(alias: lambda_.Alias) -> lambda_.CfnAlias:
    return cast("lambda_.CfnAlias", resource_of(alias))
