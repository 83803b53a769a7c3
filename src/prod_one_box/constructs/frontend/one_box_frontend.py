"""The front end of a release: preflight, one-box, bake, regular, in this order.

How long a bake can be, and must be for its alarms.
"""

from collections.abc import Mapping, Sequence
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
from ..jsii_cache import made_in, path_in, path_of, resource_of, stack_of
from ..watch.alarms import check_alarms
from ..watch.thresholds import DEFAULT_THRESHOLDS, Thresholds, check_thresholds
from .partition import BuildFunction, Partition
from .prerequisites import Earlier, aliases_among, check_after, put_before


def check_bake_time(bake_time: cdk.Duration, *, path: str, thresholds: Thresholds | None) -> None:
    """Refuses a bake that a wait could not hold, or in which the default alarms could not fire.

    Args:
        bake_time: How long the one-box is watched.
        path: The construct's path.
        thresholds: What the default alarms go by; None if there are none.

    Raises:
        InvalidArgumentError: If it is too short or too long.
    """
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


class OneBoxFrontend(Construct):
    """Two front ends from one recipe: the one-box gets a release first, everybody else after the bake.

    A stack update that brings a new version walks this order, and nothing else of the stack is ordered:
    preflight, what is in `after`, the one-box's alias, the bake, the regular partition's alias. CloudFormation
    updates everything else in parallel (CloudFormation template reference, "DependsOn attribute").
    The preflight and the bake put both partitions back when the release is aborted.

    Attributes:
        one_box: The partition that gets a release first.
        regular: The partition that gets it after the bake.
        preflight: The wait before everything: a site that is red already gets no release, nor does an update that
            CloudFormation would not roll back.
        bake: The wait between the partitions.
        alarms: What preflight and bake watch: each partition's alarms and the user's.
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
        """Makes both partitions, the two waits and the order between them.

        Args:
            scope: The construct that holds this one.
            id: The construct's id.
            build_function: Called once for each partition with a scope and the partition's name (`one-box`,
                `regular`); returns the partition's function, made in that scope or existing already.
            bake_time: How long the one-box is watched: long enough for the alarms to fire, 4 minutes with the
                default thresholds, up to 55 minutes; default: 10 minutes.
            after: What comes before the one-box: the backend's aliases, which are on the new version by then; the
                `RetainedAssets` of the pages, which are uploaded by then; any other construct, such as a
                `BucketDeployment`, with every resource in it. Aliases of this stack wait for the preflight, also those
                that such a construct holds by now; everything else waits for nothing. Default: none, which means that
                the preflight stands before the one-box.
            alarms: The user's own alarms that preflight and bake watch too, such as the backend's `alias_alarms`
                and those of canaries; default: none.
            thresholds: When each partition's error rate and latency are red; default: `Thresholds()`; None,
                which means no alarms but the user's.
            alias_name: The name of each partition's alias; default: `live`.
            create_apis: Whether each partition gets an HTTP API of its own; default: True. False is for users
                who bring another origin.
            poll_interval: How often the waits look, a divisor of a minute; default: 10 seconds.
            insufficient_data: What an alarm without data means; default: quiet, see `InsufficientData`.
            override: Why this release goes out although a guard says no, a reason for each `Guard`; a reason counts
                only in the update in which it changed, and None overrides nothing; default: None.
            expedited_reason: Why this release goes out without preflight and bake; counts only in the update in
                which it changed, and not together with a reason for `Guard.RED_ALARMS`; default: None.
            reserved_wait_concurrency: How many executions Lambda reserves for each of the five functions behind
                the waits, at least 4; default: None, which means none, see `DeployWaitResource`. The partitions'
                functions are the recipe's: it gives `reserved_concurrent_executions` itself.

        Raises:
            InvalidArgumentError: If an argument cannot work; the message says which and why.
        """
        path = path_in(scope, id)
        bake_time = cdk.Duration.minutes(10) if bake_time is None else bake_time
        check_alias_name(path=path, alias_name=alias_name)
        check_thresholds(thresholds, path=path)
        check_bake_time(bake_time, path=path, thresholds=thresholds)
        check_after(after, scope=scope, path=path)
        check_alarms(alarms, path=path)
        super().__init__(scope, id)
        made_in(scope, self, id)
        self.one_box = self._build_partition("OneBox", ONE_BOX, build_function, alias_name, create_apis, thresholds)
        build_other = self._another_than_the_one_boxs(build_function)
        self.regular = self._build_partition("Regular", REGULAR, build_other, alias_name, create_apis, thresholds)
        self.alarms = (*self.one_box.alarms, *self.regular.alarms, *alarms)
        self._refuse_unwatched()
        backend = aliases_among(after, stack=stack_of(self))
        # Both partitions' versions: a recipe whose partitions differ must not promote what no bake preceded.
        versions = [self.one_box.version_id, self.regular.version_id]
        self.preflight = DeployWaitResource(
            self,
            "Preflight",
            duration=cdk.Duration.seconds(0),
            release_id="-".join([*(_version_id(alias) for alias in backend), *versions]),
            alarms=self.alarms,
            contained=[self.one_box.alias, self.regular.alias],
            poll_interval=poll_interval,
            insufficient_data=insufficient_data,
            override=override,
            expedited_reason=expedited_reason,
            reserved_wait_concurrency=reserved_wait_concurrency,
        )
        self.bake = DeployWaitResource(
            self,
            "Bake",
            duration=bake_time,
            release_id="-".join(versions),
            alarms=self.alarms,
            baked=self.one_box.alias,
            contained=[self.one_box.alias, self.regular.alias],
            poll_interval=poll_interval,
            insufficient_data=insufficient_data,
            override=override,
            expedited_reason=expedited_reason,
            reserved_wait_concurrency=reserved_wait_concurrency,
            started_by=self.preflight,
        )
        self._order(after, backend)

    def add_alarm(self, alarm: cloudwatch.IAlarm) -> None:
        """Lets preflight and bake watch one more alarm, which could only be made later: a canary's on the site.

        Args:
            alarm: The alarm; like `alarms`.

        Raises:
            InvalidArgumentError: If it cannot fire within the bake, or cannot be read.
        """
        self.alarms = (*self.alarms, alarm)
        self.preflight.add_alarm(alarm)
        self.bake.add_alarm(alarm)

    def _build_partition(
        self,
        id: str,
        name: str,
        build_function: BuildFunction,
        alias_name: str,
        create_api: bool,
        thresholds: Thresholds | None,
    ) -> Partition:
        return Partition(
            self,
            id,
            partition_name=name,
            build_function=build_function,
            alias_name=alias_name,
            create_api=create_api,
            thresholds=thresholds,
        )

    def _another_than_the_one_boxs(self, build_function: BuildFunction) -> BuildFunction:
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

    def _refuse_unwatched(self) -> None:
        if not self.alarms:
            raise InvalidArgumentError(
                path=self.node.path,
                argument="alarms",
                given="none, and thresholds=None",
                allowed="an alarm at least",
                remedy="An unwatched bake is no bake: give alarms of your own, or leave thresholds out.",
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
    return cast("lambda_.CfnVersion", resource_of(alias.version)).logical_id
