"""The front end of a release: preflight, one-box, bake, regular, in this order."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ...errors import InvalidArgumentError
from ...vocabulary import ONE_BOX, REGULAR
from ..alias_name import check_alias_name
from ..bake.alarm_timing import DELAY, short_bakes_allowed
from ..bake.deploy_wait_resource import DeployWaitResource
from ..bake.wait_settings import LONGEST, Guard, InsufficientData, in_minutes, whole_seconds
from ..jsii_cache import logical_id_of, path_in, path_of, remember_place, resource_of, stack_of
from ..watch.alarms import check_alarms
from ..watch.thresholds import DEFAULT_THRESHOLDS, Thresholds, check_thresholds
from .partition import BuildFunction, Partition
from .prerequisites import Earlier, aliases_among, check_after, put_before


class OneBoxFrontend(Construct):
    """Two front ends from one recipe: the one-box gets a release first, all other visitors after the bake.

    A stack update with a new version follows this order: preflight, what is in `after`, the one-box's alias, the bake,
    the regular partition's alias. CloudFormation updates everything else in the stack in parallel (CloudFormation
    template reference, "DependsOn attribute"). The preflight and the bake put both partitions back when the release is
    aborted.

    Attributes:
        one_box: The partition that gets a release first.
        regular: The partition that gets it after the bake.
        preflight: The wait before everything: no release starts while an alarm is red, or if CloudFormation would not
            roll the update back.
        bake: The wait between the partitions.
        alarms: The alarms that preflight and bake watch: each partition's and the user's.
    """

    one_box: Partition
    regular: Partition
    alarms: tuple[cloudwatch.IAlarm, ...]
    preflight: DeployWaitResource
    bake: DeployWaitResource

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        build_function: BuildFunction,
        bake_time: cdk.Duration | None = None,
        after: Sequence[Earlier] = (),
        alarms: Sequence[cloudwatch.IAlarm] = (),
        thresholds: Thresholds | None = DEFAULT_THRESHOLDS,
        alias_name: str = "live",
        create_apis: bool = True,
        poll_interval: cdk.Duration | None = None,
        insufficient_data: InsufficientData = InsufficientData.QUIET,
        override: Mapping[Guard, str | None] | None = None,
        expedited_reason: str | None = None,
        reserved_wait_concurrency: int | None = None,
    ) -> None:
        """Create both partitions, the two waits and the order between them.

        Args:
            scope: The parent construct.
            id: The construct's id.
            build_function: The recipe, called once for each partition with a scope and the partition's name (`one-box`,
                `regular`); returns the partition's function, made in that scope or existing already.
            bake_time: How long the one-box is watched: long enough for the alarms to fire, 4 minutes with the default
                thresholds, up to 55 minutes. Default: 10 minutes.
            after: What comes before the one-box: the backend's aliases, which are on the new version by then; the
                `RetainedAssets` of the pages, which are uploaded by then; any other construct, such as a
                `BucketDeployment`, with every resource in it. Aliases of this stack wait for the preflight, including
                those that such a construct holds by now; everything else waits for nothing. Default: none, so the
                preflight stands before the one-box.
            alarms: The user's own alarms for preflight and bake to watch, such as the backend's `alias_alarms` and
                those of canaries. Default: none.
            thresholds: When each partition's error rate and latency are red; None for no alarms but the user's.
                Default: `Thresholds()`.
            alias_name: The name of each partition's alias. Default: `live`.
            create_apis: Whether each partition gets its own HTTP API; False for users who bring another origin.
                Default: True.
            poll_interval: How often the waits poll, a divisor of a minute. Default: 10 seconds.
            insufficient_data: The meaning of an alarm without data. Default: quiet, see `InsufficientData`.
            override: A reason for each `Guard` that this release overrides. A reason counts only in the update in
                which it changes; a reason of None overrides nothing. Default: None, so every guard applies.
            expedited_reason: The reason for releasing without preflight and bake. It counts only in the update in
                which it changes, and cannot be combined with a reason for `Guard.RED_ALARMS`. Default: None.
            reserved_wait_concurrency: How many executions Lambda reserves for each of the five functions behind the
                waits, at least 4. Default: None, so none, see `DeployWaitResource`. The partitions' functions belong to
                the recipe, which can set `reserved_concurrent_executions` itself.

        Raises:
            InvalidArgumentError: If an argument cannot work; the message says which and why.
        """
        path = path_in(scope, id)
        bake_time = cdk.Duration.minutes(10) if bake_time is None else bake_time
        check_alias_name(path=path, alias_name=alias_name)
        check_thresholds(thresholds, path=path)
        _check_bake_time(bake_time, path=path, thresholds=thresholds)
        check_after(after, scope=scope, path=path)
        check_alarms(alarms, path=path)
        super().__init__(scope, id)
        remember_place(scope, self, id)
        partition = partial(Partition, self, alias_name=alias_name, create_api=create_apis, thresholds=thresholds)
        self.one_box = partition("OneBox", partition_name=ONE_BOX, build_function=build_function)
        build_regular = self._distinct(build_function)
        self.regular = partition("Regular", partition_name=REGULAR, build_function=build_regular)
        self.alarms = (*self.one_box.alarms, *self.regular.alarms, *alarms)
        self._check_watched()
        backend = aliases_among(after, stack=stack_of(self))
        # Both partitions' versions: if the recipe's partitions differ, nothing may be promoted without a bake.
        versions = [self.one_box.version_id, self.regular.version_id]
        wait = partial(
            DeployWaitResource,
            self,
            alarms=self.alarms,
            contained=[self.one_box.alias, self.regular.alias],
            poll_interval=poll_interval,
            insufficient_data=insufficient_data,
            override=override,
            expedited_reason=expedited_reason,
            reserved_wait_concurrency=reserved_wait_concurrency,
        )
        everything = "-".join([*(_version_id(alias) for alias in backend), *versions])
        self.preflight = wait("Preflight", duration=cdk.Duration.seconds(0), release_id=everything)
        self.bake = wait(
            "Bake",
            duration=bake_time,
            release_id="-".join(versions),
            baked=self.one_box.alias,
            started_by=self.preflight,
        )
        self._order(after, backend)

    def add_alarm(self, alarm: cloudwatch.IAlarm) -> None:
        """Let preflight and bake watch one more alarm that could only be made later, such as a canary's on the site.

        Args:
            alarm: The alarm, as in `alarms`.

        Raises:
            InvalidArgumentError: If it cannot fire within the bake, or cannot be read.
        """
        self.alarms = (*self.alarms, alarm)
        self.preflight.add_alarm(alarm)
        self.bake.add_alarm(alarm)

    def _distinct(self, build_function: BuildFunction) -> BuildFunction:
        def build(scope: Construct, partition: str) -> lambda_.Function:
            function = build_function(scope, partition)
            if function is self.one_box.function:
                raise InvalidArgumentError(
                    path=self.node.path,
                    argument="build_function",
                    given=f"the function {function.node.path} for both partitions",
                    allowed="a function for each partition",
                    remedy="Two partitions on one function would share its concurrency and its failures.",
                )
            return function

        return build

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
        _cfn(self.regular.alias).add_resource_dependency(self.bake.cfn_resource)


def _cfn(alias: lambda_.Alias) -> lambda_.CfnAlias:
    return cast("lambda_.CfnAlias", resource_of(alias))


def _version_id(alias: lambda_.Alias) -> str:
    return logical_id_of(cast("lambda_.CfnVersion", resource_of(alias.version)))


def _check_bake_time(bake_time: cdk.Duration, *, path: str, thresholds: Thresholds | None) -> None:
    """Raise if no wait could hold the bake, or if the default alarms could not fire in it."""
    seconds = whole_seconds("bake_time", bake_time, path)
    shortest = 1
    if thresholds is not None and thresholds._period_seconds is not None and not short_bakes_allowed():
        shortest = int(thresholds._period_seconds * thresholds.datapoints) + DELAY
    if seconds < shortest:
        raise InvalidArgumentError(
            path=path,
            argument="bake_time",
            given=in_minutes(seconds),
            allowed=f"at least {in_minutes(shortest)}, so that alarms with these thresholds can fire",
            remedy="Bake longer, or give Thresholds with a shorter period or fewer datapoints.",
        )
    if seconds > LONGEST:
        raise InvalidArgumentError(
            path=path,
            argument="bake_time",
            given=in_minutes(seconds),
            allowed=f"at most {in_minutes(LONGEST)}, since CloudFormation gives a custom resource an hour",
            remedy="Bake for less, and watch for longer with alarms after the release.",
        )
