"""What cdk-nag's AwsSolutions pack finds in CDK's provider framework, and why it is right as it is."""

from collections.abc import Iterable, Iterator

from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources
from constructs import IConstruct

from ..findings import acknowledge, in_findings
from ..made import stack_of


def acknowledge_findings(provider: IConstruct, framework: custom_resources.Provider, *, account_alarms: str) -> None:
    """Acknowledges the findings on a wait's provider.

    Args:
        provider: The provider.
        framework: CDK's part of it.
        account_alarms: The ARN of the account's alarms, which the handler may read.
    """
    functions = [each for part in (provider, framework) for each in part.node.children]
    arns = [each.function_arn for each in functions if isinstance(each, lambda_.Function)]
    alarms, *resolved = map(in_findings, stack_of(provider).resolve([account_alarms, *arns]))
    acknowledge(provider, dict(_findings(resolved, alarms)))


def _findings(function_arns: Iterable[str], account_alarms: str) -> Iterator[tuple[str, str]]:
    yield (
        "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
        "CDK's provider framework makes its functions' roles with Lambda's own policy for logs.",
    )
    for arn in function_arns:
        yield (
            f"IAM5[Resource::{arn}:*]",
            "CDK's grant to invoke this one function covers its versions and aliases.",
        )
    yield (
        f"IAM5[Resource::{account_alarms}]",
        "One permission to read the account's alarms: one for each would pass IAM's limit on inline policies.",
    )
    yield "SF1", "Every poll leaves a line in the log of the functions; the state machine does nothing but poll."
    yield "SF2", "The state machine does nothing but poll: a trace would show no more than the log does."
