"""What a synthesized cloud assembly says, read without AWS and without `aws_cdk`."""
