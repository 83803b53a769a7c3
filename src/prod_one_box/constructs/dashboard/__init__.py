"""A release to look at: a CloudWatch dashboard of everything that it moves and watches."""
