"""What cdk-nag's AwsSolutions rules find on a deployment group's role, and why it stays."""

from collections.abc import Iterable

from aws_cdk import Acknowledgment, CfnResource, Stack, Validations, aws_codedeploy, aws_lambda

_MANAGED_POLICY = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited"


def acknowledge_findings(group: aws_codedeploy.LambdaDeploymentGroup, hooks: Iterable[aws_lambda.IFunction]) -> None:
    """Gives the reasons that cdk-nag asks for; without cdk-nag they do nothing.

    Args:
        group: The deployment group.
        hooks: The functions that its role may call.
    """
    validations = Validations.of(group.role)
    validations.acknowledge(
        Acknowledgment(
            id=f"AwsSolutions::AwsSolutions-IAM4[Policy::{_MANAGED_POLICY}]",
            reason="The CodeDeploy user guide, 'Create a service role for CodeDeploy', asks for this policy.",
        )
    )
    for hook in hooks:
        resource = hook.node.default_child
        if isinstance(resource, CfnResource):
            logical_id = Stack.of(hook).resolve(resource.logical_id)
            validations.acknowledge(
                Acknowledgment(
                    id=f"AwsSolutions::AwsSolutions-IAM5[Resource::<{logical_id}.Arn>:*]",
                    reason="The wildcard stands for the versions and aliases of one function.",
                )
            )
