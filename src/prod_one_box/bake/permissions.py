"""What the handler may do to what the waits watch, and no more.

Service authorization reference, "AWS Lambda" and "Amazon CloudWatch": the alias actions take the
function's ARN (the alias's would tie the policy to the alias), the alarm actions an alarm's.
"""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ..findings import acknowledge
from .watched_alarm import WatchedAlarm


def allow_alarm(scope: Construct, id: str, watched: WatchedAlarm, *, role: iam.IRole) -> None:
    """Lets the handler read an alarm and its history."""
    reads = iam.PolicyStatement(
        actions=["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"],
        resources=["*" if watched.composite else watched.arn],
    )
    policy = iam.Policy(scope, id, roles=[role], statements=[reads])
    if watched.composite:
        # CloudWatch API reference, DescribeAlarms and DescribeAlarmHistory: composite alarms are returned only to a
        # permission "that is scoped to *".
        reason = "CloudWatch returns a composite alarm only to a permission on every alarm."
        acknowledge(policy, {"IAM5[Resource::*]": reason})


def alias_statements(aliases: Sequence[lambda_.Alias]) -> list[iam.PolicyStatement]:
    """Lets the handler read aliases and put them back."""
    functions = list(dict.fromkeys(alias.lambda_.function_arn for alias in dict.fromkeys(aliases)))
    if not functions:
        return []
    return [iam.PolicyStatement(actions=["lambda:GetAlias", "lambda:UpdateAlias"], resources=functions)]
