"""The app of the storefront written by hand; takes the folder of the edge functions' code."""

import os
import sys
from pathlib import Path

import aws_cdk as cdk

from .storefront import StorefrontByHand

if __name__ == "__main__":
    app = cdk.App()
    env = cdk.Environment(
        account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION", "us-east-1")
    )
    StorefrontByHand(app, "Storefront", env=env, edge_code=Path(sys.argv[1]))
    app.synth()
