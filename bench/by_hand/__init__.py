"""The storefront's resources written by hand with `aws-cdk-lib`: what the constructs are measured against."""
