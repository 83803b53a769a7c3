"""The site as its visitors and canaries meet it."""

from collections.abc import Sequence

from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_synthetics as synthetics

from .marked_graph import MINUTE, MarkedGraphs


def distribution_row(graphs: MarkedGraphs, distribution: cloudfront.IDistribution) -> list[cloudwatch.IWidget]:
    """Makes the graphs of a distribution, whose metrics CloudFront keeps in us-east-1.

    CloudFront developer guide, "View CloudFront and edge function metrics".

    Args:
        graphs: Makes the graphs.
        distribution: The distribution.
    """
    rates = [_cloudfront(distribution, f"{kind}ErrorRate", "Average", kind) for kind in ("4xx", "5xx")]
    return [
        graphs.graph(
            "site: requests",
            [_cloudfront(distribution, "Requests", "Sum", "requests")],
            unit="requests a minute",
            width=12,
        ),
        graphs.graph("site: errors", rates, unit="% of requests", width=12),
    ]


def canary_row(graphs: MarkedGraphs, canaries: Sequence[synthetics.Canary]) -> list[cloudwatch.IWidget]:
    """Makes the graphs of the canaries, a line for each.

    Args:
        graphs: Makes the graphs.
        canaries: The canaries.
    """
    passed = [each.metric_success_percent(label=each.node.path, period=MINUTE) for each in canaries]
    duration = [each.metric_duration(label=each.node.path, period=MINUTE) for each in canaries]
    return [
        graphs.graph("canaries: passed", passed, unit="% of runs", width=12),
        graphs.graph("canaries: duration", duration, unit="milliseconds", width=12),
    ]


def _cloudfront(distribution: cloudfront.IDistribution, name: str, statistic: str, label: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/CloudFront",
        metric_name=name,
        statistic=statistic,
        dimensions_map={"DistributionId": distribution.distribution_id, "Region": "Global"},
        region="us-east-1",
        period=MINUTE,
        label=label,
    )
