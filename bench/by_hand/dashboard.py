"""The dashboard of a release."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from .backend import ShiftedBackend
from .partition import Partition

_MINUTE = cdk.Duration.minutes(1)
_MARKS = {
    "ReleaseStarted": ("release started", cloudwatch.Color.GREY),
    "Promoted": ("promoted", cloudwatch.Color.GREEN),
    "ReleaseAborted": ("release aborted", cloudwatch.Color.RED),
    "Contained": ("contained", cloudwatch.Color.ORANGE),
    "RolledBack": ("rolled back", cloudwatch.Color.PURPLE),
}


def dashboard(
    scope: Construct,
    *,
    backend: ShiftedBackend,
    partitions: Sequence[Partition],
    alarms: Sequence[cloudwatch.Alarm],
    site: cloudfront.Distribution,
    first_wait: cdk.CfnResource,
) -> None:
    """Makes it, row by row."""
    shown = cloudwatch.Dashboard(scope, "Dashboard", default_interval=cdk.Duration.hours(3))
    shown.add_widgets(_alarms("Red, they end the backend's shift", backend.version_alarms, height=2))
    shown.add_widgets(_alarms("Red, they end the release", alarms, height=3))
    graphs = _Graphs(first_wait, partitions)
    shown.add_widgets(*_backend_row(graphs, backend))
    rows = [_partition_graphs(graphs, each) for each in partitions]
    for row in zip(*rows, strict=True):
        shown.add_widgets(*row)
    shown.add_widgets(*_site_row(graphs, site))


class _Graphs:
    """Makes graphs with the release's marks on the right."""

    def __init__(self, first_wait: cdk.CfnResource, partitions: Sequence[Partition]) -> None:
        dimensions = {"Stack": cdk.Stack.of(first_wait).stack_name, "Wait": first_wait.logical_id}
        started, *others = (
            _metric("ProdOneBox", name, "Maximum", dimensions, label=label, color=color)
            for name, (label, color) in _MARKS.items()
        )
        self._started, self._others = started, others
        self._waves = {
            each.name: _metric(
                "ProdOneBox",
                "BakeStarted",
                "Maximum",
                {**dimensions, "Wave": each.name},
                label=f"{each.name} switched, bake started",
                color=cloudwatch.Color.BLUE,
            )
            for each in partitions[:-1]
        }

    def graph(
        self,
        title: str,
        metrics: Sequence[cloudwatch.IMetric],
        unit: str,
        width: int,
        *,
        partition: Partition | None = None,
    ) -> cloudwatch.IWidget:
        """Marks the switch of each wave, or those of the first and of the partition's own."""
        marked = [name for name in self._waves if not partition or name in ("one-box", partition.name)]
        return cloudwatch.GraphWidget(
            title=title,
            left=metrics,
            left_y_axis=cloudwatch.YAxisProps(label=unit, min=0, show_units=False),
            right=[self._started, *(self._waves[name] for name in marked), *self._others],
            right_y_axis=cloudwatch.YAxisProps(label="marks", min=0, max=1.1, show_units=False),
            width=width,
            period=_MINUTE,
        )


def _alarms(title: str, alarms: Sequence[cloudwatch.Alarm], *, height: int) -> cloudwatch.AlarmStatusWidget:
    return cloudwatch.AlarmStatusWidget(title=title, alarms=alarms, width=24, height=height)


def _backend_row(graphs: _Graphs, backend: ShiftedBackend) -> list[cloudwatch.IWidget]:
    name = backend.function.function_name
    resource = f"{name}:live"
    dimensions = {"FunctionName": name, "Resource": resource}
    shown = [
        ("requests", "Invocations", "Sum", "requests a minute"),
        ("errors", "Errors", "Average", "errors per request"),
        ("latency (p90)", "Duration", "p90", "milliseconds"),
    ]
    row = []
    for title, measured, statistic, unit in shown:
        every = _metric("AWS/Lambda", measured, statistic, dimensions, label="all versions")
        each = _each_version(resource, measured, statistic)
        row.append(graphs.graph(f"Storefront/Backend: {title}", [each, every], unit, 6))
    throttles = _metric("AWS/Lambda", "Throttles", "Sum", dimensions, label="all versions")
    return [*row, graphs.graph("Storefront/Backend: throttles", [throttles], "requests a minute", 6)]


def _each_version(resource: str, measured: str, statistic: str) -> cloudwatch.SearchExpression:
    schema = "{AWS/Lambda,FunctionName,Resource,ExecutedVersion}"
    return cloudwatch.SearchExpression(
        expression=f"""SEARCH('{schema} MetricName="{measured}" Resource="{resource}"', '{statistic}')""",
        label="version ${PROP('Dim.ExecutedVersion')}",
        period=_MINUTE,
    )


def _partition_graphs(graphs: _Graphs, partition: Partition) -> list[cloudwatch.IWidget]:
    namespace, dimensions = "AWS/ApiGateway", {"ApiId": partition.api.api_id}
    requests = _metric(namespace, "Count", "Sum", dimensions, label="requests")
    latency = _metric(namespace, "Latency", "p90", dimensions, label="latency (p90)")
    rates = [
        (
            kind,
            cloudwatch.MathExpression(
                expression="100 * failures / requests",
                using_metrics={
                    "failures": _metric(namespace, kind, "Sum", dimensions),
                    "requests": _metric(namespace, "Count", "Sum", dimensions),
                },
                period=_MINUTE,
                label=kind,
            ),
        )
        for kind in ("5xx", "4xx")
    ]
    return [
        graphs.graph(f"{partition.name}: requests", [requests], "requests a minute", 6, partition=partition),
        *(
            graphs.graph(f"{partition.name}: {kind}", [rate], "% of requests", 6, partition=partition)
            for kind, rate in rates
        ),
        graphs.graph(f"{partition.name}: latency (p90)", [latency], "milliseconds", 6, partition=partition),
    ]


def _site_row(graphs: _Graphs, site: cloudfront.Distribution) -> list[cloudwatch.IWidget]:
    dimensions = {"DistributionId": site.distribution_id, "Region": "Global"}
    requests = _metric("AWS/CloudFront", "Requests", "Sum", dimensions, label="requests", region="us-east-1")
    errors = [
        _metric("AWS/CloudFront", f"{kind}ErrorRate", "Average", dimensions, label=kind, region="us-east-1")
        for kind in ("4xx", "5xx")
    ]
    return [
        graphs.graph("site: requests", [requests], "requests a minute", 12),
        graphs.graph("site: errors", errors, "% of requests", 12),
    ]


def _metric(
    namespace: str,
    name: str,
    statistic: str,
    dimensions: Mapping[str, str],
    *,
    label: str | None = None,
    color: str | None = None,
    region: str | None = None,
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        statistic=statistic,
        dimensions_map=dict(dimensions),
        period=_MINUTE,
        label=label,
        color=color,
        region=region,
    )
