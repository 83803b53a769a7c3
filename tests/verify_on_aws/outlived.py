"""What is still there when a stack is gone."""

from botocore.exceptions import BotoCoreError, ClientError

from emulator.aws import Aws

BEFOREHAND = (
    "log groups /aws/lambda/… of the stacks' functions, which Lambda makes by itself; listed at the end",
    "resources that CloudFormation retains, such as buckets, if a stack has any; listed at the end",
    "the CDK's assets in the bootstrap bucket, some megabytes; `cdk gc` removes them",
    "no replicas of Lambda@Edge: the scenarios have no such function (those of a stack of yours stay for hours)",
)
"""What is said of it before anything is made."""


def outlived(aws: Aws, stack_id: str) -> list[str]:
    """List what outlived a deleted stack, each with the command that deletes it or names it.

    For 90 days CloudFormation lists the resources of a deleted stack (CloudFormation API reference,
    "ListStackResources"). Nothing of it is deleted here.

    Args:
        aws: The account.
        stack_id: The deleted stack.
    """
    try:
        pages = aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
        resources = [each for page in pages for each in page["StackResourceSummaries"]]
        retained = [
            f"{each['ResourceType']} {each['PhysicalResourceId']}, which CloudFormation retained"
            for each in resources
            if each["ResourceStatus"] == "DELETE_SKIPPED"
        ]
        functions = [each for each in resources if each["ResourceType"] == "AWS::Lambda::Function"]
        return retained + [line for each in functions for line in _log_groups(aws, each["PhysicalResourceId"])]
    except (ClientError, BotoCoreError) as error:
        return [f"unknown of {stack_id}, which AWS did not list: {type(error).__name__}"]


def _log_groups(aws: Aws, function: str) -> list[str]:
    name = f"/aws/lambda/{function}"
    found = aws.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    command = f"aws logs delete-log-group --region {aws.region} --log-group-name {name}"
    return [f"log group {name}: {command}" for each in found if each["logGroupName"] == name]
