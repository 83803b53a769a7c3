"""What can be learned from a synthesized template, without AWS and without `aws_cdk`."""
