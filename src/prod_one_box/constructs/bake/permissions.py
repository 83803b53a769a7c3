"""What the handler may do to what the waits watch, and no more.

Service authorization reference, "AWS Lambda" and "Amazon CloudWatch": the alias actions take the
function's ARN (the alias's would tie the policy to the alias), the alarm actions an alarm's.
"""

from collections.abc import Iterable

import jsii
from aws_cdk import ArnFormat, IResolveContext, IStringProducer, Lazy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ..nag import acknowledge


@jsii.implements(IStringProducer)
class AlarmPermission:
    """Lets the handler read alarms and their history: those of the account, in every region, by one statement.

    A statement for each alarm would grow with them, and a role's inline policies have 10,240 characters in all (IAM
    user guide, "IAM and AWS STS quotas"). How CloudWatch judges a `DescribeAlarms` call that names several alarms by
    permissions on single ones is not documented. An alarm's ARN would also make the handler, and so every wait, wait
    for the alarm.

    Attributes:
        account_alarms: The ARN of the account's alarms.
    """

    def __init__(self, role: iam.Role, stack: Stack) -> None:
        """Prepare the permission; `add` grants it.

        Args:
            role: The handler's role.
            stack: Its stack.
        """
        self.account_alarms = stack.format_arn(
            service="cloudwatch",
            region="*",
            resource="alarm",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self._role = role
        self._is_granted = False
        self._has_composite = False

    def add(self, *, composite: bool) -> None:
        """Grant the permission for one more alarm.

        CloudWatch API reference, DescribeAlarms and DescribeAlarmHistory: composite alarms are returned only to a
        permission "that is scoped to *".

        Args:
            composite: Whether the alarm is, or being imported may be, a composite one.
        """
        if not self._is_granted:
            self._is_granted = True
            actions = ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"]
            resource = Lazy.uncached_string(self)
            self._role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
        if composite and not self._has_composite:
            self._has_composite = True
            reason = "CloudWatch returns a composite alarm only to a permission on every alarm."
            acknowledge(self._role, {"IAM5[Resource::*]": reason})

    def produce(self, context: IResolveContext) -> str:  # noqa: ARG002  # CDK passes it
        """Return the statement's resource, once all alarms are known."""
        return "*" if self._has_composite else self.account_alarms


class AliasPermission:
    """Lets the handler read aliases and put them back, by one statement on their functions.

    It is a policy of its own, for which nothing waits: the provider's functions wait for the role's own policy, and so
    every wait would wait for the functions of all others.
    """

    def __init__(self, scope: Construct, role: iam.Role) -> None:
        """Prepare the permission; `add` grants it.

        Args:
            scope: Where the policy is made.
            role: The handler's role.
        """
        self._scope = scope
        self._role = role
        self._allowed: set[lambda_.Alias] = set()
        self._statement: iam.PolicyStatement | None = None

    def add(self, aliases: Iterable[lambda_.Alias]) -> None:
        """Grant the permission for more aliases.

        Args:
            aliases: The aliases; one that has the permission already gets it once.
        """
        more = [alias for alias in dict.fromkeys(aliases) if alias not in self._allowed]
        self._allowed.update(more)
        functions = [alias.lambda_.function_arn for alias in more]
        if functions and self._statement is None:
            actions = ["lambda:GetAlias", "lambda:UpdateAlias"]
            self._statement = iam.PolicyStatement(actions=actions, resources=functions)
            iam.Policy(self._scope, "MovesAliases", roles=[self._role], statements=[self._statement])
        elif functions and self._statement is not None:
            self._statement.add_resources(*functions)
