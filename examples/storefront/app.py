"""A shop: server-rendered pages, an API beside them, and releases that go back by themselves."""

import os

import aws_cdk as cdk

from storefront_stack import StorefrontStack

app = cdk.App()
context = app.node.try_get_context
StorefrontStack(
    app,
    "Storefront",
    env=cdk.Environment(
        account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION", "us-east-1")
    ),
    edge_runtime=context("edgeRuntime") or "cloudfront-functions",
    release=context("release") or "one",
    tester_secret_digest=context("testerSecretDigest"),
    forced_reason=context("forcedReason"),
    expedited_reason=context("expeditedReason"),
)
app.synth()
