"""Where the edge's code runs."""

import enum


class EdgeRuntime(enum.Enum):
    """The two runtimes of CloudFront that can send a visitor to a partition; both decide alike.

    See the CloudFront developer guide, "Differences between CloudFront Functions and Lambda@Edge".
    """

    CLOUDFRONT_FUNCTIONS = "cloudfront-functions"
    """Runs at every edge location, on every request, for a sixth of the price; any kind of origin."""

    LAMBDA_AT_EDGE = "lambda-at-edge"
    """Runs in the regional caches, from replicas of functions in us-east-1; HTTP origins only."""
