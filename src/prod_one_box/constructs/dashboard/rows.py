"""The alarms that can end a release, each as it stands now.

A backend's two versions during a shift, a line for each.

Both partitions beside each other: the one-box left, the regular partition right.

The site as its visitors and canaries meet it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_synthetics as synthetics
from constructs import Construct

from ..backend.traffic_shifted_function import TrafficShiftedFunction
from ..bake.watched_resources import WatchedAlarm, is_same_stack
from ..frontend.partition import Partition
from ..jsii_cache import path_of, stack_of
from ..watch.signals import Signals, alias_dimensions
from .marked_graph import MINUTE, MarkedGraphs

_ALARMS_A_WIDGET: Final = 100
"""CloudWatch API reference, "Dashboard Body Structure and Syntax", 'Properties of an Alarm Status Widget Object'."""


def alarm_rows(
    scope: Construct, id: str, title: str, alarms: Sequence[cloudwatch.IAlarm]
) -> list[list[cloudwatch.IWidget]]:
    """Makes a row that shows alarms, or several if they are more than a widget takes.

    Args:
        scope: The dashboard's construct.
        id: What the alarms' ids there begin with.
        title: What these alarms end.
        alarms: The alarms; one of another stack is named as a wait names it, so that it makes no circle of stacks.
    """
    here = stack_of(scope)
    named = [_named(scope, f"{id}{number}", alarm, here) for number, alarm in enumerate(alarms)]
    return [
        [
            cloudwatch.AlarmStatusWidget(
                title=title, alarms=named[start : start + _ALARMS_A_WIDGET], width=24, height=_height(len(named))
            )
        ]
        for start in range(0, len(named), _ALARMS_A_WIDGET)
    ]


def _named(scope: Construct, id: str, alarm: cloudwatch.IAlarm, here: Stack) -> cloudwatch.IAlarm:
    if is_same_stack(stack_of(alarm), here):
        return alarm
    return cloudwatch.Alarm.from_alarm_arn(scope, id, WatchedAlarm.of(alarm, watcher=scope, here=here).arn)


def _height(alarms: int) -> int:
    """Gives a line to each six alarms, and one to the title."""
    return 1 + -(-min(alarms, _ALARMS_A_WIDGET) // 6)


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


@dataclass(frozen=True)
class _Shown:
    title: str
    unit: str
    metric: cloudwatch.IMetric


def partition_rows(graphs: MarkedGraphs, one_box: Partition, regular: Partition) -> list[list[cloudwatch.IWidget]]:
    """Makes a row for each thing that is measured, in both partitions alike.

    Of a partition's HTTP API, requests, 4xx and 5xx rates and latency (API Gateway developer guide, "Working with
    metrics for HTTP APIs"); of a partition without one, what Lambda measures of its alias.

    Args:
        graphs: Makes the graphs.
        one_box: The one-box.
        regular: The regular partition.
    """
    shown = zip(_shown(one_box), _shown(regular), strict=True)
    return [[_half(graphs, one_box, left), _half(graphs, regular, right)] for left, right in shown]


def _half(graphs: MarkedGraphs, partition: Partition, shown: _Shown) -> cloudwatch.IWidget:
    return graphs.graph(f"{partition.partition_name}: {shown.title}", [shown.metric], unit=shown.unit, width=12)


def _shown(partition: Partition) -> Sequence[_Shown]:
    signals = partition._signals
    if partition.http_api is None:
        rates = [_rate("errors", signals, signals.errors)]
    else:
        refused = cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name="4xx",
            statistic="Sum",
            dimensions_map={"ApiId": partition.http_api.api_id},
        )
        rates = [_rate("5xx", signals, signals.errors), _rate("4xx", signals, refused)]
    return [
        _Shown("requests", "requests a minute", signals.requests.with_(period=MINUTE, label="requests")),
        *rates,
        _Shown("latency (p90)", "milliseconds", signals.latency.with_(period=MINUTE, label="latency (p90)")),
    ]


def _rate(name: str, signals: Signals, failures: cloudwatch.Metric) -> _Shown:
    rate = cloudwatch.MathExpression(
        expression="100 * failures / requests",
        using_metrics={"failures": failures, "requests": signals.requests},
        period=MINUTE,
        label=name,
    )
    return _Shown(name, "% of requests", rate)


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
