"""A backend's two versions during a shift, a line for each."""

from aws_cdk import aws_cloudwatch as cloudwatch

from ..backend.traffic_shifted_function import TrafficShiftedFunction
from ..made import path_of
from ..watch.signals import alias_dimensions
from .marked_graph import MINUTE, MarkedGraphs


def backend_row(graphs: MarkedGraphs, backend: TrafficShiftedFunction) -> list[cloudwatch.IWidget]:
    """Makes the graphs of a backend: requests, errors and latency of each version behind the alias, and throttles.

    The versions' numbers are not known at synth, so a search finds them: CloudWatch user guide, "CloudWatch search
    expression syntax". Errors are the average of a metric that is 1 or 0 for each request (Lambda developer guide,
    "Types of metrics for Lambda functions"), since metric math divides no found metric by another. Throttles have no
    version: Lambda refuses a request before one runs.

    Args:
        graphs: Makes the graphs.
        backend: The backend.
    """
    name, alias_name = path_of(backend), backend.alias.alias_name
    dimensions = alias_dimensions(function_name=backend.version.lambda_.function_name, alias_name=alias_name)
    resource = dimensions["Resource"]

    def together(metric: str, statistic: str) -> cloudwatch.IMetric:
        return cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name=metric,
            statistic=statistic,
            dimensions_map=dimensions,
            period=MINUTE,
            label="all versions",
        )

    by_version = [
        ("requests", "Invocations", "Sum", "requests a minute"),
        ("errors", "Errors", "Average", "errors per request"),
        ("latency (p90)", "Duration", "p90", "milliseconds"),
    ]
    return [
        *(
            graphs.graph(
                f"{name}: {what}",
                [_each_version(resource, metric, statistic), together(metric, statistic)],
                unit=unit,
                width=6,
            )
            for what, metric, statistic, unit in by_version
        ),
        graphs.graph(f"{name}: throttles", [together("Throttles", "Sum")], unit="requests a minute", width=6),
    ]


def _each_version(resource: str, metric: str, statistic: str) -> cloudwatch.SearchExpression:
    schema = "{AWS/Lambda,FunctionName,Resource,ExecutedVersion}"
    return cloudwatch.SearchExpression(
        expression=f"""SEARCH('{schema} MetricName="{metric}" Resource="{resource}"', '{statistic}')""",
        # CloudWatch user guide, "Use dynamic labels": applies to every metric that a search returns.
        label="version ${PROP('Dim.ExecutedVersion')}",
        period=MINUTE,
    )
