"""Both partitions beside each other: the one-box left, the regular partition right."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch

from ..frontend.partition import Partition
from ..watch.signals import Signals
from .marked_graph import MINUTE, MarkedGraphs


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
