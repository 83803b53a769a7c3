"""A canary in a stack of its own."""

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager

from prod_one_box.constructs.canary.release_canary import ReleaseCanary

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:testers-AbCdEf"


def new_stack(**settings: object) -> cdk.Stack:
    return cdk.Stack(cdk.App(**settings), "Shop", env=cdk.Environment(region="eu-west-1"))


def canary(stack: cdk.Stack, id: str = "Canary", **arguments: object) -> ReleaseCanary:
    found = stack.node.try_find_child("Secret")
    secret = found or secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", SECRET_ARN)
    given = {"site": "shop.example.com", "partition": "one-box", "alive_selector": "#ready", "secret": secret}
    return ReleaseCanary(stack, id, **{**given, **arguments})
