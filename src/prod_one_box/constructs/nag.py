"""The reasons for which the constructs leave some findings of cdk-nag's AwsSolutions pack as they are.

Without cdk-nag they have no effect, and are not written.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from aws_cdk import Acknowledgment, ArnFormat, Validations, aws_lambda, aws_s3_assets
from constructs import IConstruct

from ..template.intrinsics import text
from .jsii_cache import resource_of, stack_of
from .synth_check import check_at_synth

if TYPE_CHECKING:  # an app loads only the modules of the services that it uses
    from aws_cdk import aws_codedeploy, aws_s3, aws_s3_deployment, aws_synthetics

_POLICIES: Final = "arn:<AWS::Partition>:iam::aws:policy/service-role"
_S3_ACTIONS: Final = ("s3:GetObject*", "s3:GetBucket*", "s3:List*", "s3:DeleteObject*", "s3:Abort*")


def when_nag_checks(scope: IConstruct, acknowledge_findings: Callable[[], None]) -> None:
    """Acknowledge findings at synth if the app has loaded cdk-nag: each one costs several calls to Node.

    CDK runs such plugins when it has written the templates, after the checks of the constructs.

    Args:
        scope: A construct of the stack.
        acknowledge_findings: Acknowledges them, with the functions of this module.
    """

    def check() -> None:
        if "cdk_nag" in sys.modules:
            acknowledge_findings()

    check_at_synth(scope, check)


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge findings on a construct and everything in it; cdk-nag still lists them, with the reasons.

    Args:
        construct: The construct.
        reasons: The reason for each rule, such as "APIG4" or "IAM4[Policy::…]"; any other finding is still an error.
    """
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason) for rule, reason in reasons.items())
    )


def acknowledge_group_findings(
    group: "aws_codedeploy.LambdaDeploymentGroup", hooks: Iterable[aws_lambda.IFunction]
) -> None:
    """Acknowledge the findings on a deployment group, whose role may call the hooks."""
    reasons = {
        f"IAM4[Policy::{_POLICIES}/AWSCodeDeployRoleForLambdaLimited]": "The CodeDeploy user guide, 'Create a service "
        "role for CodeDeploy', asks for this policy."
    }
    for hook in hooks:
        resource = resource_of(hook)
        if resource is not None:
            logical_id = stack_of(hook).resolve(resource.logical_id)
            reasons[f"IAM5[Resource::<{logical_id}.Arn>:*]"] = (
                "The wildcard stands for the versions and aliases of one function."
            )
    acknowledge(group.role, reasons)


def acknowledge_provider_findings(
    provider: IConstruct, functions: Iterable[aws_lambda.CfnFunction], *, account_alarms: str
) -> None:
    """Acknowledge the findings on a wait's provider and on CDK's framework in it.

    Args:
        provider: The provider.
        functions: Its functions, those of the framework included.
        account_alarms: The ARN of the account's alarms, which the handler may read.
    """
    alarms, *arns = _as_nag_writes(provider, account_alarms, *(each.attr_arn for each in functions))
    reasons = {
        f"IAM4[Policy::{_POLICIES}/AWSLambdaBasicExecutionRole]": "CDK's provider framework makes its functions' roles "
        "with Lambda's own policy for logs.",
        f"IAM5[Resource::{alarms}]": "One permission to read the account's alarms: one for each would exceed IAM's "
        "limit on inline policies.",
        "SF1": "Every poll leaves a line in the log of the functions; the state machine does nothing but poll.",
        "SF2": "The state machine does nothing but poll: a trace would show no more than the log does.",
    }
    for arn in arns:
        reasons[f"IAM5[Resource::{arn}:*]"] = "CDK's grant to invoke this one function covers its versions and aliases."
    acknowledge(provider, reasons)


def acknowledge_canary_findings(canary: "aws_synthetics.Canary") -> None:
    """Acknowledge the findings on a canary with CDK's own role and bucket."""
    bucket = canary.artifacts_bucket
    acknowledge(bucket, {"S1": "The bucket holds a canary's own results for 30 days."})
    log_groups = stack_of(canary).format_arn(
        service="logs",
        resource="log-group",
        resource_name="/aws/lambda/cwsyn-*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    objects, groups = _as_nag_writes(canary, bucket.arn_for_objects("*"), log_groups)
    reasons = {
        f"IAM5[Resource::{objects}]": "The canary writes its results anywhere in its own bucket.",
        f"IAM5[Resource::{groups}]": "CloudWatch Synthetics names the function, and so its log group.",
        "IAM5[Resource::*]": "Listing buckets and putting metrics, here of one namespace, support no resources.",
    }
    acknowledge(canary.role, reasons)


def acknowledge_upload(upload: "aws_s3_deployment.BucketDeployment", bucket: "aws_s3.IBucket") -> None:
    """Acknowledge the findings on the function of CDK's that uploads to a bucket."""
    handler = upload.handler_role.node.scope
    if handler is None:
        raise LookupError(f"{upload.node.path} has no function")
    asset = next(each for each in upload.node.children if isinstance(each, aws_s3_assets.Asset))
    target, source = _as_nag_writes(upload, *(each.arn_for_objects("*") for each in (bucket, asset.bucket)))
    reasons = {
        f"IAM4[Policy::{_POLICIES}/AWSLambdaBasicExecutionRole]": "CDK gives its bucket deployment's role Lambda's own "
        "policy for logs.",
        **{f"IAM5[Action::{each}]": "CDK's grants to read and write a bucket name actions so." for each in _S3_ACTIONS},
        f"IAM5[Resource::{source}]": "CDK grants its bucket deployment all of the bucket that holds its sources.",
        f"IAM5[Resource::{target}]": "The uploaded files have other names in every release.",
        "L1": "CDK chooses the runtime of its own function.",
    }
    acknowledge(handler, reasons)


def _as_nag_writes(construct: IConstruct, *arns: str) -> list[str]:
    """Write ARNs as cdk-nag does in the names of its findings, with each reference in angle brackets."""
    return [re.sub(r"\$\{([^}]*)\}", r"<\1>", text(each)) for each in stack_of(construct).resolve(list(arns))]
