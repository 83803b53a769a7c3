"""Alarms on error rate and latency that need enough requests to mean something."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def error_rate_alarm(
    scope: Construct, id: str, subject: str, namespace: str, requests: str, errors: str, dimensions: Mapping[str, str]
) -> cloudwatch.Alarm:
    """Red when more than 5 % of the requests fail."""
    rate = cloudwatch.MathExpression(
        expression="IF(requests >= 20, 100 * errors / requests, 0)",
        using_metrics={
            "requests": metric(namespace, requests, "Sum", dimensions),
            "errors": metric(namespace, errors, "Sum", dimensions),
        },
        period=cdk.Duration.minutes(1),
    )
    return _alarm(scope, id, f"More than 5 % of the requests to {subject} fail.", rate, 5)


def latency_alarm(
    scope: Construct, id: str, subject: str, namespace: str, requests: str, latency: str, dimensions: Mapping[str, str]
) -> cloudwatch.Alarm:
    """Red when the slowest tenth of the requests takes longer than two seconds."""
    slowest = cloudwatch.MathExpression(
        expression="IF(requests >= 20, latency, 0)",
        using_metrics={
            "requests": metric(namespace, requests, "Sum", dimensions),
            "latency": metric(namespace, latency, "p90", dimensions),
        },
        period=cdk.Duration.minutes(1),
    )
    words = f"More than a tenth of the requests to {subject} take longer than 2000 ms."
    return _alarm(scope, id, words, slowest, 2000)


def metric(namespace: str, name: str, statistic: str, dimensions: Mapping[str, str]) -> cloudwatch.Metric:
    """A metric by its dimensions."""
    return cloudwatch.Metric(
        namespace=namespace, metric_name=name, statistic=statistic, dimensions_map=dict(dimensions)
    )


def _alarm(scope: Construct, id: str, words: str, measured: cloudwatch.IMetric, threshold: float) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        id,
        alarm_description=words,
        metric=measured,
        threshold=threshold,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=2,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
