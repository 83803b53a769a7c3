"""A backend's two versions during a shift, a line for each."""

from aws_cdk import aws_cloudwatch as cloudwatch

from ..backend.traffic_shifted_function import TrafficShiftedFunction
from ..made import path_of
from ..watch.signals import alias_signals
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
    name, function = path_of(backend), backend.version.lambda_
    alias_name = backend.alias.alias_name
    resource = f"{function.function_name}:{alias_name}"
    together = alias_signals(function=function, alias_name=alias_name)
    throttles = cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name="Throttles",
        statistic="Sum",
        dimensions_map={"FunctionName": function.function_name, "Resource": resource},
        period=MINUTE,
        label="all versions",
    )
    shown = {
        "requests": ("Invocations", "Sum", "requests a minute", together.requests),
        "errors": ("Errors", "Average", "errors per request", together.errors.with_(statistic="Average")),
        "latency (p90)": ("Duration", "p90", "milliseconds", together.latency),
    }
    return [
        *(
            graphs.graph(
                f"{name}: {what}",
                [_each_version(resource, metric, statistic), total.with_(period=MINUTE, label="all versions")],
                unit=unit,
                width=6,
            )
            for what, (metric, statistic, unit, total) in shown.items()
        ),
        graphs.graph(f"{name}: throttles", [throttles], unit="requests a minute", width=6),
    ]


def _each_version(resource: str, metric: str, statistic: str) -> cloudwatch.SearchExpression:
    schema = "{AWS/Lambda,FunctionName,Resource,ExecutedVersion}"
    return cloudwatch.SearchExpression(
        expression=f"""SEARCH('{schema} MetricName="{metric}" Resource="{resource}"', '{statistic}')""",
        # CloudWatch user guide, "Use dynamic labels": applies to every metric that a search returns.
        label="version ${PROP('Dim.ExecutedVersion')}",
        period=MINUTE,
    )
