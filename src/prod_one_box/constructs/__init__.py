"""The constructs: all that synthesis makes, and the only part of the package that imports `aws_cdk`."""
