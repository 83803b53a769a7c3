"""What cdk-nag's AwsSolutions rules find on a canary, and why it stays."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_synthetics as synthetics

from ..findings import acknowledge, in_findings


def acknowledge_findings(canary: synthetics.Canary) -> None:
    """Gives the reasons that cdk-nag asks for; without cdk-nag they do nothing.

    Args:
        canary: The canary, with CDK's own role and bucket.
    """
    acknowledge(canary.artifacts_bucket, {"S1": "The bucket holds a canary's own results for 30 days."})
    bucket = canary.artifacts_bucket.node.default_child
    assert isinstance(bucket, s3.CfnBucket)  # noqa: S101  # CDK's own
    name = Stack.of(canary).resolve(bucket.logical_id)
    acknowledge(
        canary.role,
        {
            f"IAM5[Resource::<{name}.Arn>/*]": "The canary writes its results anywhere in its own bucket.",
            f"IAM5[Resource::{_log_groups(canary)}]": "CloudWatch Synthetics names the function, and so its log group.",
            "IAM5[Resource::*]": "Listing buckets and putting metrics, here of one namespace, know no resources.",
        },
    )


def _log_groups(canary: synthetics.Canary) -> str:
    """Writes the log groups of CDK's policy as cdk-nag does."""
    stack = Stack.of(canary)
    arn = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name="/aws/lambda/cwsyn-*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return in_findings(stack.resolve(arn))
