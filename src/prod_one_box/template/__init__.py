"""Read synthesized cloud assemblies, without AWS and without `aws_cdk`."""
