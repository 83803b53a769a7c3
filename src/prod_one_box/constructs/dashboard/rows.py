"""The rows of a release's dashboard: alarms, backends, partitions, distribution and canaries."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ..backend.traffic_shifted_function import TrafficShiftedFunction
from ..bake.watched_resources import WatchedAlarm, is_same_stack
from ..frontend.partition import Partition
from ..jsii_cache import path_of, stack_of
from ..watch.signals import Signals, alias_dimensions
from .marked_graph import MINUTE, MarkedGraphs

if TYPE_CHECKING:
    from aws_cdk import aws_synthetics as synthetics

_ALARMS_A_WIDGET: Final = 100
"""CloudWatch API reference, "Dashboard Body Structure and Syntax", 'Properties of an Alarm Status Widget Object'."""

_ALARMS_A_LINE: Final = 6

_COLUMNS: Final = 24
_NARROWEST: Final = 6
"""A row's columns, and those that a graph needs; CDK continues a longer row below."""

_BY_VERSION: Final = (
    ("requests", "Invocations", "Sum", "requests a minute"),
    ("errors", "Errors", "Average", "errors per request"),
    ("latency (p90)", "Duration", "p90", "milliseconds"),
)


def alarm_rows(
    scope: Construct, id: str, title: str, alarms: Sequence[cloudwatch.IAlarm]
) -> list[list[cloudwatch.IWidget]]:
    """Return a row that shows alarms, or several if a widget cannot hold them all.

    Args:
        scope: The dashboard's construct.
        id: The prefix of the ids of imported alarms.
        title: The row's title.
        alarms: The alarms. Those of another stack are named as a wait names them, without a reference that could make
            a circular dependency of stacks.
    """
    here = stack_of(scope)
    shown = [
        alarm
        if is_same_stack(stack_of(alarm), here)
        else cloudwatch.Alarm.from_alarm_arn(
            scope, f"{id}{number}", WatchedAlarm.of(alarm, watcher=scope, here=here).arn
        )
        for number, alarm in enumerate(alarms)
    ]
    lines = -(-min(len(shown), _ALARMS_A_WIDGET) // _ALARMS_A_LINE)
    return [
        [
            cloudwatch.AlarmStatusWidget(
                title=title, alarms=shown[start : start + _ALARMS_A_WIDGET], width=24, height=1 + lines
            )
        ]
        for start in range(0, len(shown), _ALARMS_A_WIDGET)
    ]


def backend_row(graphs: MarkedGraphs, backend: TrafficShiftedFunction) -> list[cloudwatch.IWidget]:
    """Return graphs of requests, errors and latency of each version behind a backend's alias, and of throttles.

    The versions' numbers are not known at synth, so a search finds them: CloudWatch user guide, "CloudWatch search
    expression syntax". Errors are the average of a metric that is 1 or 0 for each request (Lambda developer guide,
    "Types of metrics for Lambda functions"), since metric math cannot divide one search result by another. Throttles
    have no version: Lambda refuses a request before a version runs.
    """
    name, alias_name = path_of(backend), backend.alias.alias_name
    dimensions = alias_dimensions(function_name=backend.version.lambda_.function_name, alias_name=alias_name)

    def all_versions(metric: str, statistic: str) -> cloudwatch.IMetric:
        return cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name=metric,
            statistic=statistic,
            dimensions_map=dimensions,
            period=MINUTE,
            label="all versions",
        )

    def each_version(metric: str, statistic: str) -> cloudwatch.IMetric:
        schema = "{AWS/Lambda,FunctionName,Resource,ExecutedVersion}"
        filters = f"""MetricName="{metric}" Resource="{dimensions["Resource"]}\""""
        return cloudwatch.SearchExpression(
            expression=f"SEARCH('{schema} {filters}', '{statistic}')",
            # CloudWatch user guide, "Use dynamic labels": applies to every metric that a search returns.
            label="version ${PROP('Dim.ExecutedVersion')}",
            period=MINUTE,
        )

    return [
        *(
            graphs.graph(
                f"{name}: {title}",
                [each_version(metric, statistic), all_versions(metric, statistic)],
                unit=unit,
                width=6,
            )
            for title, metric, statistic, unit in _BY_VERSION
        ),
        graphs.graph(f"{name}: throttles", [all_versions("Throttles", "Sum")], unit="requests a minute", width=6),
    ]


class _Measure(NamedTuple):
    title: str
    unit: str
    metric: cloudwatch.IMetric


def partition_rows(graphs: MarkedGraphs, partitions: Sequence[Partition]) -> list[list[cloudwatch.IWidget]]:
    """Return a row for each measure, with the partitions from left to right in the order of a release.

    The measures are requests, 4xx and 5xx rates and latency of a partition's HTTP API (API Gateway developer guide,
    "Working with metrics for HTTP APIs"), or Lambda's metrics of its alias without such an API.
    """
    width = max(_NARROWEST, _COLUMNS // len(partitions))
    columns = [_column(graphs, each, width) for each in partitions]
    return [list(row) for row in zip(*columns, strict=True)]


def _column(graphs: MarkedGraphs, partition: Partition, width: int) -> list[cloudwatch.IWidget]:
    name = partition.partition_name
    return [
        graphs.graph(f"{name}: {each.title}", [each.metric], unit=each.unit, width=width, partition=name)
        for each in _measures(partition)
    ]


def _measures(partition: Partition) -> list[_Measure]:
    signals = partition._signals
    if partition.http_api is None:
        rates = [_rate("errors", signals, signals.errors)]
    else:
        client_errors = cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name="4xx",
            statistic="Sum",
            dimensions_map={"ApiId": partition.http_api.api_id},
        )
        rates = [_rate("5xx", signals, signals.errors), _rate("4xx", signals, client_errors)]
    return [
        _Measure("requests", "requests a minute", signals.requests.with_(period=MINUTE, label="requests")),
        *rates,
        _Measure("latency (p90)", "milliseconds", signals.latency.with_(period=MINUTE, label="latency (p90)")),
    ]


def _rate(name: str, signals: Signals, failures: cloudwatch.Metric) -> _Measure:
    rate = cloudwatch.MathExpression(
        expression="100 * failures / requests",
        using_metrics={"failures": failures, "requests": signals.requests},
        period=MINUTE,
        label=name,
    )
    return _Measure(name, "% of requests", rate)


def distribution_row(graphs: MarkedGraphs, distribution: cloudfront.IDistribution) -> list[cloudwatch.IWidget]:
    """Return graphs of a distribution, whose metrics are in us-east-1.

    CloudFront developer guide, "View CloudFront and edge function metrics".
    """
    dimensions = {"DistributionId": distribution.distribution_id, "Region": "Global"}

    def metric(name: str, statistic: str, label: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/CloudFront",
            metric_name=name,
            statistic=statistic,
            dimensions_map=dimensions,
            region="us-east-1",
            period=MINUTE,
            label=label,
        )

    requests = [metric("Requests", "Sum", "requests")]
    rates = [metric(f"{kind}ErrorRate", "Average", kind) for kind in ("4xx", "5xx")]
    return [
        graphs.graph("site: requests", requests, unit="requests a minute", width=12),
        graphs.graph("site: errors", rates, unit="% of requests", width=12),
    ]


def canary_row(graphs: MarkedGraphs, canaries: "Sequence[synthetics.Canary]") -> list[cloudwatch.IWidget]:
    """Return graphs of the canaries, with a line for each."""
    passed = [each.metric_success_percent(label=each.node.path, period=MINUTE) for each in canaries]
    duration = [each.metric_duration(label=each.node.path, period=MINUTE) for each in canaries]
    return [
        graphs.graph("canaries: passed", passed, unit="% of runs", width=12),
        graphs.graph("canaries: duration", duration, unit="milliseconds", width=12),
    ]
