"""What CloudWatch stores of the visitors' requests, and computes from it."""
