"""The custom resource that holds a deployment while its alarms are watched."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from aws_cdk import CfnResource, CustomResource, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ... import vocabulary
from ...errors import InvalidArgumentError, check_kind, shown
from ..jsii_cache import logical_id_of, path_of, remember_place, resource_of, stack_of
from ..version_inputs import track_inputs
from ..watch.alarms import check_alarms
from .alarm_timing import check_alarm_timing
from .deploy_wait_provider import DeployWaitProvider
from .handler.compared import COMPARISON
from .handler.request import (
    ALARMS,
    BAKED,
    CONTAINED,
    DURATION_SECONDS,
    EXPEDITED_REASON,
    GRACE_SECONDS,
    INSUFFICIENT_DATA,
    OVERRIDES,
    RELEASE_ID,
    STARTED_BY,
)
from .wait_settings import (
    Guard,
    InsufficientData,
    WaitTimes,
    check_insufficient_data,
    check_reasons,
    check_reserved,
)
from .watched_resources import WatchedAlarm, check_aliases, check_size, is_same_stack

_SERVICE_TIMEOUT: Final = Duration.minutes(59)
"""When CloudFormation gives up: after the framework, and within its own limit of an hour."""


class DeployWaitResource(Construct):
    """Holds a deployment until its alarms have been quiet for a while, and fails it when one turns red.

    It holds only stack updates in which `release_id` changes: no creation, deletion, other update or rollback. When an
    alarm turns red, it puts the aliases in `contained` back on the versions before the release and fails, which makes
    CloudFormation roll the stack back. Anything else that ends the update is found at the next poll, or in the
    rollback's own request, and contained in the same way.

    A poll that could not read what it needs is inconclusive. The wait succeeds at the first conclusive reading at or
    after `duration`, and fails without one by `duration` plus `grace`. If AWS denies a permission for the first two
    minutes, the wait fails and names the operation.

    Order it with `some_cfn_resource.add_resource_dependency(wait.cfn_resource)`. The wait itself refers to nothing
    that it watches: it names the resources of its stack by logical id and looks them up when it polls.

    Attributes:
        resource: The custom resource.
        cfn_resource: Its CloudFormation resource, for ordering other resources.
    """

    resource: CustomResource
    cfn_resource: CfnResource

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        duration: Duration,
        release_id: str | lambda_.IVersion,
        alarms: Sequence[cloudwatch.IAlarm] = (),
        baked: Sequence[lambda_.Alias] = (),
        contained: Sequence[lambda_.Alias] = (),
        poll_interval: Duration | None = None,
        grace: Duration | None = None,
        insufficient_data: InsufficientData = InsufficientData.QUIET,
        override: Mapping[Guard, str | None] | None = None,
        expedited_reason: str | None = None,
        started_by: "DeployWaitResource | None" = None,
        reserved_wait_concurrency: int | None = None,
    ) -> None:
        """Create the wait, and the stack's provider if it is the first.

        Args:
            scope: The parent construct.
            id: The construct's id.
            duration: How long to hold, 0 to 55 minutes (a custom resource may take an hour: CloudFormation template
                reference, "AWS::CloudFormation::CustomResource"). 0 makes a preflight: one conclusive reading decides,
                and an alarm that this very update creates counts as quiet.
            release_id: The release's identity: a string that changes with each release, or a function's
                `current_version` to hold for that function's releases.
            alarms: The alarms to watch: metric and composite alarms of this stack, of other stacks and regions of the
                account, or imported. Default: none, so only time passes.
            baked: The aliases that must be on their versions alone at every poll; the wait comes after them. The last
                one's requests are counted. Default: none, so no alias is checked.
            contained: The aliases to put back when the release fails. Default: none, so only CloudFormation's rollback
                moves anything.
            poll_interval: How often to poll; must divide a minute, and be the same for all waits of a stack.
                Default: 10 seconds, so a red alarm ends the release within that and the time of a call.
            grace: How long after `duration` to try for a conclusive reading. Default: 2 minutes, so a shorter
                disruption of AWS's own APIs ends no release.
            insufficient_data: The meaning of an alarm without data. Default: `QUIET`, so it does not end a release.
            override: A reason for each `Guard` that this release overrides. A reason counts only in the update in
                which it changes; a reason of None overrides nothing. Default: None, so every guard applies.
            expedited_reason: The reason for releasing without holding. It counts only in the update in which it
                changes, and cannot be combined with a reason for `Guard.RED_ALARMS`. Default: None, so the release is
                held.
            started_by: The wait that starts the release, whose `release_id` changes whenever this one's does. It
                applies the guards, and an override of `Guard.RED_ALARMS` ignores what was red then. Default: None, so
                the release starts with this wait.
            reserved_wait_concurrency: How many executions Lambda reserves for each of the five functions behind the
                waits; the same for all waits of a stack, and at least two for each. An account can reserve all but
                100 of its executions (Lambda API reference, "PutFunctionConcurrency"). Default: None, so other
                functions of the account can use them up: a wait whose handler is throttled fails without containment.

        Raises:
            InvalidArgumentError: If a time or a reservation does not fit, an alarm cannot fire within `duration` or
                cannot be read, the alarms' names are too long in all, or an alias is not of this stack, not on a
                current version, or managed by CodeDeploy.
        """
        super().__init__(scope, id)
        remember_place(scope, self, id)
        path = self._path = path_of(self)
        self._times = WaitTimes.of(duration=duration, grace=grace, poll_interval=poll_interval, path=path)
        check_reasons(path, override=override, expedited_reason=expedited_reason)
        check_reserved(reserved_wait_concurrency, path=path)
        check_insufficient_data(insufficient_data, path=path)
        check_aliases(baked=baked, contained=contained, path=path)
        self._provider = DeployWaitProvider.of(
            self, poll_seconds=self._times.poll_interval, reserved=reserved_wait_concurrency
        )
        properties = {
            RELEASE_ID: self._release_id_of(release_id),
            DURATION_SECONDS: str(self._times.duration),
            GRACE_SECONDS: str(self._times.grace),
            BAKED: [self._provider.placement(each, argument="baked", waiter=self) for each in baked],
            CONTAINED: [self._provider.placement(each, argument="contained", waiter=self) for each in contained],
            INSUFFICIENT_DATA: insufficient_data.value,
            OVERRIDES: {guard.value: reason for guard, reason in (override or {}).items() if reason},
            EXPEDITED_REASON: expedited_reason,
            STARTED_BY: self._logical_id_of(started_by) if started_by else None,
        }
        self.resource = self._build_resource({key: value for key, value in properties.items() if value})
        self.cfn_resource = cast("CfnResource", resource_of(self.resource))
        for each in baked:
            self.cfn_resource.add_resource_dependency(cast("CfnResource", resource_of(each)))
        self._watched: list[WatchedAlarm] = []
        self._role: Mapping[str, object] = {"Phase": vocabulary.BAKE if self._times.duration else vocabulary.PREFLIGHT}
        self._watch(alarms)

    def add_alarm(self, alarm: cloudwatch.IAlarm) -> None:
        """Watch one more alarm that could only be made after the wait, such as a canary's on the site that it holds.

        Args:
            alarm: The alarm, as in `alarms`.

        Raises:
            InvalidArgumentError: If it cannot fire within `duration` or be read, or the alarms are too many.
        """
        self._watch([alarm])

    def _watch(self, alarms: Sequence[cloudwatch.IAlarm]) -> None:
        check_alarms(alarms, path=self._path)
        watched = [self._provider.watch(alarm, watcher=self) for alarm in alarms]
        if self._times.duration:
            check_alarm_timing(watched, bake=self._times.duration, waiter=self)
        self._watched += [each for each in watched if each not in self._watched]
        check_size(self._watched, waiter=self)
        if self._watched:
            self.cfn_resource.add_property_override(ALARMS, [dict(each.properties) for each in self._watched])
        self._describe()

    def _take_part(self, role: Mapping[str, object], properties: Mapping[str, object]) -> None:
        """Take a place in the release of a front end.

        Args:
            role: What the wait is to the release, for its metadata.
            properties: What the handler must know about that.
        """
        self._role = role
        for key, value in properties.items():
            self.cfn_resource.add_property_override(key, value)
        self._describe()

    def _compare(self, compared: Mapping[str, object]) -> None:
        """Compare the new version with the old one while holding."""
        self._provider.allow_comparison()
        self.cfn_resource.add_property_override(COMPARISON, compared)

    def _release_id_of(self, release_id: str | lambda_.IVersion) -> str:
        if isinstance(release_id, str) and release_id:
            return release_id
        version = resource_of(release_id) if isinstance(release_id, lambda_.Version) else None
        if not isinstance(release_id, lambda_.Version) or not isinstance(version, lambda_.CfnVersion):
            raise InvalidArgumentError(
                path=self.node.path,
                argument="release_id",
                given=shown(release_id),
                allowed="a string that changes with each release, or a function's current_version",
            )
        function = release_id.lambda_
        if isinstance(function, lambda_.Function) and release_id.node.id == "CurrentVersion":
            track_inputs(function, release_id)
        return logical_id_of(version)

    def _logical_id_of(self, started_by: "DeployWaitResource") -> str:
        check_kind(
            started_by, DeployWaitResource, path=self._path, argument="started_by", allowed="a DeployWaitResource"
        )
        if not is_same_stack(stack_of(started_by), stack_of(self)):
            raise InvalidArgumentError(
                path=self.node.path,
                argument="started_by",
                given=started_by.node.path,
                allowed=f"a wait of the same stack, {stack_of(self).node.path}",
            )
        return logical_id_of(started_by.cfn_resource)

    def _build_resource(self, properties: Mapping[str, object]) -> CustomResource:
        return CustomResource(
            self,
            "Resource",
            resource_type="Custom::ProdOneBoxDeployWait",
            service_token=self._provider.service_token,
            service_timeout=_SERVICE_TIMEOUT,
            properties=properties,
        )

    def _describe(self) -> None:
        description = {
            **self._role,
            "DurationSeconds": self._times.duration,
            "PollSeconds": self._times.poll_interval,
            "Alarms": [each.label for each in self._watched],
        }
        self.cfn_resource.add_metadata(vocabulary.METADATA_KEY, description)
