"""What cdk-nag's AwsSolutions rules find on a deployment group's role, and why it stays."""

from collections.abc import Iterable

from aws_cdk import CfnResource, Stack, aws_codedeploy, aws_lambda

from ..findings import acknowledge

_MANAGED_POLICY = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited"


def acknowledge_findings(group: aws_codedeploy.LambdaDeploymentGroup, hooks: Iterable[aws_lambda.IFunction]) -> None:
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
