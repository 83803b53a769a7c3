"""The Lambda functions and the provider that all waits of a stack share.

The executions that Lambda keeps for the functions behind a stack's waits.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, cast

from aws_cdk import Duration, IgnoreMode, RemovalPolicy, custom_resources
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from ...errors import InvalidArgumentError
from ..jsii_cache import made_in, resource_of, stack_of
from ..nag import acknowledge, acknowledge_provider_findings
from .permissions import AlarmPermission, AliasPermission
from .watched_resources import WatchedAlarm, place

EACH_WAIT: Final = 2
"""Executions that a wait may need at once: its running poll, and its request in the rollback."""

_ARGUMENT: Final = "reserved_wait_concurrency"


def check_reserved(reserved: object, *, path: str) -> None:
    """Raise unless this is a number of executions, or None.

    Args:
        reserved: What the user gave.
        path: The wait's path.

    Raises:
        InvalidArgumentError: If it is not.
    """
    if reserved is None or (isinstance(reserved, int) and not isinstance(reserved, bool) and reserved >= EACH_WAIT):
        return
    raise InvalidArgumentError(
        path=path,
        argument=_ARGUMENT,
        given=repr(reserved),
        allowed=f"a whole number of executions, {EACH_WAIT} or more, or None",
    )


def check_enough(reserved: int | None, *, waits: int, path: str) -> None:
    """Raise if the waits of a stack could throttle each other: a reservation is a limit as well.

    Args:
        reserved: The executions of each function.
        waits: How many waits the stack has.
        path: The latest wait's path.

    Raises:
        InvalidArgumentError: If there are too few.
    """
    if reserved is not None and reserved < EACH_WAIT * waits:
        raise InvalidArgumentError(
            path=path,
            argument=_ARGUMENT,
            given=reserved,
            allowed=f"at least {EACH_WAIT * waits}, {EACH_WAIT} for each of the stack's {waits} waits",
            remedy="A wait may be polled when the rollback's request comes, and a reservation is a limit too.",
        )


def reserve(functions: Iterable[lambda_.Function], executions: int) -> None:
    """Reserve executions for functions whose construct does not offer it: those of CDK's provider framework."""
    for function in functions:
        cast("lambda_.CfnFunction", resource_of(function)).reserved_concurrent_executions = executions


TOTAL_SECONDS: Final = 58 * 60
"""When the framework gives up. It then calls no code of ours, so a wait has decided before."""

_ID: Final = "ProdOneBoxDeployWaitProvider"
_ONLY_THE_HANDLER: Final = ["*", "!/handler", "/handler/*", "!/handler/*.py"]


class DeployWaitProvider(Construct):
    """What answers a stack's waits: made once, since a custom resource's service token can never change.

    Attributes:
        service_token: What a custom resource names to reach it.
        role: The role of the two functions.
        poll_seconds: How often a wait is polled.
        reserved: How many executions each of its functions has reserved; None if none are.
    """

    @classmethod
    def of(cls, scope: Construct, *, poll_seconds: int, reserved: int | None) -> "DeployWaitProvider":
        """Gets the stack's provider, or makes it.

        Args:
            scope: The wait that asks.
            poll_seconds: How often to poll; the same for all waits of a stack.
            reserved: How many executions each function gets reserved, likewise; None for none.

        Raises:
            InvalidArgumentError: If another wait of the stack has another interval or reservation, or it is too small.
        """
        stack = stack_of(scope)
        found = stack.node.try_find_child(_ID)
        provider = found if isinstance(found, cls) else (cls(stack, _ID, poll_seconds=poll_seconds, reserved=reserved))
        provider._refuse_other(scope, "poll_interval", f"{poll_seconds} s", f"{provider.poll_seconds} s")
        provider._refuse_other(scope, "reserved_wait_concurrency", reserved, provider.reserved)
        provider._waits += 1
        check_enough(reserved, waits=provider._waits, path=scope.node.path)
        return provider

    def _refuse_other(self, scope: Construct, argument: str, given: object, shared: object) -> None:
        if given != shared:
            raise InvalidArgumentError(
                path=scope.node.path,
                argument=argument,
                given=given,
                allowed=f"{shared}, as another wait of stack {self._stack.node.path} has it",
                remedy=f"Waits of a stack share one provider: give them all the same {argument}.",
            )

    def watched(self, alarm: cloudwatch.IAlarm, *, watcher: Construct) -> WatchedAlarm:
        """Names an alarm, and lets the handler read it; once for all waits, since every look at an alarm asks Node.

        Args:
            alarm: The alarm.
            watcher: The wait that asks.

        Raises:
            InvalidArgumentError: If it cannot be read.
        """
        if alarm not in self._watched:
            self._watched[alarm] = WatchedAlarm.of(alarm, watcher=watcher, here=self._stack)
            self._alarms.add(composite=self._watched[alarm].composite)
        return self._watched[alarm]

    def place(self, alias: lambda_.Alias, *, argument: str, waiter: Construct) -> dict[str, str]:
        """Names an alias that a wait watches or contains; once for all waits, as with alarms.

        Args:
            alias: The alias.
            argument: The name of the wait's argument.
            waiter: The wait that asks.

        Raises:
            InvalidArgumentError: If the handler could not find the alias or its versions, or must not move it.
        """
        if alias not in self._places:
            self._places[alias] = place(alias, argument=argument, waiter=waiter, here=self._stack)
        return self._places[alias]

    def allow(self, aliases: Iterable[lambda_.Alias]) -> None:
        """Lets the handler read aliases and put them back.

        Args:
            aliases: What a wait watches or contains.
        """
        self._aliases.add(aliases)

    def __init__(self, scope: Construct, id: str, *, poll_seconds: int, reserved: int | None) -> None:
        super().__init__(scope, id)
        self.poll_seconds = poll_seconds
        self.reserved = reserved
        self._waits = 0
        self._stack = stack_of(made_in(scope, self, id))
        self._watched: dict[cloudwatch.IAlarm, WatchedAlarm] = {}
        self._places: dict[lambda_.Alias, dict[str, str]] = {}
        self._logs = self._build_logs()
        self.role = self._build_role()
        self._alarms = AlarmPermission(self.role, self._stack)
        self._aliases = AliasPermission(self, self.role)
        on_event = self._build_function("OnEvent", handler="handler.entry.on_event")
        is_complete = self._build_function("IsComplete", handler="handler.entry.is_complete")
        framework = self._build_provider(on_event, is_complete)
        self.service_token = framework.service_token
        if reserved is not None:
            parts = [on_event, is_complete, *framework.node.children]
            reserve([each for each in parts if isinstance(each, lambda_.Function)], reserved)
        acknowledge_provider_findings(self, framework, account_alarms=self._alarms.account_alarms)

    def _build_logs(self) -> logs.LogGroup:
        return logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )

    def _build_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Reads what a release's waits watch, and puts partitions back on their former version.",
        )
        self._logs.grant_write(role)
        role.add_to_policy(
            iam.PolicyStatement(actions=["cloudformation:ListStackResources"], resources=[self._stack.stack_id])
        )
        role.add_to_policy(
            iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=self._own_and_root_stack())
        )
        # Service authorization reference, "Amazon CloudWatch": the action knows no resources.
        role.add_to_policy(iam.PolicyStatement(actions=["cloudwatch:GetMetricStatistics"], resources=["*"]))
        acknowledge(
            role, {"IAM5[Resource::*]": "Reading a metric, the number of requests in a bake, knows no resources."}
        )
        return role

    def _own_and_root_stack(self) -> list[str]:
        own = root = self._stack
        while root.nested_stack_parent is not None:
            root = root.nested_stack_parent
        return list(dict.fromkeys([own.stack_id, root.stack_id]))

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
            # A poll makes up to a dozen calls, each at worst 14 s: a time-out would fail the release without a reading.
            timeout=Duration.minutes(3),
            description="Holds a deployment while its alarms are watched.",
        )

    def _build_provider(self, on_event: lambda_.Function, is_complete: lambda_.Function) -> custom_resources.Provider:
        return custom_resources.Provider(
            self,
            "Provider",
            on_event_handler=on_event,
            is_complete_handler=is_complete,
            query_interval=Duration.seconds(self.poll_seconds),
            total_timeout=Duration.seconds(TOTAL_SECONDS),
            log_group=self._logs,
        )
