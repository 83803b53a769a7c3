"""`stack`, a shop's `api_function` and `build_pages`, the recipe of its pages; nothing of a release yet."""
# ruff: noqa: F401, F403

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from prod_one_box import *

_CODE = "def handler(event, context):\n    return {'statusCode': 200}\n"


def a_function(scope: Construct, id: str) -> lambda_.Function:
    return lambda_.Function(
        scope, id, runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=lambda_.Code.from_inline(_CODE)
    )


def build_pages(scope: Construct, partition: str) -> lambda_.Function:
    return a_function(scope, "Pages")


app = cdk.App()
stack = cdk.Stack(app, "Shop", env=cdk.Environment(account="111111111111", region="eu-west-1"))
api_function = a_function(stack, "ApiFunction")
