"""A Next.js site, built by OpenNext, in two partitions."""

import os
import sys

import aws_cdk as cdk

from nextjs_stack import OPEN_NEXT, NextjsStack

if not (OPEN_NEXT / "open-next.output.json").exists():
    sys.exit("There is no frontend/.open-next: run npm install and npm run build in frontend first")

app = cdk.App()
NextjsStack(
    app,
    "Nextjs",
    env=cdk.Environment(
        account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION", "us-east-1")
    ),
)
app.synth()
