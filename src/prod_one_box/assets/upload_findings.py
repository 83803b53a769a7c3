"""What cdk-nag's AwsSolutions pack finds in CDK's bucket deployment, and why it is right as it is."""

from typing import Final

from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import IConstruct

from ..findings import acknowledge
from ..made import stack_of

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
