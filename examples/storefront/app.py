"""A shop: server-rendered pages, an API beside them, and releases that roll back automatically."""

import os

import aws_cdk as cdk

from prod_one_box import Guard
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
    override={
        Guard.RED_ALARMS: context("overrideRedAlarms"),
        Guard.ROLLBACK_DISABLED: context("overrideRollbackDisabled"),
        Guard.SPLIT_CHANGED: context("overrideSplitChanged"),
    },
    expedited_reason=context("expeditedReason"),
    reserve_concurrency=context("reserveConcurrency") in (True, "true"),
)
app.synth()
