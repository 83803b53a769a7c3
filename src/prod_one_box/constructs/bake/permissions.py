"""The permissions of the waits' handler on alarms and aliases, and no more.

Service authorization reference, "AWS Lambda" and "Amazon CloudWatch": the alias actions take the function's ARN (the
alias's would tie the policy to the alias), the alarm actions an alarm's.
"""

from typing import Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ...errors import InvalidArgumentError
from ..jsii_cache import path_of
from ..nag import acknowledge, when_nag_checks


class AlarmPermission:
    """Lets the handler read alarms and their history: all of the account, in every region, by one statement.

    A statement for each alarm would grow with them, and a role's inline policies have 10,240 characters in all (IAM
    user guide, "IAM and AWS STS quotas"). How CloudWatch judges a `DescribeAlarms` call that names several alarms by
    permissions on single ones is not documented. An alarm's ARN would also make the handler, and so every wait, depend
    on the alarm.

    Attributes:
        account_alarms: The ARN of the account's alarms.
    """

    def __init__(self, role: iam.Role, stack: Stack) -> None:
        self.account_alarms = stack.format_arn(
            service="cloudwatch",
            region="*",
            resource="alarm",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self._role = role
        self._statement: iam.PolicyStatement | None = None
        self._has_composite = False

    def add(self, *, composite: bool) -> None:
        """Grant the permission for one more alarm, which is composite or, if imported, may be.

        CloudWatch API reference, DescribeAlarms and DescribeAlarmHistory: composite alarms are returned only to a
        permission "that is scoped to *".
        """
        if self._statement is None:
            actions = ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"]
            self._statement = iam.PolicyStatement(actions=actions, resources=[self.account_alarms])
            self._role.add_to_policy(self._statement)
        if composite and not self._has_composite:
            self._has_composite = True
            self._statement.add_resources("*")
            reason = "CloudWatch returns a composite alarm only to a permission on every alarm."
            when_nag_checks(self._role, lambda: acknowledge(self._role, {"IAM5[Resource::*]": reason}))


_MOST_FUNCTIONS: Final = 60
"""How many functions the statement can name.

A role's inline policies have 10,240 characters in all (IAM user guide, "IAM and AWS STS quotas"). A function's ARN has
up to 130 with its quotes and its comma, in the longest region's name and of the longest function's; the role's other
statements have less than 2,000.
"""


class AliasPermission:
    """Lets the handler read aliases and put them back, by one statement on their functions.

    It is a policy of its own on which nothing depends: the provider's functions depend on the role's own policy, so
    every wait would depend on the functions of all others.
    """

    def __init__(self, scope: Construct, role: iam.Role) -> None:
        self._scope = scope
        self._role = role
        self._statement: iam.PolicyStatement | None = None
        self._functions: set[str] = set()

    def add(self, alias: lambda_.Alias, *, waiter: Construct) -> None:
        """Grant the permission for one more alias.

        Raises:
            InvalidArgumentError: If IAM would refuse a policy for so many functions.
        """
        function_arn = alias.lambda_.function_arn
        self._functions.add(function_arn)
        if len(self._functions) > _MOST_FUNCTIONS:
            raise InvalidArgumentError(
                path=path_of(waiter),
                argument="contained",
                given=f"aliases of {len(self._functions)} functions in the waits of a stack",
                allowed=f"aliases of at most {_MOST_FUNCTIONS}, whose ARNs fit into the 10,240 characters of a role's "
                "inline policies",
                remedy="Release in fewer waves, or give Wave(shares_function=True).",
            )
        if self._statement is not None:
            self._statement.add_resources(function_arn)
            return
        actions = ["lambda:GetAlias", "lambda:UpdateAlias"]
        self._statement = iam.PolicyStatement(actions=actions, resources=[function_arn])
        iam.Policy(self._scope, "MovesAliases", roles=[self._role], statements=[self._statement])
