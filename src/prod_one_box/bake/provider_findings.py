"""What cdk-nag's AwsSolutions pack finds in CDK's provider framework, and why it is right as it is."""

from collections.abc import Iterator

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

from ..findings import acknowledge


def acknowledge_findings(provider: IConstruct) -> None:
    """Acknowledges the findings on a wait's provider."""
    acknowledge(provider, dict(_findings(provider)))


def _findings(provider: IConstruct) -> Iterator[tuple[str, str]]:
    yield (
        "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
        "CDK's provider framework makes its functions' roles with Lambda's own policy for logs.",
    )
    for function in (each for each in provider.node.find_all() if isinstance(each, lambda_.CfnFunction)):
        yield (
            f"IAM5[Resource::<{Stack.of(function).get_logical_id(function)}.Arn>:*]",
            "CDK's grant to invoke this one function covers its versions and aliases.",
        )
    yield "SF1", "Every poll leaves a line in the log of the functions; the state machine does nothing but poll."
    yield "SF2", "The state machine does nothing but poll: a trace would show no more than the log does."
