"""Why the constructs leave some findings of cdk-nag's AwsSolutions pack as they are.

What cdk-nag's AwsSolutions rules find on a deployment group's role, and why it stays.

What cdk-nag's AwsSolutions pack finds in CDK's provider framework, and why it is right as it is.

What cdk-nag's AwsSolutions rules find on a canary, and why it stays.

What cdk-nag's AwsSolutions pack finds in CDK's bucket deployment, and why it is right as it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from aws_cdk import (
    Acknowledgment,
    ArnFormat,
    CfnResource,
    Stack,
    Validations,
    aws_codedeploy,
    aws_lambda,
    custom_resources,
)
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_s3_deployment as s3_deployment
from aws_cdk import aws_synthetics as synthetics
from constructs import IConstruct

from .jsii_cache import stack_of


def in_findings(arn: object) -> str:
    """Write an ARN as cdk-nag does, with each reference in angle brackets.

    Args:
        arn: The resolved ARN. Whether its partition is a reference depends on the app's feature flags.
    """
    if isinstance(arn, str):
        return arn
    (function, argument), *_ = dict(cast("Mapping[str, Any]", arn)).items()
    if function == "Fn::Join":
        return "".join(map(in_findings, argument[1]))
    return f"<{argument if function == 'Ref' else '.'.join(argument)}>"


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledges findings on a construct and what is in it; cdk-nag still lists them, with the reasons.

    Args:
        construct: The construct.
        reasons: The reason for each rule, such as "APIG4" or "IAM4[Policy::…]"; any other finding is still an error.
    """
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason) for rule, reason in reasons.items())
    )


_MANAGED_POLICY = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited"


def acknowledge_group_findings(
    group: aws_codedeploy.LambdaDeploymentGroup, hooks: Iterable[aws_lambda.IFunction]
) -> None:
    """Gives the reasons that cdk-nag asks for; without cdk-nag they do nothing.

    Args:
        group: The deployment group.
        hooks: The functions that its role may call.
    """
    reasons = {
        f"IAM4[Policy::{_MANAGED_POLICY}]": "The CodeDeploy user guide, 'Create a service role for CodeDeploy', "
        "asks for this policy."
    }
    for hook in hooks:
        resource = hook.node.default_child
        if isinstance(resource, CfnResource):
            logical_id = Stack.of(hook).resolve(resource.logical_id)
            reasons[f"IAM5[Resource::<{logical_id}.Arn>:*]"] = (
                "The wildcard stands for the versions and aliases of one function."
            )
    acknowledge(group.role, reasons)


def acknowledge_provider_findings(
    provider: IConstruct, framework: custom_resources.Provider, *, account_alarms: str
) -> None:
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


def acknowledge_canary_findings(canary: synthetics.Canary) -> None:
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


_BASIC: Final = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
_WIDE: Final = ("s3:GetObject*", "s3:GetBucket*", "s3:List*", "s3:DeleteObject*", "s3:Abort*")


def acknowledge_upload(upload: s3_deployment.BucketDeployment, bucket: s3.IBucket) -> None:
    """Acknowledges the findings on the function that uploads.

    Args:
        upload: The deployment.
        bucket: What it uploads to.
    """
    asset = next(each for each in upload.node.children if isinstance(each, s3_assets.Asset))
    objects = [each.arn_for_objects("*") for each in (bucket, asset.bucket)]
    written, read = map(_shown, stack_of(upload).resolve(objects))
    reasons = {
        f"IAM4[Policy::{_BASIC}]": "CDK gives its bucket deployment's role Lambda's own policy for logs.",
        **{f"IAM5[Action::{action}]": "CDK's grants to read and write a bucket name actions so." for action in _WIDE},
        f"IAM5[Resource::{read}]": "CDK grants its bucket deployment all of the bucket that holds its sources.",
        f"IAM5[Resource::{written}]": "The uploaded files have other names in every release.",
        "L1": "CDK chooses the runtime of its own function.",
    }
    acknowledge(_function_of(upload), reasons)


def _function_of(upload: s3_deployment.BucketDeployment) -> IConstruct:
    """Finds the function, which CDK puts beside the stack's other constructs."""
    handler = upload.handler_role.node.scope
    if handler is None:
        raise LookupError(f"{upload.node.path} has no function")
    return handler


def _shown(value: object) -> str:
    """Writes a resolved text as cdk-nag does in the name of a finding."""
    match value:
        case {"Fn::Join": [_, [*parts]]}:
            return "".join(map(_shown, parts))
        case {"Fn::Sub": str(text)}:
            return text.replace("${", "<").replace("}", ">")
        case {"Fn::GetAtt": [*names]}:
            return f"<{'.'.join(map(str, names))}>"
        case {"Ref": name}:
            return f"<{name}>"
    return str(value)
