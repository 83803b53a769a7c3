"""A shop: server-rendered pages, an API beside them, and releases that go back by themselves."""

import os

import aws_cdk as cdk

from storefront_stack import StorefrontStack

app = cdk.App()
StorefrontStack(
    app,
    "Storefront",
    env=cdk.Environment(
        account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION", "us-east-1")
    ),
    edge_runtime=app.node.try_get_context("edgeRuntime") or "cloudfront-functions",
    release=app.node.try_get_context("release") or "one",
    tester_secret_digest=app.node.try_get_context("testerSecretDigest"),
    forced_reason=app.node.try_get_context("forcedReason"),
    expedited_reason=app.node.try_get_context("expeditedReason"),
)
app.synth()
