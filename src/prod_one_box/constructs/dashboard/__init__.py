"""A CloudWatch dashboard of everything that a release moves and watches."""
