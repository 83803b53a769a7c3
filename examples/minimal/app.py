"""The smallest release: a page in two partitions, each visitor kept in one."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, Wave

PAGE = """
def handler(event, context):
    html = {"content-type": "text/html"}
    return {"statusCode": 200, "headers": html, "body": "<h1>Hello</h1>"}
"""


def build_function(scope: Construct, partition: str) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Page",
        description=f"The page of the {partition} partition",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(PAGE),
    )


app = cdk.App()
stack = cdk.Stack(app, "Minimal")
frontend = OneBoxFrontend(
    stack,
    "Frontend",
    build_function=build_function,
    waves=[Wave(share=20, bake_time=cdk.Duration.minutes(10))],
)
site = StickyPartitionDistribution(
    stack,
    "Site",
    partitions=frontend.partitions,
)
cdk.CfnOutput(stack, "Address", value=f"https://{site.domain_name}")
app.synth()
