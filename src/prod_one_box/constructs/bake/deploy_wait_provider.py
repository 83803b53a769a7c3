"""The Lambda functions and the provider framework that all waits of a stack share."""

from pathlib import Path
from typing import Final, cast

from aws_cdk import Duration, IgnoreMode, RemovalPolicy, custom_resources
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from ...errors import InvalidArgumentError
from ..jsii_cache import key_of, path_of, remember_place, resources_of_type, stack_of
from ..nag import acknowledge, acknowledge_provider_findings, when_nag_checks
from ..past_the_alias import expect_no_calls
from .permissions import AlarmPermission, AliasPermission
from .wait_settings import TOTAL_SECONDS, check_reserved
from .watched_resources import WatchedAlarm, placement

_ID: Final = "ProdOneBoxDeployWaitProvider"
_ONLY_THE_HANDLER: Final = ["*", "!/handler", "/handler/*", "!/handler/*.py"]


class DeployWaitProvider(Construct):
    """Answers the waits of a stack: one for all of them, since a custom resource's service token can never change.

    Attributes:
        service_token: The service token for custom resources.
        role: The role of the two functions.
    """

    @classmethod
    def of(cls, scope: Construct, *, poll_seconds: int, reserved: int | None) -> "DeployWaitProvider":
        """Return the stack's provider for a wait; the first wait makes it.

        Args:
            scope: The wait.
            poll_seconds: How often to poll; the same for all waits of a stack.
            reserved: How many executions to reserve for each function, also the same; None for none.

        Raises:
            InvalidArgumentError: If another wait of the stack has another interval or reservation, or it is too small.
        """
        stack = stack_of(scope)
        provider = _PROVIDERS.get(key_of(stack))
        if provider is None:
            provider = _PROVIDERS[key_of(stack)] = cls(stack, _ID, poll_seconds=poll_seconds, reserved=reserved)
        provider._check_shared(scope, "poll_interval", f"{poll_seconds} s", f"{provider._poll_seconds} s")
        provider._check_shared(scope, "reserved_wait_concurrency", reserved, provider._reserved)
        provider._waits += 1
        check_reserved(reserved, waits=provider._waits, path=path_of(scope))
        return provider

    def __init__(self, scope: Construct, id: str, *, poll_seconds: int, reserved: int | None) -> None:
        super().__init__(scope, id)
        self._poll_seconds = poll_seconds
        self._reserved = reserved
        self._waits = 0
        self._compares = False
        self._stack = stack_of(remember_place(scope, self, id))
        self._watched: dict[cloudwatch.IAlarm, WatchedAlarm] = {}
        self._placements: dict[lambda_.Alias, dict[str, str]] = {}
        self._logs = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )
        self.role = self._build_role()
        self._alarms = AlarmPermission(self.role, self._stack)
        self._aliases = AliasPermission(self, self.role)
        on_event = self._build_function("OnEvent", handler="handler.entry.on_event")
        is_complete = self._build_function("IsComplete", handler="handler.entry.is_complete")
        framework = self._build_provider(on_event, is_complete)
        self.service_token = framework.service_token
        # Also CDK's own, for which its provider framework offers no argument.
        functions = cast("list[lambda_.CfnFunction]", resources_of_type(self, "AWS::Lambda::Function"))
        if reserved is not None:
            for each in functions:
                each.reserved_concurrent_executions = reserved
        expect_no_calls(functions)
        account_alarms = self._alarms.account_alarms
        when_nag_checks(self, lambda: acknowledge_provider_findings(self, functions, account_alarms=account_alarms))

    def _check_shared(self, scope: Construct, argument: str, given: object, shared: object) -> None:
        if given != shared:
            raise InvalidArgumentError(
                path=scope.node.path,
                argument=argument,
                given=given,
                allowed=f"{shared}, as another wait of stack {self._stack.node.path} has it",
                remedy=f"Waits of a stack share one provider: give them all the same {argument}.",
            )

    def watch(self, alarm: cloudwatch.IAlarm, *, watcher: Construct) -> WatchedAlarm:
        """Name an alarm and let the handler read it, once for all waits: each look at an alarm is a call to Node."""
        if alarm not in self._watched:
            self._watched[alarm] = WatchedAlarm.of(alarm, watcher=watcher, here=self._stack)
            self._alarms.add(composite=self._watched[alarm].composite)
        return self._watched[alarm]

    def placement(self, alias: lambda_.Alias, *, argument: str, waiter: Construct) -> dict[str, str]:
        """Name an alias and let the handler read it and put it back, once for all waits."""
        if alias not in self._placements:
            self._placements[alias] = placement(alias, argument=argument, waiter=waiter, here=self._stack)
            self._aliases.add(alias, waiter=waiter)
        return self._placements[alias]

    def allow_comparison(self) -> None:
        """Let the handler read the metrics that it compares.

        Service authorization reference, "Amazon CloudWatch": the action supports no resources.
        """
        if not self._compares:
            self._compares = True
            self.role.add_to_policy(iam.PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"]))

    def _build_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Reads what a release's waits watch, and puts partitions back on their former version.",
        )
        self._logs.grant_write(role)
        own, root = self._own_and_root_stack()
        role.add_to_policy(iam.PolicyStatement(actions=["cloudformation:ListStackResources"], resources=[own]))
        role.add_to_policy(
            iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=[*dict.fromkeys([own, root])])
        )
        # Service authorization reference, "Amazon CloudWatch": the action supports no resources.
        role.add_to_policy(iam.PolicyStatement(actions=["cloudwatch:GetMetricStatistics"], resources=["*"]))
        reason = "Reading a metric, the number of requests in a bake, supports no resources."
        when_nag_checks(self, lambda: acknowledge(role, {"IAM5[Resource::*]": reason}))
        return role

    def _own_and_root_stack(self) -> tuple[str, str]:
        own, parent = self._stack.stack_id, self._stack.nested_stack_parent
        root = own
        while parent is not None:
            root, parent = parent.stack_id, parent.nested_stack_parent
        return own, root

    def _build_function(self, id: str, *, handler: str) -> lambda_.Function:
        return lambda_.Function(
            self,
            id,
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler=handler,
            code=lambda_.Code.from_asset(
                str(Path(__file__).parent), exclude=_ONLY_THE_HANDLER, ignore_mode=IgnoreMode.GIT
            ),
            role=self.role,
            log_group=self._logs,
            memory_size=256,
            # A poll makes up to a dozen calls of at most 14 s: a timeout would fail the release without a reading.
            timeout=Duration.minutes(3),
            description="Holds a deployment while its alarms are watched.",
        )

    def _build_provider(self, on_event: lambda_.Function, is_complete: lambda_.Function) -> custom_resources.Provider:
        return custom_resources.Provider(
            self,
            "Provider",
            on_event_handler=on_event,
            is_complete_handler=is_complete,
            query_interval=Duration.seconds(self._poll_seconds),
            total_timeout=Duration.seconds(TOTAL_SECONDS),
            log_group=self._logs,
        )


_PROVIDERS: Final[dict[str, DeployWaitProvider]] = {}
"""The provider of each stack that has waits."""
